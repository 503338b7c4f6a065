// What etcd itself holds, past the API server: the bytes that are stored.
import { join } from 'node:path';
import { inside } from './box.ts';
import { type Cluster, readDescription } from './cluster.ts';
import { must } from './run.ts';

/** etcd's gateway for JSON, called where etcd listens: on the loopback address of the cluster's box. */
const RANGE = `
const { readFileSync } = require('fs');
const [url, ca, cert, key, body] = process.argv.slice(1);
const tls = { ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key) };
const call = require('https').request(url, { method: 'POST', ...tls }, (answer) => answer.pipe(process.stdout));
call.end(body);
`;

export interface Stored {
  /** `/registry/secrets/NAMESPACE/NAME` and the like. */
  readonly key: string;
  /** The object as the API server stores it: protobuf, or JSON for what is of a CRD. */
  readonly value: Buffer;
}

/** Everything below a prefix of etcd's keys, of a cluster with a node. etcd: api/etcdserverpb/rpc.proto, RangeRequest. */
export async function storedBelow(cluster: Cluster, prefix: string): Promise<Stored[]> {
  const { box } = await readDescription(cluster.folder);
  if (box === undefined) throw new Error('this cluster has no node');
  const pki = (name: string) => join(cluster.folder, 'pki', name);
  const end = Buffer.from(prefix);
  end[end.length - 1] = (end.at(-1) ?? 0) + 1;
  const body = JSON.stringify({
    key: Buffer.from(prefix).toString('base64'),
    range_end: end.toString('base64'),
  });
  const credentials = ['etcd/ca.crt', 'apiserver-etcd-client.crt', 'apiserver-etcd-client.key'].map(pki);
  const url = 'https://127.0.0.1:2379/v3/kv/range';
  const answer = await must([...inside(box), process.execPath, '-e', RANGE, url, ...credentials, body]);
  const { kvs = [] } = JSON.parse(answer) as { kvs?: { key: string; value?: string }[] };
  return kvs.map(({ key, value = '' }) => ({
    key: Buffer.from(key, 'base64').toString(),
    value: Buffer.from(value, 'base64'),
  }));
}

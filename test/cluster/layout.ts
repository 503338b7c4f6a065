// Where the parts of one cluster are: its folder, addresses and ports, inside a box or, for a control plane alone, on
// the machine's own loopback address.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { type Addresses, addressesOf } from './addresses.ts';

export interface Layout {
  readonly folder: string;
  /** The first process of the box, if there is one. */
  readonly box?: number;
  readonly addresses: Addresses;
  /** Where the API server is reached, `host:port`. */
  readonly endpoint: string;
  readonly ports: {
    readonly api: number;
    readonly etcd: number;
    readonly etcdPeer: number;
    readonly manager: number;
  };
  readonly etcdData: string;
}

export interface NodeLayout extends Layout {
  readonly box: number;
  readonly index: number;
  /** The machine's runc. */
  readonly runc: string;
}

export function inBox(folder: string, box: number, index: number, runc: string): NodeLayout {
  const addresses = addressesOf(index);
  const ports = { api: 6443, etcd: 2379, etcdPeer: 2380, manager: 10257 };
  const endpoint = `${addresses.node}:${ports.api}`;
  return { folder, box, index, runc, addresses, endpoint, ports, etcdData: '/var/lib/etcd' };
}

export async function onLoopback(folder: string): Promise<Layout> {
  const loopback = '127.0.0.1';
  const servers = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const server = createServer().listen(0, loopback);
      await once(server, 'listening');
      return server;
    }),
  );
  const [api = 0, etcd = 0, etcdPeer = 0, manager = 0] = servers.map(
    (each) => (each.address() as AddressInfo).port,
  );
  for (const server of servers) server.close();
  // An API server may not advertise a loopback address to pods: here are none, and the address it names leads nowhere.
  const addresses = { ...addressesOf(0), host: loopback };
  const ports = { api, etcd, etcdPeer, manager };
  return { folder, addresses, endpoint: `${loopback}:${api}`, ports, etcdData: join(folder, 'etcd') };
}

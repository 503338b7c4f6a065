// readApiRequest against the API server itself: what it understood of a request, by its audit log, is what we would have
// decided, both of the bytes as they came and of what we print in their place. What could differ is refused.
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { readApiRequest } from '../../policy/api-request.ts';
import { freshNamespace, suiteCluster } from '../cluster/fixture.ts';
import { ok } from '../cluster/pods.ts';
import { waitFor } from '../cluster/wait.ts';
import { rawRequests } from './requests.ts';
import { byApiServer, byUs, sendRaw } from './understood.ts';

const COUNT = 500;
/** The same requests at every run; a longer run takes other seeds. */
const SEED = 1;

const cluster = await suiteCluster();

test(`of ${COUNT} requests none is understood as something else than was decided`, async () => {
  await using namespace = await freshNamespace(cluster, 'differential');
  const token = (await ok(cluster.kubectl(['create', 'token', 'default', '-n', namespace.name]))).trim();

  const cases = rawRequests(COUNT, SEED).flatMap((raw) => {
    const request = readApiRequest(raw.method, raw.target);
    if (request.kind === 'refusal') return [];
    const printed = { method: raw.method, target: request.target };
    return [{ request, raw: { id: randomUUID(), ...raw }, printed: { id: randomUUID(), ...printed } }];
  });
  const statuses = await sendRaw(
    cluster,
    token,
    cases.flatMap(({ raw, printed }) => [raw, printed]),
  );
  // What an answered call leaves in the log may come a moment after the answer; what we print always leaves something.
  const events = await waitFor({
    what: 'every call to be in the audit log',
    timeoutMs: 10_000,
    probe: async () => {
      const found = new Map((await cluster.audit.events()).map((event) => [event.auditID, event]));
      return cases.every(({ printed }) => found.has(printed.id)) ? found : undefined;
    },
  });

  const differences = cases.flatMap(({ request, raw, printed }) => {
    const ours = byUs(request);
    return [raw, printed].flatMap((sent) => {
      const event = events.get(sent.id);
      // Bytes that the server's HTTP library refuses by itself have been understood as nothing.
      if (event === undefined && sent === raw && statuses.get(raw.id) === '400') return [];
      const theirs = event && byApiServer(event);
      const same = isDeepStrictEqual(theirs, ours) && statuses.get(raw.id) === statuses.get(printed.id);
      return same ? [] : [{ sent, ours, theirs }];
    });
  });
  expect(differences).toEqual([]);

  // The proof holds only for what was reached.
  const requests = cases.map(({ request }) => request);
  const resources = requests.filter((request) => request.kind === 'resource');
  expect(requests.length).toBeGreaterThan(COUNT / 4);
  expect(resources.filter(({ name }) => name !== undefined).length).toBeGreaterThan(COUNT / 25);
  expect(resources.filter(({ verb, name }) => verb === 'watch' && name !== undefined).length).toBeGreaterThan(
    0,
  );
  expect(resources.filter(({ subresource }) => subresource !== undefined).length).toBeGreaterThan(COUNT / 50);
  expect(requests.length - resources.length).toBeGreaterThan(COUNT / 25);
  expect(requests.length).toBeLessThan(COUNT);
});

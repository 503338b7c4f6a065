// The official clients keep a token that the sidecar has replaced for up to a minute: each takes up the new one before the
// former one ends, without a call that fails.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FORMER_TOKEN_MS } from '../../sidecar/callers.ts';
import { type Crew, IDLE, POD, startClients, TALKER } from '../clients/crew.ts';
import { CLIENTS } from '../clients/images.ts';
import { killContainer, restartsOf } from '../clients/kill-container.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { ok } from '../cluster/pods.ts';
import { waitFor } from '../cluster/wait.ts';

const COLD_MS = 600_000;
const PATIENCE_MS = 30_000;
const CALL_EVERY_MS = 100;
/** Past the end of the former token. */
const BEYOND_MS = 5_000;

const cluster = await suiteCluster();
let crew: Crew;
beforeAll(async () => {
  crew = await startClients(cluster, 'token');
}, COLD_MS);
afterAll(() => crew?.[Symbol.asyncDispose]());

/** Tells the tokens of all callers apart without showing one. */
const PRINT_DIGEST = `const { createHash } = require('node:crypto'); const { readFileSync } = require('node:fs');
const token = (name) => readFileSync('/var/run/chaperone/callers/' + name + '/token');
const digest = (name) => createHash('sha256').update(token(name)).digest('hex');
console.log(${JSON.stringify(CLIENTS)}.map(digest).join());`;

const inSidecar = (program: string): Promise<string> =>
  ok(
    cluster.kubectl([
      ...['exec', '-n', crew.namespace, POD, '-c', 'chaperone', '--'],
      ...['/usr/local/bin/node', '-e', program],
    ]),
  );

const tokenDigests = async (): Promise<string[]> => (await inSidecar(PRINT_DIGEST)).trim().split(',');

const calls = (client: (typeof CLIENTS)[number]) => crew.clients[client].ask('pods', crew.shop, TALKER);

test('each client takes up its new token before the former one ends', async () => {
  for (const client of CLIENTS) expect(await calls(client)).not.toHaveProperty('error');
  const former = await tokenDigests();
  // A sidecar that comes back takes the tokens up that all containers hold; where one has none, all get new ones.
  const without = `require('node:fs').unlinkSync('/var/run/chaperone/callers/${IDLE}/token')`;
  await inSidecar(without);
  await killContainer(cluster, crew.namespace, POD, 'chaperone');
  await waitFor({
    what: 'every caller to have a new token',
    timeoutMs: PATIENCE_MS,
    probe: async () => (await tokenDigests()).every((digest, at) => digest !== former[at]) || undefined,
  });
  const replacedMs = performance.now();
  const end = replacedMs + FORMER_TOKEN_MS + BEYOND_MS;
  const failed = await Promise.all(
    CLIENTS.map(async (client) => {
      const failures: string[] = [];
      while (performance.now() < end) {
        const { error } = await calls(client);
        const afterMs = Math.round(performance.now() - replacedMs);
        if (error !== undefined) failures.push(`${client}, ${afterMs} ms after: ${error.said}`);
        await delay(CALL_EVERY_MS);
      }
      return failures;
    }),
  );
  expect(await restartsOf(cluster, crew.namespace, POD)).toMatchObject({ chaperone: 1 });
  expect(failed.flat()).toEqual([]);
}, 180_000);

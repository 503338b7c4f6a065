// An agent that never rests, as it runs in its container: reads over several connections, old and new ones, and a watch, all
// through its sidecar. As clients do, it reads ca.crt once and its token again now and then. Prints its totals, a line each time.
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { setTimeout as after } from 'node:timers/promises';

const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';
const WORKERS = 4;
const PAUSE_MS = 20;
/** Of a line that is to stay one. */
const MAX_FAILURES = 5;
const CALLS_A_CONNECTION = 50;
/** The former token holds for a minute. */
const TOKEN_MS = 30_000;
const PRINT_EVERY_MS = 200;

const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port, SHOP } = process.env;
const ca = readFileSync(`${FOLDER}/ca.crt`);
const pods = `/api/v1/namespaces/${SHOP}/pods`;
const totals = { calls: 0, watched: 0, failures: [] as string[] };

let token = '';
let readAtMs = Number.NEGATIVE_INFINITY;
function bearer(): string {
  if (performance.now() - readAtMs > TOKEN_MS) {
    token = readFileSync(`${FOLDER}/token`, 'utf8');
    readAtMs = performance.now();
  }
  return `Bearer ${token}`;
}

function call(agent: Agent, path: string, onData: (text: string) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get({ host, port, path, agent, headers: { authorization: bearer() } }, (answer) => {
      answer.setEncoding('utf8');
      answer.on('data', onData).on('error', reject);
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    request.on('error', reject);
  });
}

function failed(what: string): void {
  if (totals.failures.length < MAX_FAILURES)
    totals.failures.push(`${new Date().toISOString()} ${what.slice(0, 300)}`);
}

async function counted(
  what: string,
  path: string,
  agent: Agent,
  onData?: (text: string) => void,
): Promise<void> {
  const said: string[] = [];
  const status = await call(agent, path, onData ?? ((text) => void said.push(text))).catch(String);
  if (status !== 200) failed(`${what}: ${status} ${said.join('')}`);
}

async function work(): Promise<never> {
  for (;;) {
    const agent = new Agent({ ca, keepAlive: true, maxSockets: 1 });
    for (let at = 0; at < CALLS_A_CONNECTION; at += 1) {
      await counted('a read', pods, agent);
      totals.calls += 1;
      await after(PAUSE_MS);
    }
    agent.destroy();
  }
}

async function watch(): Promise<never> {
  for (;;) {
    const agent = new Agent({ ca });
    await counted('a watch', `${pods}?watch=true`, agent, (text) => {
      totals.watched += text.split('\n').length - 1;
      if (text.includes('"type":"ERROR"')) failed(text);
    });
    failed('the watch ended');
    await after(1000);
  }
}

setInterval(() => process.stdout.write(`${JSON.stringify(totals)}\n`), PRINT_EVERY_MS);
await Promise.all([...Array.from({ length: WORKERS }, work), watch()]);

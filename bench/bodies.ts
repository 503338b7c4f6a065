// What the API server answers with in the bench: the objects of one namespace, of the sizes that the table names.
import type { Answer } from './upstream.ts';

const SHOP = '/api/v1/namespaces/shop';

/** The targets of the loads. */
export const PATHS = {
  one: `${SHOP}/configmaps/one`,
  list: `${SHOP}/configmaps`,
  secrets: `${SHOP}/secrets`,
  watch: `${SHOP}/configmaps?watch=true`,
  /** What no rule of the bench's policy covers. */
  refused: '/api/v1/nodes',
} as const;

const metadata = (name: string) => ({
  name,
  namespace: 'shop',
  uid: `0b9f6c1e-0000-4000-8000-${name.padStart(12, '0').slice(-12)}`,
  resourceVersion: '4711',
  creationTimestamp: '2026-01-01T00:00:00Z',
  labels: { app: 'web' },
});

const filler = (bytes: number): string => 'chaperone '.repeat(Math.ceil(bytes / 10)).slice(0, bytes);

/** 1 KB as the API server prints it. */
export const ONE = {
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: metadata('one'),
  data: { text: filler(800) },
};

const many = (kind: string, count: number, data: object) => ({
  kind: `${kind}List`,
  apiVersion: 'v1',
  metadata: { resourceVersion: '4711' },
  items: Array.from({ length: count }, (_, index) => ({ metadata: metadata(`${kind}-${index}`), data })),
});

/** 220 KB. */
const CONFIG_MAPS = many('ConfigMap', 220, { text: filler(788) });

/** 100 Secrets of two values each, 180 KB. */
const base64 = (bytes: number): string => Buffer.from(filler(bytes)).toString('base64');
const SECRETS = many('Secret', 100, { 'tls.crt': base64(920), 'tls.key': base64(260) });

const json = (status: number, body: object): Answer => ({
  status,
  bytes: Buffer.from(`${JSON.stringify(body)}\n`),
});

export const ANSWERS: Readonly<Record<string, Answer>> = {
  [PATHS.one]: json(200, ONE),
  [PATHS.list]: json(200, CONFIG_MAPS),
  [PATHS.secrets]: json(200, SECRETS),
  [PATHS.refused]: json(403, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 403 }),
};

/** One event of a watch, a line. */
export const EVENT = Buffer.from(`${JSON.stringify({ type: 'MODIFIED', object: ONE })}\n`);

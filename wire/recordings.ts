// Recordings on their way to the controller: one stream of lines a sidecar, answered line by line. What a recording says is
// numbered, so that after a lost connection it goes on, at whichever replica, with what was not answered. Whose it is, the
// controller knows by the certificate.
import * as z from 'zod';

/** Bounds a line either way: a header's command is as long as a request's head may make it, escaped. */
export const MAX_RECORDING_LINE_BYTES = 192 * 1024;
/** Of the events of one chunk, as they are printed. */
export const MAX_CHUNK_BYTES = 128 * 1024;
/** Recordings that one sidecar has open at once. */
export const MAX_RECORDINGS = 256;

/** Of RFC 4122, in lower case: as every Audit-ID that a sidecar makes. */
export const UuidSchema = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const NameSchema = z.string().min(1).max(253);
const PortSchema = z.int().min(1).max(65535);

const CommandSchema = z.strictObject({
  kind: z.enum(['exec', 'attach']),
  container: NameSchema,
  command: z.array(z.string().max(MAX_RECORDING_LINE_BYTES)).max(8192),
  stdin: z.boolean(),
  stdout: z.boolean(),
  stderr: z.boolean(),
  tty: z.boolean(),
});

const PortsSchema = z.strictObject({ kind: z.literal('portforward'), ports: z.array(PortSchema).max(1024) });

/** Of what a Date holds, seconds. */
const MAX_TIMESTAMP = 8_640_000_000_000;

/** The first line of an asciicast v2, and what chaperone adds to it (streams/recording/header.ts). */
export const CastHeaderSchema = z.strictObject({
  version: z.literal(2),
  width: z.int().positive(),
  height: z.int().positive(),
  /** Unix seconds. */
  timestamp: z.int().min(0).max(MAX_TIMESTAMP),
  title: z.string().max(256),
  chaperone: z.strictObject({
    id: UuidSchema,
    namespace: NameSchema,
    pod: NameSchema,
    stream: z.discriminatedUnion('kind', [CommandSchema, PortsSchema]),
  }),
});

/**
 * One of the others: seconds since the beginning, code, data. Of a command `o`, `e`, `i` are text of stdout, stderr, stdin; with
 * `64` bytes that are no text, in base64; with `#` the length and digest of what has no room; `r` is a size, `x` how it ended.
 * Of a port-forward `open` is `CONNECTION PORT`, `close` is `CONNECTION BYTES BYTES`, from the agent and from the pod.
 */
export const CastEventSchema = z.tuple([
  z.number().min(0).max(1e9),
  z.enum(['o', 'e', 'i', 'o64', 'e64', 'i64', 'o#', 'e#', 'i#', 'r', 'x', 'open', 'close']),
  z.string().max(MAX_CHUNK_BYTES),
]);

const id = UuidSchema;
/** Counts from 1 what follows the header of one recording, its end too. */
const seq = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

/** What a sidecar says. */
export const RecordingMessageSchema = z.discriminatedUnion('kind', [
  /** Before anything else of it, on each connection anew. */
  z.strictObject({ kind: z.literal('open'), id, header: CastHeaderSchema }),
  z.strictObject({ kind: z.literal('chunk'), id, seq, events: z.array(CastEventSchema).min(1).max(8192) }),
  z.strictObject({ kind: z.literal('close'), id, seq }),
]);

/** What the controller answers. */
export const RecordingAnswerSchema = z.discriminatedUnion('kind', [
  /** It is on disk; 0: the header. */
  z.strictObject({ kind: z.literal('kept'), id, seq: z.int().nonnegative() }),
  /** It is not, and nothing more of it will be here. */
  z.strictObject({
    kind: z.literal('refused'),
    id,
    why: z.enum(['Full', 'TooMany', 'OutOfTurn', 'NotFollowing', 'NotWritten']),
  }),
]);

const AgentSchema = z.strictObject({
  namespace: NameSchema,
  serviceAccount: NameSchema,
  /** The pod's UID. */
  uid: UuidSchema,
});

/**
 * A line of what the controller has kept, as it gives it back: a part is what one connection has brought, so a recording that
 * went on at another replica, or was sent again, has several, and its lines count once by their number.
 */
export const KeptLineSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('part'), agent: AgentSchema, header: CastHeaderSchema }),
  z.strictObject({ kind: z.literal('chunk'), seq, events: z.array(CastEventSchema) }),
  z.strictObject({ kind: z.literal('close'), seq }),
]);

/** A line of the list beside its parts: so many older ones are not in it, each of which is found by its id. */
export const LeftOutSchema = z.strictObject({ kind: z.literal('leftOut'), parts: z.int().positive() });

/** Where the controller gives back what it has kept: on 127.0.0.1 of its pod, so that who may port-forward to it may read. */
export const READ_BACK = {
  port: 8444,
  /** Lines, a part each, the newest last; of each ServiceAccount's the newest, and how many are left out. */
  list: '/recordings',
  /** Lines of all parts of `/recordings/ID`. */
  one: '/recordings/',
} as const;

export type LeftOut = z.infer<typeof LeftOutSchema>;
export type KeptLine = z.infer<typeof KeptLineSchema>;
export type CastHeader = z.infer<typeof CastHeaderSchema>;
export type CastEvent = z.infer<typeof CastEventSchema>;
export type RecordingMessage = z.infer<typeof RecordingMessageSchema>;
export type RecordingAnswer = z.infer<typeof RecordingAnswerSchema>;

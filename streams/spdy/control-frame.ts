// What a control frame says, read whole. Strict: exact lengths, no flag, no number without a meaning. What governs the flow of
// bytes on one connection alone (SETTINGS, WINDOW_UPDATE) is read and is nothing; types that Kubernetes does not send are broken.
import { type Frame, type Malformed, malformed, TYPES } from './frame.ts';
import { readHeaders } from './header-block.ts';
import type { createUnpacker } from './packed.ts';

type Unpack = ReturnType<typeof createUnpacker>;

interface ControlType {
  /** Of what stands behind the head: at least, and at most where it is not open. */
  readonly bytes: number;
  readonly open?: true;
  read(payload: DataView, unpack: Unpack): Frame | Malformed | undefined;
}

const ID_MASK = 0x7fff_ffff;
const idAt = (payload: DataView, at: number) => payload.getUint32(at) & ID_MASK;
/** Stream, associated stream, priority, slot: the last three have no meaning in Kubernetes. */
const SYN_STREAM_BYTES = 10;
const SYN_REPLY_BYTES = 4;

const BY_TYPE: Readonly<Record<number, ControlType>> = {
  [TYPES.synStream]: {
    bytes: SYN_STREAM_BYTES,
    open: true,
    read(payload, unpack) {
      const headers = headersFrom(payload, SYN_STREAM_BYTES, unpack);
      return headers === undefined ? BAD_BLOCK : { kind: 'synStream', id: idAt(payload, 0), headers };
    },
  },
  [TYPES.synReply]: {
    bytes: SYN_REPLY_BYTES,
    open: true,
    read(payload, unpack) {
      const headers = headersFrom(payload, SYN_REPLY_BYTES, unpack);
      return headers === undefined ? BAD_BLOCK : { kind: 'synReply', id: idAt(payload, 0) };
    },
  },
  [TYPES.rstStream]: {
    bytes: 8,
    read(payload) {
      const status = payload.getUint32(4);
      return status === 0 ? NO_STATUS : { kind: 'rstStream', id: idAt(payload, 0), status };
    },
  },
  [TYPES.ping]: {
    bytes: 4,
    read(payload) {
      const id = payload.getUint32(0);
      return id === 0 ? NO_PING_ID : { kind: 'ping', id };
    },
  },
  [TYPES.goAway]: {
    bytes: 8,
    read: (payload) => ({ kind: 'goAway', lastId: idAt(payload, 0), status: payload.getUint32(4) }),
  },
  [TYPES.settings]: { bytes: 4, open: true, read: () => undefined },
  [TYPES.windowUpdate]: { bytes: 8, read: () => undefined },
};

const BAD_BLOCK = malformed('a header block cannot be read or is longer than its bound');
const NO_STATUS = malformed('a RST_STREAM has no status');
const NO_PING_ID = malformed('a PING has no id');

/** Undefined: it says nothing that goes on. */
export function readControl(
  type: number,
  flags: number,
  payload: Uint8Array,
  unpack: Unpack,
): Frame | Malformed | undefined {
  const known = BY_TYPE[type];
  if (known === undefined) return malformed('a control frame has a type that Kubernetes does not send');
  if (payload.length < known.bytes || (known.open !== true && payload.length > known.bytes)) {
    return malformed('a control frame has not the length of its type');
  }
  if (flags !== 0 && type !== TYPES.settings) return malformed('a control frame has a flag');
  return known.read(new DataView(payload.buffer, payload.byteOffset, payload.byteLength), unpack);
}

function headersFrom(payload: DataView, at: number, unpack: Unpack) {
  const block = unpack(new Uint8Array(payload.buffer, payload.byteOffset + at, payload.byteLength - at));
  return block === undefined ? undefined : readHeaders(block);
}

// Every trick with a request's head or framing that the differential run plays.
import { HEADERS } from './headers.ts';
import { HTTP1 } from './http1.ts';
import { HTTP2 } from './http2.ts';
import { IDENTITY } from './identity.ts';
import type { Trick } from './make.ts';

export type { Pair, Trick } from './make.ts';

export const TRICKS: readonly Trick[] = [...IDENTITY, ...HEADERS, ...HTTP1, ...HTTP2];

// How a server shows that it has read what a client asked for (RFC 6455, 4.2.2).

const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key`. `sha1`: of bytes, twenty. */
export function acceptOf(key: string, sha1: (bytes: Uint8Array) => Uint8Array): string {
  return btoa(String.fromCharCode(...sha1(new TextEncoder().encode(key + WEBSOCKET_GUID))));
}

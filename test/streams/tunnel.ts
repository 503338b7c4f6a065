// A WebSocket whose messages carry the bytes of another connection.
import { Duplex } from 'node:stream';
import { BINARY, CLOSE, type WebSocketClient } from './websocket.ts';

/** Binary messages, however they are cut, as one connection. */
export function tunnelOf(client: WebSocketClient): Duplex {
  const tunnel = new Duplex({
    read() {},
    write(chunk: Buffer, _, done) {
      client.send(BINARY, chunk);
      done();
    },
    final(done) {
      client.send(CLOSE, Buffer.of(0x03, 0xe8));
      done();
    },
  });
  client.onMessage(({ opcode, bytes }) => {
    if (opcode === BINARY) tunnel.push(bytes);
  });
  void client.end.then(() => tunnel.destroy());
  return tunnel;
}

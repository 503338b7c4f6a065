// For tests and the bench: a list of Secrets as the API server answers with it, of any length, made piece by piece.

const PIECE_BYTES = 16 * 1024;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Not of one text, so that nothing is kept once for all. */
function value(seed: number, bytes: number): string {
  let text = '';
  for (let n = seed; text.length < bytes; n = (n * 1103515245 + 12345) >>> 0) text += ALPHABET[n >>> 26];
  return text;
}

function secret(index: number, valueBytes: number): string {
  const text = value(index, Math.min(valueBytes, 64))
    .repeat(Math.ceil(valueBytes / 64))
    .slice(0, valueBytes);
  return JSON.stringify({
    metadata: {
      name: `web-${index}`,
      namespace: 'shop',
      uid: `0b9f6c1e-0000-4000-8000-${String(index).padStart(12, '0')}`,
      resourceVersion: String(4711 + index),
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { app: 'web', 'app.kubernetes.io/managed-by': 'kubectl' },
      managedFields: [
        {
          manager: 'kubectl-create',
          operation: 'Update',
          apiVersion: 'v1',
          time: '2026-01-01T00:00:00Z',
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:data': { '.': {}, 'f:tls.crt': {}, 'f:tls.key': {} }, 'f:type': {} },
        },
      ],
    },
    data: { 'tls.crt': text, 'tls.key': text },
    type: 'kubernetes.io/tls',
  });
}

/** At least so many bytes, each Secret with two values of `valueBytes`. */
export function* listInPieces(bytes: number, valueBytes: number): Generator<Buffer> {
  let rest = Buffer.from(
    '{"kind":"SecretList","apiVersion":"v1","metadata":{"resourceVersion":"9"},"items":[',
  );
  for (let [sent, index] = [0, 0]; sent + rest.length < bytes; index++) {
    rest = Buffer.concat([rest, Buffer.from((index === 0 ? '' : ',') + secret(index, valueBytes))]);
    for (; rest.length >= PIECE_BYTES; rest = rest.subarray(PIECE_BYTES)) {
      yield rest.subarray(0, PIECE_BYTES);
      sent += PIECE_BYTES;
    }
  }
  yield Buffer.concat([rest, Buffer.from(']}\n')]);
}

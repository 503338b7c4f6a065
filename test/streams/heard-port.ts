// What a test has heard on a connection of a port-forward.
import { waitFor } from '../cluster/wait.ts';

const ARRIVES_WITHIN_MS = 20_000;

/** What is said on one connection, and on its error channel. */
export function heard() {
  const pieces: Buffer[] = [];
  let error = '';
  const text = () => Buffer.concat(pieces).toString('latin1');
  return {
    take: (bytes: Buffer) => void pieces.push(bytes),
    complained: (bytes: Buffer) => {
      error += bytes;
    },
    looks: {
      text,
      error: () => error,
      until: (pattern: RegExp) =>
        waitFor({
          what: `the connection to say ${pattern}`,
          timeoutMs: ARRIVES_WITHIN_MS,
          probe: () => (pattern.test(text()) ? text() : undefined),
          evidence: () => `${text().slice(-500)}, error: ${error}`,
        }),
    },
  };
}

// For tests: what is recorded of an `exec -i -- sh`.
import type { RecordedStream } from './recorded.ts';

export const SHELL = {
  kind: 'exec',
  container: 'app',
  command: ['sh'],
  stdin: true,
  stdout: true,
  stderr: true,
  tty: false,
} as const satisfies RecordedStream;

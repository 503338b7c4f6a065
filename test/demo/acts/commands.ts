// What the agent is told to do in more than one act.
import type { Names } from '../names.ts';

export const readTls = ({ shop }: Names) => [
  ...['get', 'secret', 'web-tls', '-n', shop],
  ...['-o', 'go-template={{.data.key | base64decode}}'],
];

// Requests of HTTP/1.1 as text, with no care for whether they are any.
import type { Material, Shape } from '../attack.ts';

export const TE = 'Transfer-Encoding: chunked';

/** A head of these lines; it asks for the refused path unless a request line is given. */
export function head(m: Material, lines: readonly string[], line = `POST ${m.refused} HTTP/1.1`): string {
  const token = m.token === undefined ? [] : [`Authorization: Bearer ${m.token}`];
  return `${[line, 'Host: x', `User-Agent: ${m.marker}`, ...token, ...lines].join('\r\n')}\r\n\r\n`;
}

/** A whole request that would pass. */
export const inner = (m: Material): string => head(m, [], `GET ${m.permitted} HTTP/1.1`);
export const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
/** Characters beyond one byte are cut to it. */
export const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
export const shape =
  (print: (m: Material) => string): Shape =>
  (m) =>
    bytes(print(m));

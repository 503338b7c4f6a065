// Answers that are overheard as they come to an agent, head, body and trailers, over HTTP/1.1 and HTTP/2.
import { IncomingMessage } from 'node:http';
import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2';
import { overhear, witness } from './witness.ts';

/** Has an answer written down; to be called before its body comes. */
export function hear(
  answer: IncomingMessage | ClientHttp2Stream,
  label: string,
  reveals?: readonly string[],
) {
  const note = witness(label, reveals);
  if (answer instanceof IncomingMessage) note(answer.rawHeaders.join('\n'));
  else for (const head of ['response', 'trailers']) answer.on(head, (fields) => note(JSON.stringify(fields)));
  overhear(answer, note);
}

/** Has each answer of a session written down. */
export function hearSession(session: ClientHttp2Session): ClientHttp2Session {
  const request = session.request.bind(session);
  session.request = (headers, options) => {
    const path = (headers as OutgoingHttpHeaders | undefined)?.[':path'];
    const answer = request(headers, options);
    hear(answer, `h2 ${path} on a session of its own`);
    return answer;
  };
  return session;
}

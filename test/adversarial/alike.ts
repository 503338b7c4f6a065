// All that an agent got, made comparable with all that it got somewhere else: what no two objects share is numbered in the
// order in which it appears, so that two that were equal, or changed, still show as equal, or changed.
import type { Answered } from './answers.ts';

const MARKER = 'chaperone: hidden value ';
const SENTINEL = new RegExp(`${MARKER}[0-9a-f]{48}`, 'g');
const IN_BASE64 = new RegExp(`${Buffer.from(MARKER).toString('base64')}[A-Za-z0-9]{64}`, 'g');
/** Of one call, or as long as a number is. */
const OF_A_CALL = new Set(['audit-id', 'content-length', 'date']);

/** Of an answer whatever could tell something, with `name` for the object's own. */
export function told({ status, headers, body }: Answered, name: string): string {
  const kept = Object.entries(headers).filter(([header]) => !OF_A_CALL.has(header));
  return JSON.stringify([status, kept, body.toString()]).replaceAll(name, '{name}');
}

/** A transcript with sentinels, versions, uids and times as numbers. */
export function alike(transcript: readonly string[]): string[] {
  const [sentinelOf, versionOf, uidOf] = [numbering(), numbering(), numbering()];
  return transcript.map((line) =>
    line
      .replaceAll(IN_BASE64, (text) => `base64 of ${Buffer.from(text, 'base64')}`)
      .replaceAll(SENTINEL, (text) => `{sentinel ${sentinelOf(text)}}`)
      .replaceAll(
        /(resourceVersion\W+)(\d+)/g,
        (_, field, version) => `${field}{version ${versionOf(version)}}`,
      )
      .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (uid) => `{uid ${uidOf(uid)}}`)
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '{time}'),
  );
}

function numbering(): (text: string) => number {
  const seen = new Map<string, number>();
  return (text) => {
    if (!seen.has(text)) seen.set(text, seen.size);
    return seen.get(text) as number;
  };
}

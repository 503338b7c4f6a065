// The first line of an asciicast: what players show of it, and beside it all that a recording begins with.
import type { RecordingHeader } from './recorded.ts';

const MAX_TITLE = 256;

/** The terminal's size is told by the first `r`; until then, a player takes the usual one. */
export function headerOf(header: RecordingHeader) {
  const { startedAtMs, ...chaperone } = header;
  return {
    version: 2,
    width: 80,
    height: 24,
    timestamp: Math.floor(startedAtMs / 1000),
    title: titleOf(header).slice(0, MAX_TITLE),
    chaperone,
  };
}

function titleOf({ namespace, pod, stream }: RecordingHeader): string {
  const where = `${stream.kind} ${namespace}/${pod}`;
  if (stream.kind === 'portforward') return [where, ...stream.ports].join(' ');
  return [where, stream.container, ...(stream.command.length > 0 ? ['--', ...stream.command] : [])].join(' ');
}

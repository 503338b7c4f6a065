// The answer of the controller to one question: read whole, bounded in time and bytes, and told in its own words where it is no.
import type { ClientHttp2Stream } from 'node:http2';
import { StatusSchema } from '../wire/status.ts';

export interface ControllerAnswer {
  readonly status: number;
  readonly body: string;
}

/** Rejects where it does not come before `deadline` is aborted, or not whole, or is longer than `maxBytes`. */
export function answerOf(
  stream: ClientHttp2Stream,
  maxBytes: number,
  deadline: AbortSignal,
): Promise<ControllerAnswer> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let size = 0;
    const chunks: Buffer[] = [];
    const late = (): void => void stream.destroy(new Error('the controller did not answer'));
    deadline.addEventListener('abort', late, { once: true });
    stream.on('response', (headers) => {
      status = Number(headers[':status']);
    });
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) stream.destroy(new Error("the controller's answer is too long"));
      else chunks.push(chunk);
    });
    stream.on('error', reject);
    stream.on('end', () => {
      if (status > 0 && !stream.aborted) resolve({ status, body: Buffer.concat(chunks).toString('utf8') });
    });
    stream.on('close', () => {
      deadline.removeEventListener('abort', late);
      reject(new Error('the controller broke off'));
    });
  });
}

/** Any error between us and the controller is a Status; what is none is told by its number. */
export function messageOf({ status, body }: ControllerAnswer): string {
  try {
    return StatusSchema.parse(JSON.parse(body)).message;
  } catch {
    return `the controller answered ${status}`;
  }
}

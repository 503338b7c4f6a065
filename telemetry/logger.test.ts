import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createLogger, type LogFields } from './logger.ts';

function logged(message: string, fields?: LogFields): Record<string, unknown> {
  const lines: string[] = [];
  createLogger({ component: 'sidecar', write: (line) => lines.push(line) }).warn(message, fields);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[^\n]+\n$/);
  return JSON.parse(lines[0] ?? '');
}

async function failure(of: () => unknown): Promise<unknown> {
  try {
    await of();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

describe('a log line', () => {
  it('is one JSON object with time, level, component and message first', () => {
    const line = logged('a call\nfailed', { auditId: 'a-1', masked: 2, held: true, missing: undefined });
    expect(Object.keys(line)).toEqual(['time', 'level', 'component', 'message', 'auditId', 'masked', 'held']);
    expect(line).toMatchObject({ level: 'warn', component: 'sidecar', message: 'a call\nfailed', masked: 2 });
  });

  it('leaves out what is no scalar, and keeps its own fields', () => {
    const line = logged('x', {
      body: { password: 'S3CRET' },
      list: ['S3CRET'],
      level: 'error',
      time: 'S3CRET',
    });
    expect(JSON.stringify(line)).not.toContain('S3CRET');
    expect(line.level).toBe('warn');
  });

  it('describes an error without the message that quotes its input', async () => {
    const error = await failure(() => JSON.parse('S3CRET'));
    const line = logged('unreadable', { error });
    expect(line).toMatchObject({ 'error.type': 'SyntaxError' });
    expect(line['error.at']).toContain('logger.test.ts');
    expect(JSON.stringify(line)).not.toContain('S3CRET');
  });

  it('is not fooled by a message that looks like a stack', () => {
    const line = logged('x', { error: new Error('a\n    at S3CRET (S3CRET:1:1)\n    at S3CRET') });
    expect(JSON.stringify(line)).not.toContain('S3CRET');
  });

  it('says which file or address a system call failed on', async () => {
    const error = await failure(() => readFile('/does/not/exist'));
    const line = logged('no token', { error });
    expect(line).toMatchObject({
      'error.code': 'ENOENT',
      'error.message': expect.stringContaining('/does/not/exist'),
    });
  });

  it('is bounded, in each text and as a whole', () => {
    expect((logged('x', { text: 'y'.repeat(9000) }).text as string).length).toBeLessThan(600);
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`field-${n}`, '€'.repeat(300)]));
    const line = logged('€'.repeat(9000), many);
    expect(line).toMatchObject({ truncated: true });
    expect(Buffer.byteLength(JSON.stringify(line))).toBeLessThan(4096);
  });
});

it('prints nothing below its level', () => {
  const lines: string[] = [];
  const log = createLogger({ component: 'c', level: 'warn', write: (line) => lines.push(line) });
  log.debug('a');
  log.info('b');
  log.warn('c');
  log.error('d');
  expect(lines.map((line) => JSON.parse(line).level)).toEqual(['warn', 'error']);
});

import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { requestOf } from '../policy/fixtures.ts';
import { refuse } from '../policy/refusal.ts';
import { createEnding, streamKindOf } from './ending.ts';
import type { AgentResponse } from './listener.ts';

const pods = '/api/v1/namespaces/shop/pods';

test.each([
  [`${pods}?watch=1`, 'watch'],
  [`${pods}?watch=`, 'watch'],
  ['/api/v1/watch/namespaces/shop/pods', 'watch'],
  [pods, undefined],
  [`${pods}?watch=0`, undefined],
  [`${pods}/a/log`, undefined],
  [`${pods}/a/log?follow=true`, 'log'],
  [`${pods}/a/log?follow`, 'log'],
  [`${pods}/a/log?follow=yes`, 'log'],
  [`${pods}/a/log?follow=false`, undefined],
  [`${pods}/a/log?follow=0`, undefined],
  [`${pods}/a?follow=1`, undefined],
  ['/healthz?follow=1', undefined],
])('%s opens %s', (target, kind) => {
  expect(streamKindOf(requestOf('GET', target))).toBe(kind);
});

describe('an answer under way', () => {
  const refusal = refuse('StaleLease', { request: requestOf('GET', `${pods}?watch=1`) });

  /** Ends an answer of which `chunks` have passed; says what was written and whether it was ended or broken off. */
  function ended(kind: 'watch' | 'log' | undefined, headers: object, ...chunks: string[]): [string, string] {
    const answer = Object.assign(new PassThrough(), { headers });
    const res = new PassThrough();
    const ending = createEnding(kind);
    ending.follow(answer as unknown as IncomingMessage);
    answer.pipe(res);
    for (const chunk of chunks) {
      answer.emit('data', Buffer.from(chunk));
    }
    ending.end(res as unknown as AgentResponse, refusal);
    return [res.destroyed ? 'broken off' : 'ended', String(res.read() ?? '')];
  }
  const json = { 'content-type': 'application/json' };

  test('ends as a watch by an ERROR event after the last whole one', () => {
    const [how, text] = ended('watch', json, '{"type":"ADDED"}\n{"type":"MODI', 'FIED"}\n');
    expect(how).toBe('ended');
    const events = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events).toMatchObject([
      { type: 'ADDED' },
      { type: 'MODIFIED' },
      { type: 'ERROR', object: { code: 503 } },
    ]);
  });

  test('ends as a watch without any event by an ERROR event alone', () => {
    expect(JSON.parse(ended('watch', json)[1])).toMatchObject({ type: 'ERROR' });
  });

  test.each([
    ['a watch within an event', 'watch', json],
    ['a watch in protobuf', 'watch', { 'content-type': 'application/vnd.kubernetes.protobuf;stream=watch' }],
    ['a watch that is compressed', 'watch', { ...json, 'content-encoding': 'gzip' }],
    ['anything else', undefined, json],
  ] as const)('is broken off as %s', (_, kind, headers) => {
    expect(ended(kind, headers, '{"type":')[0]).toBe('broken off');
  });

  test('ends as a log, wherever it stands', () => {
    expect(ended('log', { 'content-type': 'text/plain' }, 'half a li')).toEqual(['ended', 'half a li']);
  });
});

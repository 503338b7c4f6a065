import { expect, test } from 'vitest';
import type { RecordingEvent } from '../streams/recording/recorded.ts';
import { createPortsTap } from './ports-tap.ts';

test('asks for each port, and counts and records each connection', () => {
  const recorded: RecordingEvent[] = [];
  const { tap, said, end } = createPortsTap({
    ask: (port) => (port === 80 ? undefined : 'not that one'),
    record: (event) => recorded.push(event),
  });
  expect([80, 22, 80].map((port, connection) => tap.opened(connection, port))).toEqual([
    undefined,
    'not that one',
    undefined,
  ]);
  tap.passed(0, 'agent', 3);
  tap.passed(0, 'server', 5);
  tap.passed(2, 'agent', 7);
  tap.closed(0);
  tap.closed(0);
  tap.closed(1);
  end();
  expect(recorded).toEqual([
    { kind: 'opened', connection: 0, port: 80 },
    { kind: 'opened', connection: 2, port: 80 },
    { kind: 'closed', connection: 0, fromAgent: 3, fromServer: 5 },
    { kind: 'closed', connection: 2, fromAgent: 7, fromServer: 0 },
  ]);
  expect([said.fromAgent, said.fromServer]).toEqual([10, 5]);
  expect([[...said.opened], [...said.refused]]).toEqual([[80], [22]]);
});

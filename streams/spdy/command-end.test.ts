import { expect, test } from 'vitest';
import type { Last } from '../relay.ts';
import { CHANNELS, createTestCommand, textOf } from './test-command.ts';
import { data, rst } from './test-relay.ts';

const LAST: Last = { message: 'the grant has ended', status: '{"status":"Failure"}' };

test.each([
  ['v4.channel.k8s.io', LAST.status],
  ['v3.channel.k8s.io', LAST.message],
  ['v2.channel.k8s.io', LAST.message],
  ['channel.k8s.io', LAST.message],
  ['', LAST.message],
])('cut in %s, it says so on stderr, and on the error channel as a client reads it', (version, status) => {
  const { relay, heard, idOf, asked } = createTestCommand(version);
  const passed = relay.end(LAST);
  const { agent, server } = heard(passed);
  expect([passed.over, server]).toEqual([true, undefined]);
  expect(textOf(agent, idOf('stderr'))).toBe('<stderr>the grant has ended\n');
  expect(textOf(agent, idOf('stdout'))).toBe('<stdout>');
  expect(textOf(agent, idOf('error'))).toBe(`<error>${status}`);
  expect(agent?.filter(({ kind }) => kind === 'fin')).toHaveLength(CHANNELS.length);
  expect(agent?.at(-1)).toEqual({ kind: 'goAway', lastId: 9, status: 0 });
  expect(asked.toSorted()).toEqual(CHANNELS.map((channel) => `${channel} closed`).toSorted());
});

test('with a terminal, which has no stderr, it says so on stdout, on a line of its own', () => {
  const channels = CHANNELS.filter((channel) => channel !== 'stderr');
  const { relay, heard, idOf } = createTestCommand('v4.channel.k8s.io', channels, channels);
  const { agent } = heard(relay.end(LAST));
  expect(textOf(agent, idOf('stdout'))).toBe('<stdout>\r\nthe grant has ended\r\n');
});

test('where nobody reads along, the line is not put among what a program reads from stdout', () => {
  const { relay, heard, idOf } = createTestCommand('v4.channel.k8s.io', ['error', 'stdout']);
  const { agent } = heard(relay.end(LAST));
  expect(textOf(agent, idOf('stdout'))).toBe('<stdout>');
  expect(textOf(agent, idOf('error'))).toBe(`<error>${LAST.status}`);
});

test('after the server has said how the command ended, nothing is added', () => {
  const { relay, heard, idOf, say } = createTestCommand();
  say('server', data(idOf('error'), '{}'));
  const { agent } = heard(relay.end(LAST));
  expect(textOf(agent, idOf('error'))).toBe('<error>');
  expect(textOf(agent, idOf('stderr'))).toBe('<stderr>');
});

test('by v1, where the server resets the error stream before it says anything, who is cut off reads why on stderr alone', () => {
  const { relay, heard, idOf, say } = createTestCommand('channel.k8s.io');
  say('server', rst(idOf('error')));
  const { agent } = heard(relay.end(LAST));
  expect(textOf(agent, idOf('stderr'))).toBe('<stderr>the grant has ended\n');
  expect(agent?.filter((frame) => 'id' in frame && frame.id === idOf('error'))).toEqual([]);
  expect(agent?.at(-1)).toMatchObject({ kind: 'goAway' });
});

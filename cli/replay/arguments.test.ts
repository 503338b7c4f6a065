import { expect, test } from 'vitest';
import { REPLAY_HELP, readReplayArguments } from './arguments.ts';

const id = '6b7f0a52-0c1e-4f5f-8f0e-2f8f4f3c9f10';

test('takes an id, an id of one agent, a file, or nothing', () => {
  expect([[id], [`${id}/${id}`], ['a.cast'], []].map((argv) => readReplayArguments(argv))).toMatchObject([
    { what: { kind: 'kept', id, uid: undefined }, text: false, speed: 1, namespace: 'chaperone-system' },
    { what: { kind: 'kept', id, uid: id } },
    { what: { kind: 'file', path: 'a.cast' } },
    { what: { kind: 'list' } },
  ]);
});

test('takes its flags before and after', () => {
  expect(
    readReplayArguments(['--text', id, '--speed', '2.5', '-n', 'system', '--context', 'c']),
  ).toMatchObject({
    text: true,
    speed: 2.5,
    namespace: 'system',
    context: 'c',
  });
  expect(readReplayArguments(['--help'])).toBe('help');
});

test.each([
  [[id, id], 'one recording at a time; see chaperone replay --help'],
  [[id, '--speed', '0'], '--speed: "0" is not a number above 0, up to 1000'],
  [[id, '--speed', '1e9'], '--speed: "1e9" is not a number above 0, up to 1000'],
  [[id, '-n', '../x'], '--namespace: "../x" is not a namespace\'s name'],
  [[id, '--loud'], "unknown option '--loud'; see chaperone replay --help"],
])('says of %j what must be changed', (argv, why) => {
  expect(() => readReplayArguments(argv)).toThrow(why);
});

test('its help fits into a terminal of 100 columns', () => {
  for (const line of REPLAY_HELP.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});

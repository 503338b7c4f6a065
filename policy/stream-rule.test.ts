import { expect, test } from 'vitest';
import { resourceRequestOf } from './fixtures.ts';
import { covers } from './rule.ts';
import { asCreate, streamUnder } from './stream-rule.ts';
import { attachOf, attachRule, execOf, execRule, portsOf, portsRule } from './streams.fixture.ts';

test('what is not named is not given, also by a rule that the schema would refuse', () => {
  const { commands: _, ...noCommands } = execRule(['app'], ['ls']);
  const { containers: __, ...noContainers } = attachRule('app');
  const { ports: ___, ...noPorts } = portsRule(80);
  expect(covers(noCommands, asCreate(execOf('app', ['ls'])))).toBe(false);
  expect(covers(execRule(['app'], []), asCreate(execOf('app', ['ls'])))).toBe(false);
  expect(covers(noContainers, asCreate(attachOf('app')))).toBe(false);
  expect(covers(noPorts, asCreate(portsOf()))).toBe(false);
});

test('a call whose options were not read is not given', () => {
  const { stream: _, ...unread } = resourceRequestOf('POST', asCreate(execOf('app', ['ls'])).target);
  expect(covers(execRule(['app'], ['ls']), unread)).toBe(false);
});

test('of what a rule gives, one stream that it covers', () => {
  expect(streamUnder(execRule(['app', 'db'], ['ls', '-l'], ['sh']))).toMatchObject({
    kind: 'exec',
    container: 'app',
    command: ['ls', '-l'],
  });
  expect(streamUnder(portsRule(80, 443))).toEqual({ kind: 'portforward', ports: [80] });
});

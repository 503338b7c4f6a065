// docs/streams.md: its policy is one, and each call of its table is answered as it says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { decide } from './decide.ts';
import { entitlementsOf, policyOf } from './fixtures.ts';
import { attachOf, execOf, portsOf } from './streams.fixture.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/streams.md'), 'utf8');
const [, example = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
const entitlements = entitlementsOf({ policies: [policyOf(parse(example).spec)] });
const rows = [...page.matchAll(/^\| `kubectl (.+?)` +\| (?:`(\w+)`|goes through) +\|$/gm)];

/** `exec web-0 -c app -- ls`, `port-forward web-0 9000:8080`; of pods but web-0 by its name. */
function callOf(typed: string) {
  const [verb, pod = '', ...rest] = typed.split(' ');
  const command = rest.slice(3);
  const asked =
    verb === 'port-forward'
      ? portsOf(rest.map((each) => Number(each.split(':').at(-1))))
      : verb === 'exec'
        ? execOf(rest[1] ?? '', command)
        : attachOf(rest[1] ?? '');
  return { ...asked, name: pod };
}

test.each(rows.map(([, typed = '', code]) => [typed, code] as const))('kubectl %s: %s', (typed, code) => {
  expect(decide(callOf(typed), entitlements, 1)).toMatchObject(
    code === undefined ? { kind: 'permit' } : { code },
  );
});

test('each row of the table is read, and the refusal that is shown is the one that is said', () => {
  expect(rows).toHaveLength(11);
  const said = decide(callOf('exec web-0 -c app -- sh'), entitlements, 1);
  expect(page).toContain(said.kind === 'refusal' ? said.message : 'a refusal');
});

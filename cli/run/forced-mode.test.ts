import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { entitlementsOf, policyOf } from '../../policy/fixtures.ts';
import { OPEN } from '../../policy/mode.ts';
import type { HeldEntitlements } from '../../sidecar/held-entitlements.ts';
import { heldUnder } from './forced-mode.ts';

const holding = (facts: Parameters<typeof entitlementsOf>[0]): HeldEntitlements => ({
  current: () => entitlementsOf(facts),
  take: () => {},
  onChange: () => {},
});

it('holds the same under another mode, whatever the policy says', () => {
  for (const spec of [{}, { mode: 'Enforce' }, { mode: 'Observe' }])
    for (const mode of ['Observe', OPEN] as const) {
      const given = entitlementsOf({ policies: [policyOf(spec)] });
      const held = heldUnder(mode, holding({ policies: [policyOf(spec)] })).current();
      expect(held).toEqual({ ...given, held: { ...given.held, mode } });
    }
});

it('has no mode where no policy holds', () => {
  expect(heldUnder(OPEN, holding({ policies: [] })).current()).toEqual(entitlementsOf({ policies: [] }));
  expect(heldUnder(OPEN, { ...holding({}), current: () => undefined }).current()).toBeUndefined();
});

it('everything is opened by the command line of a run, and named nowhere else outside policy/', () => {
  const sources = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
    encoding: 'utf8',
  });
  const naming = sources
    .split('\n')
    .filter((file) => file !== '' && !file.endsWith('.test.ts') && !file.startsWith('policy/'))
    .filter((file) =>
      /import \{[^}]*\bOPEN\b[^}]*\} from '[^']*\/mode\.ts'/.test(readFileSync(file, 'utf8')),
    );
  expect(naming).toEqual(['cli/run/arguments.ts']);
});

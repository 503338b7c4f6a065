import { expect, it } from 'vitest';
import { OPEN } from '../../policy/mode.ts';
import { announcement } from './announcement.ts';

it('says that what was observed is enforced again', () => {
  expect(announcement('Enforce', 'prod')).toMatch(/^context prod is governed/);
});

it('says in one line what takes no effect, and in which context', () => {
  expect(announcement('Observe', 'prod')).toMatch(/^context prod is only observed: no denial of the policy/);
  const open = announcement(OPEN, 'prod');
  expect(open).toMatch(/^WARNING: context prod IS NOT GUARDED: --open lifts .* --unmasked shows /);
  expect(open).not.toContain('\n');
});

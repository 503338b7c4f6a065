import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Write } from '../put-back/put-back.ts';
import { code, type Json, key, live, putting, shown } from './test-objects.ts';

const piece = fc.constantFrom(
  'pin=1',
  'pin: 22',
  'secret-a',
  'a',
  ' ',
  'x: secret-bb y',
  key,
  '-----BEGIN PRIVATE KEY-----',
  '',
);
const text = fc.array(piece, { maxLength: 8 }).map((lines) => lines.join('\n'));

test('whatever is written of it, what is put back is hidden again where it was written', () => {
  fc.assert(
    fc.property(
      text,
      fc.array(fc.oneof(fc.nat(30), piece), { maxLength: 10 }),
      fc.boolean(),
      (stored, edits, dryRun) => {
        const object = { ...live(), data: { file: stored } };
        const lines: string[] = shown(object).data.file.split('\n');
        const written = edits
          .map((edit) => (typeof edit === 'number' ? (lines[edit % lines.length] ?? '') : edit))
          .join('\n');
        const outcome = putting(
          { form: 'merge', value: { data: { file: written } }, dryRun, force: false },
          object,
        );
        if (outcome.kind === 'fault') return;
        const { file } = (outcome.value as Json).data;
        const again: string = shown({ ...object, data: { file } }).data.file;
        const hidden = (of: string) => of.match(/chaperone: hidden value/g)?.length ?? 0;
        expect(hidden(again)).toBeGreaterThanOrEqual(Math.min(1, outcome.count));
        for (const { start, end } of [...stored.matchAll(/secret-[a-z]+|MIIE|(?<=pin[=:] ?)\d+/g)].map(
          ({ index, 0: of }) => ({ start: index, end: index + of.length }),
        ))
          if (outcome.count > 0) expect(again).not.toContain(`!${stored.slice(start, end)}!`);
      },
    ),
  );
});

test('whether a write is accepted does not depend on what is hidden', () => {
  const guesses = fc.constantFrom('1', '22', '333');
  const form = fc.constantFrom<Write['form']>('object', 'merge', 'strategic', 'apply');
  fc.assert(
    fc.property(guesses, guesses, guesses, form, fc.boolean(), fc.nat(2), (a, b, guess, as, dryRun, how) => {
      const outcomes = [a, b].map((value) => {
        const object = { ...live(), data: { file: `x\npin=${value}\ny`, PIN: value } };
        const { data } = shown(object);
        const file = [data.file, `${data.file}\nmore`, `x\npin=${guess}`][how];
        const outcome = putting(
          { form: as, value: { data: { file, PIN: how === 2 ? guess : data.PIN } }, dryRun, force: false },
          object,
        );
        return code(outcome);
      });
      expect(outcomes[0]).toEqual(outcomes[1]);
    }),
  );
});

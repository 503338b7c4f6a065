// What a write of Secrets is answered with: the same objects as a read, and Statuses that are printed anew.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { secretsMasked, secretsWritten } from './body.ts';
import { everyBody, survivors, testHash, testSecret } from './test-bodies.ts';

const how = { hash: testHash('pod'), reveal: false };
const VERBS = ['create', 'update', 'patch', 'delete', 'deletecollection'];
const refused = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'Secret "web" is invalid: data[a]: Invalid value: "HUNTER-TWO"',
  reason: 'Invalid',
  code: 422,
};

test('an object is shown to a writer as it is to a reader', () => {
  fc.assert(
    fc.property(fc.array(testSecret, { maxLength: 3 }), fc.constantFrom(...VERBS), (secrets, verb) => {
      for (const body of everyBody(secrets)) {
        const shown = secretsWritten(how, verb).body(body);
        expect(shown).toEqual(secretsMasked(how).body(body));
        expect(survivors(shown, secrets)).toEqual([]);
      }
    }),
  );
});

test.each(VERBS)(
  'a Status that answers a %s is printed anew, unless all it quotes is what was just sent',
  (verb) => {
    const shown = secretsWritten(how, verb).body(refused);
    if (verb === 'create') expect(shown).toEqual({ kind: 'masked', value: refused, count: 0 });
    else expect(JSON.stringify(shown)).not.toContain('HUNTER-TWO');
  },
);

test.each(VERBS)('and so are the warnings of a %s', (verb) => {
  const { warning } = secretsWritten(how, verb);
  expect(warning?.('299 - "HUNTER-TWO"')).toBe(verb === 'create' ? undefined : false);
});

test.each(VERBS)('a %s is answered with no event, and with nothing of another kind', (verb) => {
  const { body, event } = secretsWritten(how, verb);
  expect(event({ type: 'ADDED', object: refused }).kind).toBe('unreadable');
  expect(body({ kind: 'ConfigMap', data: { a: 'HUNTER-TWO' } }).kind).toBe('unreadable');
});

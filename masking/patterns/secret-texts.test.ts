// A Secret under patterns: what the wall of Secrets shows of it, with the texts of its metadata hidden behind, and both put back.
import { expect, test } from 'vitest';
import { secretsMasked } from '../body.ts';
import { puttingSecretBack } from '../put-back/secret.ts';
import { secret } from '../secret.ts';
import { behind } from '../wall.ts';
import { compilePatterns } from './compile.ts';
import { puttingSecretTextsBack } from './put-back.ts';
import { code, goesOn, hash, type Json, LAST_APPLIED } from './test-objects.ts';
import { textsHidden } from './wall.ts';

// One of them finds whatever stands for the value, too.
const patterns = compilePatterns({
  patterns: [
    { name: 'word', pattern: 'secret-[a-z]+' },
    { name: 'password', pattern: 'password=(?P<hide>.+)' },
  ],
});
const PASSWORD = btoa('Correct-Horse-9');
const live = (): Json => {
  const metadata = { name: 'web', annotations: { note: 'to secret-a' }, labels: { l: 'secret-b' } };
  const applied = { apiVersion: 'v1', kind: 'Secret', metadata, data: { password: PASSWORD } };
  const annotations = { ...metadata.annotations, [LAST_APPLIED]: `${JSON.stringify(applied)}\n` };
  return {
    ...applied,
    metadata: { ...metadata, annotations, uid: 'u1', resourceVersion: '7' },
    type: 'Opaque',
  };
};
const how = { hash, reveal: false };
const wall = behind(secretsMasked(how), textsHidden({ hash, patterns, behindSecrets: true }));
const shown = (): Json => {
  const outcome = wall.body(live());
  if (outcome.kind !== 'masked') throw new Error(outcome.why);
  return outcome.value;
};
const putting = puttingSecretTextsBack(
  { hash, patterns },
  secret(how),
  puttingSecretBack({ hash, isCurrent: () => false, revealed: false }),
);
const write = (form: 'object' | 'merge', value: unknown) =>
  putting({ form, value, dryRun: false, force: false }, live());

test('the copy that kubectl keeps shows neither its values nor the texts of its metadata', () => {
  const { data, metadata } = shown();
  const copy = metadata.annotations[LAST_APPLIED];
  expect(JSON.stringify([data, metadata])).not.toMatch(/secret-[ab]|Correct/);
  expect(copy).not.toContain(PASSWORD);
  expect(JSON.parse(copy).data.password).toMatch(/^[A-Za-z0-9]{96}$/);
});

test('written as it was shown, both are as they were', () => {
  expect(goesOn(write('object', shown()))).toEqual(live());
});

test('a value is replaced beside hidden texts; a text is not', () => {
  expect(goesOn(write('merge', { data: { password: btoa('new') } })).data).toEqual({ password: btoa('new') });
  const label = { metadata: { labels: { l: 'secret-b' } } };
  expect(code(write('merge', label))).toEqual(['HiddenTextOverwritten', 'metadata.labels.l']);
});

test('another copy gets words for the texts that patterns hide', () => {
  const { data, metadata } = shown();
  const applied = `${JSON.stringify({ kind: 'Secret', metadata: { labels: metadata.labels, annotations: { note: 'secret-a' } }, data })}\n`;
  const put = goesOn(write('merge', { metadata: { annotations: { [LAST_APPLIED]: applied } } }));
  const copy = JSON.parse(put.metadata.annotations[LAST_APPLIED]);
  expect(copy.metadata).toMatchObject({ labels: { l: '(hidden by chaperone: masked)' } });
  expect(JSON.stringify(copy)).not.toMatch(/secret-[ab]|hidden value/);
});

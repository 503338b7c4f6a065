import { expect, test } from 'vitest';
import { compilePatterns } from './compile.ts';
import { code, goesOn, hash, type Json, LAST_APPLIED, putInto, shown } from './test-objects.ts';
import { textsHidden } from './wall.ts';

const owning = (fieldsV1: Json) => [{ manager: 'me', operation: 'Apply', fieldsType: 'FieldsV1', fieldsV1 }];
const door = (fieldsV1: Json, annotations?: Json): Json => ({
  apiVersion: 'a.example/v1',
  kind: 'Door',
  metadata: { name: 'web', uid: 'u1', resourceVersion: '7', annotations, managedFields: owning(fieldsV1) },
  spec: { open: true },
});
const SENTENCE = 'chaperone: hidden value [0-9a-f]{48}';
const namesOf = (fieldsV1: Json): string[] =>
  Object.keys(shown(door(fieldsV1)).metadata.managedFields[0].fieldsV1);

test('what an item of a list is known by is hidden for its name where managedFields repeats it', () => {
  const [item, named, many] = namesOf({
    'k:{"pin":"5555"}': {},
    'k:{"name":"PIN","value":"5555"}': {},
    'k:{"a":"secret-a","kind":"secret-b","pin":"1","port":80}': {},
  });
  expect(item).toMatch(new RegExp(`^k:\\{"pin":"${SENTENCE}"\\}$`));
  expect(named).toMatch(new RegExp(`^k:\\{"name":"PIN","value":"${SENTENCE}"\\}$`));
  const pieces = new RegExp(`"a":"(${SENTENCE})","kind":"(${SENTENCE})","pin":"(${SENTENCE})","port":80`);
  expect(new Set(pieces.exec(many ?? '')?.slice(1)).size).toBe(3);
});

test('so are the item of a set and the name of a field, each looked at as it stands in the object', () => {
  const whole = compilePatterns({ patterns: [{ name: 'code', pattern: '^[0-9]{4}$' }] });
  const fields = { 'f:1234': {}, 'v:"1234"': {}, 'k:{"a":"1234"}': {}, 'f:12345': {} };
  const outcome = textsHidden({ hash, patterns: whole, behindSecrets: false }).body(door(fields)) as Json;
  expect(Object.keys(outcome.value.metadata.managedFields[0].fieldsV1)).toEqual([
    expect.stringMatching(new RegExp(`^f:${SENTENCE}$`)),
    expect.stringMatching(new RegExp(`^v:"${SENTENCE}"$`)),
    expect.stringMatching(new RegExp(`^k:\\{"a":"${SENTENCE}"\\}$`)),
    'f:12345',
  ]);
});

test('what names nothing hidden is shown as it is, and what does not read is hidden whole', () => {
  const plain = { '.': {}, 'f:spec': { 'k:{"a":"<b>","name":"x"}': { '.': {}, 'f:name': {} } }, 'i:0': {} };
  expect(shown(door(plain)).metadata.managedFields).toEqual(owning(plain));
  expect(namesOf({ 'k:{"pin"': {}, 'v:': {} })).toEqual([
    expect.stringMatching(new RegExp(`^k:${SENTENCE}$`)),
    expect.stringMatching(new RegExp(`^v:${SENTENCE}$`)),
  ]);
});

test('a copy of the object repeats it hidden too', () => {
  const copy = JSON.stringify({ metadata: { managedFields: owning({ 'k:{"pin":"5555"}': {} }) } });
  const said = shown(door({}, { [LAST_APPLIED]: copy })).metadata.annotations[LAST_APPLIED];
  expect(said).toMatch(/k:\{\\"pin\\":\\"chaperone: hidden value/);
  expect(Object.keys(JSON.parse(said).metadata.managedFields[0].fieldsV1)).toHaveLength(1);
});

test('so does an object that this one holds', () => {
  const held = { ...door({}), status: { manifest: door({ 'k:{"pin":"5555"}': {} }) } };
  const { managedFields } = shown(held).status.manifest.metadata;
  expect(Object.keys(managedFields[0].fieldsV1)).toEqual([
    expect.stringMatching(new RegExp(`^k:\\{"pin":"${SENTENCE}"\\}$`)),
  ]);
});

test('written as it was shown it stays as it is; a guess in its place is refused', () => {
  const live = door({ 'f:spec': { 'k:{"pin":"5555"}': {} } });
  expect(goesOn(putInto(live, 'object', shown(live)))).toEqual(live);
  const guess = { ...shown(live), metadata: live.metadata };
  expect(code(putInto(live, 'object', guess))).toEqual(['HiddenTextOverwritten', 'metadata.managedFields']);
});

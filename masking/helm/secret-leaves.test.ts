import { describe, expect, it } from 'vitest';
import { readDocuments } from './documents.ts';

const VALUE = 'hunter2hunter2';
const read = (text: string) => {
  const [document] = readDocuments(text, true);
  return {
    values: document?.leaves?.filter(({ place }) => place !== 'other' && place !== 'name').length,
    mayBeSecret: document?.mayBeSecret,
  };
};
const item = (more: string) => `items:\n- metadata:\n    name: a\n${more}  stringData:\n    p: ${VALUE}\n`;

describe('the values of Secrets in a document', () => {
  it.each([
    ['in a list of Secrets that do not say so', `kind: SecretList\n${item('')}`],
    ['in one that says nothing as their kind', `kind: SecretList\n${item('  kind: ""\n')}`],
    ['in what the API reads as a list for its items', `kind: Secret\n${item('')}`],
    ['in a list that says it of each', `kind: List\n${item('  kind: Secret\n')}`],
    [
      'in an annotation that is a document',
      `kind: Secret\nmetadata:\n  annotations:\n    a: '{"p":"x"}'\n    b: c\n`,
    ],
    ['in annotations that are not read', `kind: Secret\nmetadata:\n  annotations: {a: b}\n`],
    ['in another spelling', `kind: Secret\nStringData:\n  p: ${VALUE}\n`],
  ])('are found %s', (_, text) => {
    expect(read(text)).toEqual({ values: 1, mayBeSecret: false });
  });

  it.each([
    ['an item of a List says no kind', `kind: List\n${item('')}`],
    ['items of Secrets are not read', `kind: SecretList\nitems: [{data: {p: ${VALUE}}}]\n`],
    ['an item of Secrets is not read', `kind: SecretList\nitems:\n- {data: {p: ${VALUE}}}\n`],
    ['one is not indented', `kind: Secret\ndata:\npassword: ${VALUE}\n`],
    ['one in a List is not', `kind: List\nitems:\n- kind: Secret\n  metadata:\n    name: a\n  p: ${VALUE}\n`],
    ['there are more lines than are read', undefined],
  ])('may be anywhere where %s', (_, text) => {
    const documents = text === undefined ? readDocuments('a: b\n', false) : readDocuments(text, true);
    expect(documents).toMatchObject([{ leaves: undefined, mayBeSecret: true }]);
  });

  it('are not looked for in a list of another kind, nor in a volume', () => {
    expect(read(`kind: ConfigMapList\n${item('')}`)).toEqual({ values: 0, mayBeSecret: false });
    expect(read('kind: Pod\nvolume:\n  items: [{key: a}]\n')).toEqual({ values: 0, mayBeSecret: false });
  });
});

import { expect, test } from 'vitest';
import { printPath } from './path.ts';
import { eachText } from './texts.ts';

/** What each text of an object is the value of. */
function contexts(object: unknown) {
  const found: Record<string, string | undefined> = {};
  eachText(object, ({ text, path, context, isKey }) => {
    if (!isKey) found[printPath(path)] = context;
    return text;
  });
  return found;
}

test('a text is the value of the field that it stands in, and of a variable by its name', () => {
  expect(
    contexts({
      data: { KEY: 'a' },
      metadata: { annotations: { 'x.io/key': 'a' } },
      spec: {
        s3: { secretAccessKey: 'a', list: ['a'] },
        env: [{ name: 'PIN', value: 'a' }],
        other: { value: 'a' },
      },
    }),
  ).toEqual({
    '["data","KEY"]': 'KEY',
    '["metadata","annotations","x.io/key"]': 'x.io/key',
    '["spec","s3","secretAccessKey"]': 'secretAccessKey',
    '["spec","s3","list",[0]]': undefined,
    '["spec","env",["PIN"],"name"]': 'name',
    '["spec","env",["PIN"],"value"]': 'PIN',
    '["spec","other","value"]': 'value',
  });
  expect(contexts('a')).toEqual({ '[]': undefined });
});

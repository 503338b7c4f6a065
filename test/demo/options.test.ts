import { expect, test } from 'vitest';
import { HELP, readOptions, UsageError } from './options.ts';

test('without an option the cluster is its own', () => {
  expect(readOptions([])).toEqual({ json: false, keep: false, given: undefined });
});

test('the help fits a terminal of 100 columns', () => {
  expect(HELP.split('\n').filter(({ length }) => length > 100)).toEqual([]);
});

test('reads what a cluster of others needs', () => {
  const argv = [
    '--context',
    'c',
    '--agent-image',
    'agents',
    '--image',
    'registry:5000/team/chaperone:0.1.0',
    '--json',
  ];
  expect(readOptions(argv)).toEqual({
    json: true,
    keep: false,
    given: {
      context: 'c',
      kubeconfig: undefined,
      agentImage: 'agents',
      image: { repository: 'registry:5000/team/chaperone', tag: '0.1.0' },
    },
  });
});

test.each([
  [['--context', 'c'], '--context needs --agent-image IMAGE'],
  [['--image', 'a:1'], '--image belongs to --context NAME'],
  [['--kubeconfig', 'f'], '--kubeconfig belongs to --context NAME'],
  [['--agent-image', 'a'], '--agent-image belongs to --context NAME'],
  [['--context', 'c', '--agent-image', 'a', '--image', 'chaperone'], '"chaperone" is not REPOSITORY:TAG'],
  [['--context', 'c', '--agent-image', 'a', '--image', 'registry:5000/chaperone'], 'is not REPOSITORY:TAG'],
  [['--kep'], "Unknown option '--kep'"],
  [['agents'], 'agents'],
])('%j is one line that names the option', (argv, words) => {
  expect(() => readOptions(argv)).toThrow(UsageError);
  expect(() => readOptions(argv)).toThrow(words);
});

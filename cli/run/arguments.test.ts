import { describe, expect, it } from 'vitest';
import { OPEN } from '../../policy/mode.ts';
import { UsageError } from '../usage-error.ts';
import { RUN_HELP, readRunArguments } from './arguments.ts';

describe('readRunArguments', () => {
  it('reads every flag, and leaves what comes after -- to the command', () => {
    const flags = [
      '--policy',
      'p',
      '--kubeconfig',
      'k',
      '--context=c',
      '--port',
      '0',
      '--kubeconfig-out',
      'o',
    ];
    expect(readRunArguments([...flags, '--', 'kubectl', '--port', '--', '-h'])).toEqual({
      policy: 'p',
      mode: undefined,
      kubeconfig: 'k',
      context: 'c',
      port: 0,
      kubeconfigOut: 'o',
      command: ['kubectl', '--port', '--', '-h'],
    });
  });

  it('observes, with a policy; open and unmasked, without one too', () => {
    const all = ['--unmasked', '--observe', '--open'];
    expect(readRunArguments(['--observe', '--policy', 'p'])).toMatchObject({ mode: 'Observe' });
    expect(readRunArguments([...all, '--policy', 'p'])).toMatchObject({ mode: OPEN, policy: 'p' });
    expect(readRunArguments([...all, '--', 'kubectl'])).toMatchObject({ mode: OPEN, policy: undefined });
  });

  it('stays up without a command', () => {
    expect(readRunArguments(['--policy', 'p'])).toMatchObject({ port: 0, command: [] });
  });

  it('answers a question for help whatever else is there', () => {
    for (const flag of ['-h', '--help']) expect(readRunArguments([flag, '--port', 'x'])).toBe('help');
  });

  it.each([
    [['--', 'kubectl'], /^--policy FILE is required/],
    [['--policy', '', '--', 'kubectl'], /^--policy FILE is required/],
    [['--observe'], /^--policy FILE is required/],
    [['--observe', '--unmasked', '--open', '--policy', ''], /^--policy FILE is required/],
    [['--open', '--policy', 'p'], /^--unmasked and --open are taken together, and with --observe/],
    [['--unmasked', '--policy', 'p'], /^--unmasked and --open are taken together, and with --observe/],
    [['--open', '--unmasked', '--policy', 'p'], /^--unmasked and --open are taken together, and with --obs/],
    [['--observe', '--open', '--policy', 'p'], /^--unmasked and --open are taken together/],
    [['--observe', '--unmasked', '--policy', 'p'], /^--unmasked and --open are taken together/],
    [['--policy', 'p', '--'], /^-- must be followed by a COMMAND/],
    [['--policy', 'p', '--port', '65536'], /^--port: "65536" is not a port/],
    [['--policy', 'p', '--port', '-1'], /'--port'/],
    [['--policy', 'p', '--port', ''], /^--port: "" is not a port/],
    [['--policy', '--port', '1'], /'--policy'/],
    [['--polcy', 'p'], /'--polcy'/],
    [['--policy', 'p', 'kubectl', 'get', 'pods'], /'kubectl'.*COMMAND comes after --$/],
  ])('%j is one line that names what is wrong', (argv, line) => {
    const read = () => readRunArguments(argv);
    expect(read).toThrow(UsageError);
    expect(read).toThrow(line);
    expect(read).toThrow(/^.{1,160}$/);
  });
});

it('the help text fits a terminal and names every flag', () => {
  for (const line of RUN_HELP.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  for (const flag of [
    'policy',
    'kubeconfig',
    'context',
    'port',
    'kubeconfig-out',
    'observe',
    'unmasked',
    'open',
    'help',
  ])
    expect(RUN_HELP).toContain(`--${flag} `.trimEnd());
  expect(RUN_HELP).toMatch(/boundary is weaker/);
});

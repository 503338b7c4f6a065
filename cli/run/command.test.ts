import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { runCommand } from './command.ts';
import type { Signals } from './signals.ts';

/** Signals as they would come, without sending this process any. */
function scripted(): Signals & { send(signal: NodeJS.Signals, byTerminal: boolean): void } {
  const emitter = new EventEmitter();
  return {
    takenBy: (take) => void emitter.on('signal', take),
    release: () => {},
    send: (signal, byTerminal) => void emitter.emit('signal', signal, byTerminal),
  };
}
const node = (script: string) => [process.execPath, '--eval', script];

it.each([
  ['its own exit code', node('process.exit(7)'), { exitCode: 7 }],
  ['128 + the signal that ended it', node('process.kill(process.pid, "SIGKILL")'), { exitCode: 137 }],
  [
    '127 where it is not there',
    ['no-such-command'],
    { exitCode: 127, problem: 'no-such-command: command not found' },
  ],
  ['126 where it cannot be run', ['/'], { exitCode: 126, problem: '/: cannot be run: EACCES' }],
])('ends with %s', async (_what, command, end) => {
  expect(await runCommand(command, {}, scripted())).toEqual(end);
});

it('passes a signal on, unless the terminal has', async () => {
  const signals = scripted();
  const end = runCommand(node('setInterval(() => {}, 1000)'), {}, signals);
  signals.send('SIGINT', true);
  signals.send('SIGTERM', false);
  expect(await end).toEqual({ exitCode: 143 });
});

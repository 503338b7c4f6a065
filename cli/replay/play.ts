// A recording at its own pace: what was shown is shown, when it was. Clock and screen are the caller's.
import { asText, forScreen, SCREEN_AS_BEFORE } from './harmless.ts';
import type { Joined } from './join.ts';
import { saidBy } from './said.ts';

export interface Screen {
  write(text: string): Promise<void>;
  /** Resolves after that many milliseconds; rejects when it is to end now. */
  wait(ms: number): Promise<void>;
}

/** Input is not shown: where it was to be seen, the terminal's echo has it. */
export async function play(
  { header, events }: Pick<Joined, 'header' | 'events'>,
  speed: number,
  { write, wait }: Screen,
): Promise<void> {
  const onScreen = { out: forScreen(), err: forScreen() };
  const isCommand = header.chaperone === undefined || header.chaperone.stream.kind !== 'portforward';
  let seconds = 0;
  try {
    for (const event of events) {
      const said = saidBy(event);
      if (said === undefined || said.kind === 'in') continue;
      await wait(((Math.max(event[0], seconds) - seconds) * 1000) / speed);
      seconds = Math.max(event[0], seconds);
      if (said.kind !== 'note') await write(onScreen[said.kind](said.text));
      else if (!isCommand || event[1].endsWith('#')) await write(`[${asText(said.text)}]\r\n`);
    }
  } finally {
    await write(SCREEN_AS_BEFORE);
  }
}

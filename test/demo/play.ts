// The play: what an agent can do before, what it can do after, and what everybody can know of it.
import { after } from './acts/after.ts';
import { bare } from './acts/bare.ts';
import { before } from './acts/before.ts';
import { bounded } from './acts/bounded.ts';
import { granted } from './acts/granted.ts';
import { inside } from './acts/inside.ts';
import { known } from './acts/known.ts';
import { refused } from './acts/refused.ts';
import type { Stage } from './stage.ts';
import type { Screen } from './steps.ts';

/** Plays every step that the stage has room for, and says which it leaves out. Rejects only where the stage itself breaks. */
export async function play(stage: Stage, screen: Screen): Promise<void> {
  screen.chapter('The cast');
  for (const line of stage.cast) screen.note(line);
  await before(stage, screen);
  const heard: string[] = [];
  for (const act of [after, granted, inside, refused, bounded]) heard.push(await act(stage, screen));
  await known(stage, screen, heard.join('\n'));
  if (stage.bare) await bare(stage, screen);
}

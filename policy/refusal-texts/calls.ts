// Every reason for which a call of an agent is refused. "The agent" is what runs in a pod or under `chaperone run`, and may be
// a language model: from the sentence alone it must know whether to change the call, wait, ask or stop.
import { askedTexts } from './asked.ts';
import { budgetTexts } from './budgets.ts';
import { entitledTexts } from './entitled.ts';
import { momentTexts } from './moment.ts';
import { streamTexts } from './streams.ts';
import { workloadTexts } from './workloads.ts';
import { writeTexts } from './writes.ts';

export const callTexts = {
  ...askedTexts,
  ...entitledTexts,
  ...budgetTexts,
  ...streamTexts,
  ...workloadTexts,
  ...writeTexts,
  ...momentTexts,
};

// A client in a process of its own, which may stand in a pod's network: very many streams, opened, talked to and ended. Reads what
// it is to do from its stdin; ends with 0 when all of it was served.
import { json } from 'node:stream/consumers';
import type { Door } from '../adversarial/agent.ts';
import { manyStreams } from './many.ts';

export interface ManyAsk {
  readonly door: Door;
  /** Its path. */
  readonly pod: string;
  readonly execs: number;
  readonly watches: number;
}

const { door, pod, ...counts } = (await json(process.stdin)) as ManyAsk;
const many = await manyStreams(door, pod, counts);
await many.talk('again');
await many.stop();

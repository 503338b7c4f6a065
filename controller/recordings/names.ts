// The name of a part's file says whose it is and of which recording; nothing in it is another's word: share and part are ours,
// the pod's UID is the certificate's, and an id has one form. What is named otherwise is no part.
import { createHash, randomBytes } from 'node:crypto';
import type { Agent } from '../../ca/agent.ts';
import { UuidSchema } from '../../wire/recordings.ts';

export interface PartName {
  /** Of whose room it takes: all pods of one ServiceAccount have one share. */
  readonly share: string;
  /** UID of the agent's pod. */
  readonly uid: string;
  readonly id: string;
}

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const NAME = new RegExp(`^(?<share>[0-9a-f]{32})\\.(?<uid>${UUID})\\.(?<id>${UUID})\\.[0-9a-f]{16}\\.jsonl$`);

export function shareOf({ namespace, serviceAccount }: Agent): string {
  return createHash('sha256').update(`${namespace}/${serviceAccount}`).digest('hex').slice(0, 32);
}

/** One that no other part has. Throws for what would be no name. */
export function newName({ share, uid, id }: PartName): string {
  const name = `${share}.${uid}.${UuidSchema.parse(id)}.${randomBytes(8).toString('hex')}.jsonl`;
  if (readName(name) === undefined) throw new Error('a part cannot be named so');
  return name;
}

export function readName(name: string): PartName | undefined {
  const { share, uid, id } = NAME.exec(name)?.groups ?? {};
  return share && uid && id ? { share, uid, id } : undefined;
}

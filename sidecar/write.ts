// A write on its way: no sentinel in it is stored. Where hidden values can be put back they are; elsewhere it is refused.
import type { Permit } from '../policy/decide.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import type { Carried, Carrying } from './carried.ts';
import { closedType } from './closed-type.ts';
import { judgeWorkload } from './judge-workload.ts';
import { type For, type PuttingBackParts, puttingBackFor } from './putting-back.ts';
import { createWriteBack } from './write-back.ts';
import { type CheckedBody, checkJsonBody, type JsonBody, printBody, readWriteBody } from './write-body.ts';

export interface WriteParts extends PuttingBackParts {
  /** No webhook sees what is written of pods: it is judged here. */
  readonly judgesWorkloads: boolean;
}

/** Something may stand there that was hidden: `form` is how what goes on is printed. */
interface OverHidden {
  readonly kind: 'overHidden';
  readonly putting: For;
  readonly form: Pick<JsonBody, 'yaml' | 'contentType'>;
}

type Guarded = (checked: CheckedBody | Refusal) => CheckedBody | Refusal;

/** What goes on of a body that came whole; what it holds of the room, where values are put back, is counted here. */
export async function prepareWrite(
  parts: WriteParts,
  permit: Permit,
  bytes: Buffer,
  type: string | undefined,
  carrying: Carrying,
): Promise<Carried | Refusal> {
  const { request } = permit;
  const guarded: Guarded = (checked) => {
    if (checked.kind === 'refusal' || !parts.judgesWorkloads) return checked;
    return judgeWorkload(checked.bytes, type, permit, parts.held.current(), parts.now()) ?? checked;
  };
  const looked = lookAt(bytes, type, permit, parts, guarded);
  if (looked.kind === 'refusal') return looked;
  if (looked.kind === 'checked') return { ...looked, kind: 'carried', permit };
  const { putting, form } = looked;
  const print = (value: unknown) => guarded(printBody(value, form, request));
  const writeBack = createWriteBack({ permit, bytes, type, putting, print }, carrying, parts);
  const first = await writeBack.judge();
  return first.kind === 'refusal'
    ? first
    : { ...first.body, kind: 'carried', permit, writeBack: { ...writeBack, first } };
}

/** By itself, so that nothing that was read is kept while the object is waited for. */
function lookAt(
  bytes: Buffer,
  type: string | undefined,
  permit: Permit,
  { patterns }: WriteParts,
  guarded: Guarded,
): CheckedBody | OverHidden | Refusal {
  const { request } = permit;
  const read = readWriteBody(bytes, type, request);
  if (read.kind === 'refusal') return read;
  const putting = puttingBackFor(permit, patterns);
  if (read.kind !== 'json') {
    // In protobuf it could not be told what is written over what is hidden.
    return putting !== undefined && bytes.length > 0
      ? refuse('UnsupportedMediaType', { request, type: type ?? '' })
      : guarded(read);
  }
  const { value, ...form } = read;
  if (putting !== undefined) return { kind: 'overHidden', putting, form };
  return closedType(permit, value) ?? guarded(checkJsonBody(read, request));
}

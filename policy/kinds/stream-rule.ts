// What a rule for exec, attach or port-forward names beside the pod: containers, commands, ports, and whether its recording is
// required. Such a rule gives one of the three and nothing else, and what it does not name it does not give.
import * as z from 'zod';
import { type StreamKind, streamKindOf } from '../stream-options.ts';
import { label, line } from './words.ts';

const argv = z.array(line).min(1).max(32);

export const streamFields = {
  containers: z
    .array(label)
    .min(1)
    .max(16)
    .optional()
    .describe('Of pods/exec and pods/attach: the containers that are reached.'),
  commands: z
    .array(argv)
    .min(1)
    .max(32)
    .optional()
    .describe('Of pods/exec: what is run begins with one of these, word by word; a shell runs everything.'),
  ports: z
    .array(z.int().min(1).max(65_535))
    .min(1)
    .max(32)
    .optional()
    .describe('Of pods/portforward: the ports that are reached.'),
  record: z
    .enum(['required', 'optional'])
    .optional()
    .describe(
      'required, the default of pods/exec and pods/attach: what cannot be recorded does not go on. Of pods/portforward the default is optional.',
    ),
};

type StreamField = keyof typeof streamFields;

interface Rule {
  readonly apiGroups?: readonly string[] | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly verbs: readonly string[];
  readonly containers?: readonly string[] | undefined;
  readonly commands?: readonly (readonly string[])[] | undefined;
  readonly ports?: readonly number[] | undefined;
  readonly record?: 'required' | 'optional' | undefined;
}

/** Which of these fields each must have; it has none of the others but `record`. */
const NEEDS: Readonly<Record<StreamKind, readonly StreamField[]>> = {
  exec: ['containers', 'commands'],
  attach: ['containers'],
  portforward: ['ports'],
};

const MISSING: Readonly<Partial<Record<StreamField, string>>> = {
  containers: 'name the containers, such as [app]',
  commands: 'name what may be run, each as a list of words, such as [[ls, -l], [cat, /etc/hosts]]',
  ports: 'name the ports, such as [8080]',
};

const OF_STREAMS: Readonly<Record<StreamField, string>> = {
  containers: 'resources [pods/exec] or [pods/attach]',
  commands: 'resources [pods/exec]',
  ports: 'resources [pods/portforward]',
  record: 'resources [pods/exec], [pods/attach] or [pods/portforward]',
};

const FIELDS = Object.keys(streamFields) as StreamField[];

/** The field that is wrong, and why; undefined: none is. */
export function streamComplaint(rule: Rule): { field: string; why: string } | undefined {
  const { apiGroups = [], resources = [], verbs } = rule;
  const found = resources.find((each) => apiGroups.some((group) => streamKindOf(group, each)));
  const kind = streamKindOf('', found ?? '');
  if (kind === undefined) {
    const field = FIELDS.find((each) => rule[each] !== undefined);
    return field && { field, why: `goes only with ${OF_STREAMS[field]}` };
  }
  if (resources.length > 1)
    return { field: 'resources', why: `has ${found} beside others: give it a rule of its own` };
  if (apiGroups.length > 1)
    return { field: 'apiGroups', why: `has other groups beside "": write [""] for ${found}` };
  if (verbs.length > 1 || verbs[0] !== 'create')
    return { field: 'verbs', why: `must be [create] for ${found}, whichever way a client asks` };
  const needs = NEEDS[kind];
  const missing = needs.find((each) => rule[each] === undefined);
  if (missing !== undefined)
    return {
      field: missing,
      why: `is missing: for ${found} ${MISSING[missing]} (what is not named is not given)`,
    };
  const other = FIELDS.find((each) => each !== 'record' && rule[each] !== undefined && !needs.includes(each));
  return other && { field: other, why: `does not go with ${found}, but with ${OF_STREAMS[other]}` };
}

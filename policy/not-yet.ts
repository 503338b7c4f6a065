// What this version refuses under any rule, until what makes it safe is built. One table; decide consults it.
import type { ResourceRequest } from './api-request.ts';
import { READ_VERBS } from './closed.ts';

export type NotYetCode = 'SecretWriteNotYet' | 'StreamNotYet';

/** Which verbs of a row's resources are refused. */
const touches = {
  every: () => true,
  writes: (verb) => !READ_VERBS.has(verb),
} satisfies Record<string, (verb: string) => boolean>;

interface NotYetRow {
  readonly code: NotYetCode;
  readonly apiGroup: string;
  /** Exact, with the subresource: `deployments/scale` writes no pod template. */
  readonly resources: readonly string[];
  readonly verbs: keyof typeof touches;
}

const rows: readonly NotYetRow[] = [
  { code: 'SecretWriteNotYet', apiGroup: '', resources: ['secrets'], verbs: 'writes' },
  {
    code: 'StreamNotYet',
    apiGroup: '',
    resources: ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'services/proxy'],
    verbs: 'every',
  },
];

const byResource = new Map<string, NotYetRow>();
for (const row of rows)
  for (const resource of row.resources) byResource.set(`${row.apiGroup}/${resource}`, row);

/** The refusal that awaits this request whatever its rules say; undefined: none does. */
export function notYet(request: ResourceRequest): NotYetCode | undefined {
  const { apiGroup, resource, subresource, verb } = request;
  const row = byResource.get(`${apiGroup}/${resource}${subresource === undefined ? '' : `/${subresource}`}`);
  return row !== undefined && touches[row.verbs](verb) ? row.code : undefined;
}

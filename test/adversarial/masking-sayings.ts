// Writes of Secrets that the API server refuses, and what the agent may read of its words.
import type { Json } from './answers.ts';

export const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const JSON_PATCH = 'application/json-patch+json';
export const APPLY = 'application/apply-patch+yaml';

export interface Ask {
  readonly method: string;
  readonly target: string;
  readonly type?: string;
  readonly body?: unknown;
}
const REST = '(chaperone: the rest may quote hidden values, and is withheld)';

/** `real`: the object with its values, for the call that is made without a sidecar between. */
export interface Said {
  readonly of: string;
  readonly ask: (object: Json) => Ask;
  readonly message: string | RegExp;
  /** The API server itself quotes the value. */
  readonly quotes?: boolean;
}
export const put = (object: Json, query = '', more: object = {}): Ask => ({
  method: 'PUT',
  target: `/${object.metadata.name}${query}`,
  body: { ...object, ...more },
});
export const patched =
  (type: string, body: unknown, query = '') =>
  ({ metadata }: Json): Ask => ({ method: 'PATCH', target: `/${metadata.name}${query}`, type, body });
const STRICT = '?fieldValidation=Strict';

export const SAYINGS: Readonly<Record<string, Said>> = {
  'bad base64 beside a value that is put back': {
    of: 'web',
    ask: (object) => put(object, '', { data: { ...object.data, bad: '!' } }),
    message: 'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0',
  },
  'an unknown field': {
    of: 'web',
    ask: (object) => put(object, STRICT, { dta: {} }),
    message:
      'Secret in version "v1" cannot be handled as a Secret: strict decoding error: unknown field "dta"',
  },
  'another type of value': {
    of: 'web',
    ask: (object) => put(object, '', { data: { ...object.data, bad: 5 } }),
    message:
      /^Secret in version "v1" cannot be handled as a Secret: json: cannot unmarshal number into Go struct field Secret.data of type \[\]uint8$/,
  },
  'bad base64 in a merge patch': {
    of: 'web',
    ask: patched(MERGE, { data: { bad: '!' } }),
    message: ` "" is invalid: patch: Invalid value: illegal base64 data at input byte 0 ${REST}`,
    quotes: true,
  },
  'an unknown field in a merge patch': {
    of: 'web',
    ask: patched(MERGE, { dta: {} }, STRICT),
    message: ` "" is invalid: patch: Invalid value: strict decoding error: unknown field "dta" ${REST}`,
    quotes: true,
  },
  'an unknown field in a JSON patch': {
    of: 'web',
    ask: patched(JSON_PATCH, [{ op: 'add', path: '/dta', value: {} }], STRICT),
    message: ` "" is invalid: patch: Invalid value: strict decoding error: unknown field "dta" ${REST}`,
    quotes: true,
  },
  'an unknown field in a strategic patch': {
    of: 'web',
    ask: (object) =>
      patched(STRATEGIC, { dta: {}, data: { password: object.data.password } }, STRICT)(object),
    message: ` "" is invalid: patch: Invalid value: strict decoding error: unknown field "dta" ${REST}`,
    quotes: true,
  },
  'an unknown field in an apply': {
    of: 'web',
    ask: (object) =>
      patched(
        APPLY,
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'web' },
          dta: {},
          data: { password: object.data.password },
        },
        '?fieldManager=a',
      )(object),
    message: /^failed to create typed patch object \(.*\): \.dta: field not declared in schema$/,
  },
  'a wrong type in an apply': {
    of: 'web',
    ask: (object) =>
      patched(
        APPLY,
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'web' },
          data: { password: object.data.password, bad: [1] },
        },
        '?fieldManager=a',
      )(object),
    message:
      /^failed to create typed patch object \(chaperone: the rest|^chaperone: what the API server said/,
  },
  'a patch that does not apply': {
    of: 'web',
    ask: patched(JSON_PATCH, [{ op: 'remove', path: '/data/none' }]),
    message: 'the server rejected our request due to an error in our request',
  },
  'a type that would be another, and what it would ask of the values': {
    of: 'web',
    ask: (object) => put(object, '', { type: 'kubernetes.io/dockerconfigjson' }),
    message:
      /^Secret "web" is invalid: type: Invalid value: "kubernetes\.io\/dockerconfigjson": field is immutable$/,
  },
  'a label that cannot be one': {
    of: 'web',
    ask: patched(MERGE, { metadata: { labels: { a: 'b c' } } }),
    message: /^Secret "web" is invalid: metadata\.labels: Invalid value: "b c": a valid label must be/,
  },
  'a policy that quotes the object': {
    of: 'quoted',
    ask: (object) => put(object),
    message: `secrets "quoted" is forbidden: ValidatingAdmissionPolicy 'NAME' with binding 'quoted.NAME' denied request ${REST}`,
    quotes: true,
  },
  'a policy that quotes what is deleted': {
    of: 'quoted',
    ask: () => ({ method: 'DELETE', target: '/quoted' }),
    message: `secrets "quoted" is forbidden: ValidatingAdmissionPolicy 'NAME' with binding 'quoted.NAME' denied request ${REST}`,
    quotes: true,
  },
  'a delete of another object of that name': {
    of: 'web',
    ask: () => ({ method: 'DELETE', target: '/web', body: { preconditions: { uid: '0b9f' } } }),
    message:
      /^Operation cannot be fulfilled on Secret "web": the UID in the precondition \(0b9f\) does not match .* recreated$/,
  },
  'a delete of another version of it': {
    of: 'web',
    ask: () => ({ method: 'DELETE', target: '/web', body: { preconditions: { resourceVersion: '1' } } }),
    message:
      /^Operation cannot be fulfilled on Secret "web": the ResourceVersion in the precondition \(1\) .* modified$/,
  },
  'a delete of what is not there': {
    of: 'web',
    ask: () => ({ method: 'DELETE', target: '/none' }),
    message: 'secrets "none" not found',
  },
};

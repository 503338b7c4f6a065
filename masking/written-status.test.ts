import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writtenStatus } from './written-status.ts';

const VALUE = 'HUNTER-TWO';
const failure = (code: number, reason: string, message: string, details?: object) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  details,
  code,
});
function shown(status: unknown) {
  const outcome = writtenStatus(status);
  if (outcome.kind === 'unreadable') throw new Error(outcome.why);
  return outcome.value as { message: string; details: object };
}
const REST = '(chaperone: the rest may quote hidden values, and is withheld)';
const WHOLE = 'chaperone: what the API server said may quote hidden values, and is withheld';
const web = { name: 'web', kind: 'secrets' };
const RBAC =
  'secrets "web" is forbidden: User "system:serviceaccount:shop:app" cannot update resource "secrets" in API group "" in the namespace "shop"';

describe('goes out as it came', () => {
  test('that a Secret was deleted', () => {
    const success = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { ...web, uid: '0b9f6f0e-5a30-4e0f-9d2c-1f1b8c1d2e3f' },
    };
    expect(shown(success)).toEqual(success);
    expect(shown({ ...success, message: VALUE, details: { ...web, uid: VALUE, causes: [VALUE] } })).toEqual({
      ...success,
      details: web,
    });
  });

  test.each([
    [404, 'NotFound', 'secrets "web" not found'],
    [404, 'NotFound', 'namespaces "shop" not found'],
    [409, 'AlreadyExists', 'secrets "web" already exists'],
    [
      409,
      'Conflict',
      'Operation cannot be fulfilled on secrets "web": the object has been modified; please apply your changes to the latest version and try again',
    ],
    [
      409,
      'Conflict',
      'Operation cannot be fulfilled on secrets "web": StorageError: invalid object, Code: 4, Key: /registry/secrets/shop/web, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: 0b9f, UID in object meta: 1c2d',
    ],
    [
      409,
      'Conflict',
      'Operation cannot be fulfilled on secrets "web": Precondition failed: ResourceVersion in precondition: 7, ResourceVersion in object meta: 8',
    ],
    [
      409,
      'Conflict',
      'Operation cannot be fulfilled on secrets "web": uid mismatch: the provided object specified uid 0b9f, and no existing object was found',
    ],
    [403, 'Forbidden', RBAC],
    [
      400,
      'BadRequest',
      'Secret in version "v1" cannot be handled as a Secret: strict decoding error: unknown field "dta", unknown field "metadata.labls"',
    ],
    [
      400,
      'BadRequest',
      'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 4',
    ],
    [
      400,
      'BadRequest',
      'Secret in version "v1" cannot be handled as a Secret: json: cannot unmarshal string into Go struct field Secret.data of type map[string][]uint8',
    ],
    [
      500,
      'InternalError',
      'failed to create typed patch object (shop/web; /v1, Kind=Secret): .dta: field not declared in schema',
    ],
    [
      504,
      'Timeout',
      'Timeout: request did not complete within requested timeout - context deadline exceeded',
    ],
    [
      500,
      'ServerTimeout',
      'The update operation against secrets could not be completed at this time, please try again.',
    ],
    [413, 'RequestEntityTooLarge', 'Request entity too large: limit is 3145728'],
    [422, 'Invalid', 'the server rejected our request due to an error in our request'],
  ])('%i %s: %s', (code, reason, message) => {
    const status = failure(code, reason, message, { ...web, retryAfterSeconds: 2 });
    expect(shown(status)).toEqual(status);
  });

  test('what is not valid in the options of the call', () => {
    const message =
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch';
    const causes = [
      {
        reason: 'FieldValueRequired',
        message: 'Required value: is required for apply patch',
        field: 'fieldManager',
      },
    ];
    const status = failure(422, 'Invalid', message, { group: 'meta.k8s.io', kind: 'PatchOptions', causes });
    expect(shown(status)).toEqual(status);
  });
});

describe('goes out as far as it is known', () => {
  test.each([
    [
      `admission webhook "deny.example.com" denied the request: it has ${VALUE}`,
      'admission webhook "deny.example.com" denied the request',
    ],
    [
      `secrets "web" is forbidden: ValidatingAdmissionPolicy 'no-guesses' with binding 'all' denied request: ${VALUE}`,
      `secrets "web" is forbidden: ValidatingAdmissionPolicy 'no-guesses' with binding 'all' denied request`,
    ],
    [`secrets "web" is forbidden: ${VALUE}`, 'secrets "web" is forbidden'],
    [`${RBAC}: ${VALUE}`, RBAC],
    [`Internal error occurred: ${VALUE}`, 'Internal error occurred'],
    [
      `Operation cannot be fulfilled on secrets "web": ${VALUE}`,
      'Operation cannot be fulfilled on secrets "web"',
    ],
    [
      `Secret in version "v1" cannot be handled as a Secret: json: cannot unmarshal number ${VALUE} into Go value`,
      'Secret in version "v1" cannot be handled as a Secret',
    ],
  ])('%s', (message, head) => {
    const status = failure(422, 'Invalid', message, {
      ...web,
      name: VALUE,
      retryAfterSeconds: 1,
      causes: [{ message }],
    });
    expect(shown(status)).toEqual({
      ...status,
      message: `${head} ${REST}`,
      details: { retryAfterSeconds: 1 },
    });
  });

  test.each([VALUE, `secrets "${VALUE}" not found`, `User "${VALUE}" cannot update`, '', undefined])(
    'not at all: %s',
    (message) => {
      const status = failure(500, VALUE, message as string, web);
      const { reason: _, details: __, ...rest } = status;
      expect(shown(status)).toEqual({ ...rest, message: WHOLE });
    },
  );
});

describe('of what is not valid', () => {
  const invalid = (...causes: readonly [reason: string, field: string, message: string][]) => {
    const said = causes.map(([, field, message]) => `${field}: ${message}`).join(', ');
    const details = {
      name: 'web',
      kind: 'Secret',
      causes: causes.map(([reason, field, message]) => ({ reason, message, field })),
    };
    return failure(
      422,
      'Invalid',
      `Secret "web" is invalid: ${causes.length > 1 ? `[${said}]` : said}`,
      details,
    );
  };

  test.each<[string, string, string]>([
    ['FieldValueForbidden', 'data', 'Forbidden: field is immutable when `immutable` is set'],
    ['FieldValueForbidden', 'immutable', 'Forbidden: field is immutable when `immutable` is set'],
    ['FieldValueRequired', 'data[tls.crt]', 'Required value'],
    ['FieldValueTooLong', 'data', 'Too long: may not be more than 1048576 bytes'],
    ['FieldValueTooLong', 'metadata.annotations', 'Too long: may not be more than 262144 bytes'],
    ['FieldValueInvalid', 'type', 'Invalid value: "x": field is immutable'],
    ['FieldValueInvalid', 'metadata.labels', 'Invalid value: "a b": a valid label must …'],
    ['FieldValueInvalid', 'metadata.ownerReferences[0].uid', 'Invalid value: "": must not be empty'],
  ])('%s of %s is shown: %s', (...cause) => {
    expect(shown(invalid(cause))).toEqual(invalid(cause));
    expect(shown(invalid(cause, cause)).message).toBe(invalid(cause).message);
  });

  test.each<[string, string, string, string]>([
    [
      'FieldValueInvalid',
      'data[.dockerconfigjson]',
      `Invalid value: "<secret contents redacted>": invalid character '${VALUE}'`,
      'Invalid value',
    ],
    ['FieldValueInvalid', 'metadata.annotations', `Invalid value: "${VALUE}": no`, 'Invalid value'],
    ['FieldValueNotFound', 'metadata.managedFields', `Not found: "${VALUE}"`, 'Not found'],
    ['FieldValueForbidden', 'data', `Forbidden: ${VALUE}`, 'Forbidden'],
    ['FieldValueForbidden', `data[${VALUE} ]`, `Forbidden: ${VALUE}`, 'Forbidden'],
    [
      'FieldValueInvalid',
      'type',
      `Invalid value: "${'x'.repeat(5000)}"`,
      `Invalid value: "${'x'.repeat(1008)}`,
    ],
  ])('%s of %s is shown without its value', (reason, field, message, words) => {
    const [cause] = (
      shown(invalid([reason, field, message])).details as { causes: { field: string; message: string }[] }
    ).causes;
    expect(cause?.message).toBe(field === 'type' ? words : `${words} ${REST}`);
    expect(cause?.field).toBe(field.includes(' ') ? '' : field);
  });

  test('a patch that makes no Secret is shown without the object', () => {
    const object = JSON.stringify(
      JSON.stringify({ data: { a: VALUE, b: '\\": strict decoding error: unknown field "x"' } }),
    );
    const said = (why: string) => {
      const body = failure(422, 'Invalid', ` "" is invalid: patch: Invalid value: ${object}: ${why}`, {
        causes: [
          { reason: 'FieldValueInvalid', message: `Invalid value: ${object}: ${why}`, field: 'patch' },
        ],
      });
      return shown(body);
    };
    const why = 'strict decoding error: unknown field "dta"';
    expect(said(why).details).toEqual({
      causes: [{ reason: 'FieldValueInvalid', message: `Invalid value: ${why} ${REST}`, field: 'patch' }],
    });
    expect(said(why).message).toBe(` "" is invalid: patch: Invalid value: ${why} ${REST}`);
    expect(said(VALUE).message).toBe(` "" is invalid: patch: Invalid value ${REST}`);
    const long = failure(422, 'Invalid', ' "" is invalid: patch', {
      causes: [
        {
          reason: 'FieldValueInvalid',
          message: `Invalid value: "${'\\"'.repeat(1_000_000)}": ${why}`,
          field: 'patch',
        },
      ],
    });
    expect(shown(long).message).toBe(` "" is invalid: patch: Invalid value: ${why} ${REST}`);
  });

  test('what a new type would ask of the values is not told', () => {
    const type = [
      'FieldValueInvalid',
      'type',
      'Invalid value: "kubernetes.io/ssh-auth": field is immutable',
    ] as const;
    const key = ['FieldValueRequired', 'data[ssh-privatekey]', 'Required value'] as const;
    expect(shown(invalid([...type], [...key]))).toEqual(invalid([...type]));
    expect(shown(invalid([...key]))).toEqual(invalid([...key]));
  });

  test('no more causes than the bound, and only those of known kinds', () => {
    const causes = (status: unknown) => (shown(status).details as { causes?: unknown[] }).causes;
    const many = Array(200).fill(['FieldValueRequired', 'data[a]', 'Required value'] as const);
    expect(causes(invalid(...many))).toHaveLength(100);
    expect(causes(invalid([VALUE, 'data', 'Required value']))).toBeUndefined();
  });
});

test.each([
  [
    'one',
    [['a"b', '.data.a']],
    'Apply failed with 1 conflict: conflict with "a\\"b" using v1 at 2026-11-21T15:30:00Z: .data.a',
  ],
  [
    'several',
    [
      ['a', '.data.a'],
      ['b', '.type'],
      ['a', '.metadata.labels.example.com/x'],
    ],
    'Apply failed with 3 conflicts: conflicts with "a" using v1 at 2026-11-21T15:30:00Z:\n- .data.a\n- .metadata.labels.example.com/x\nconflicts with "b" using v1 at 2026-11-21T15:30:00Z:\n- .type',
  ],
])('an apply with %s conflict names the managers and the fields', (_, conflicts, message) => {
  const causes = conflicts.map(([manager, field]) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${JSON.stringify(manager)} using v1 at 2026-11-21T15:30:00Z`,
    field,
  }));
  const status = failure(409, 'Conflict', message, { causes });
  expect(shown(status)).toEqual(status);
});

test.each([
  ['a text', 'Failure'],
  ['a status of another kind', { status: VALUE }],
  ['a code that is none', failure(200, 'NotFound', '')],
  ['a code that is a fraction', failure(404.5, 'NotFound', '')],
  ['no code', { ...failure(0, '', ''), code: undefined }],
])('is unreadable: %s', (_, status) => {
  expect(writtenStatus(status)).toMatchObject({
    kind: 'unreadable',
    why: expect.not.stringContaining(VALUE),
  });
});

test('whatever is said after what is known, and wherever it is said, no value is shown', () => {
  const value = fc.string({ unit: fc.constantFrom(...'ABCDEF"\\\n<é'), minLength: 12, maxLength: 30 });
  const before = fc.constantFrom(
    '',
    `${RBAC}: `,
    'secrets "web" is forbidden: ',
    'admission webhook "a.b" denied the request: ',
    'Secret "web" is invalid: ',
    ' "" is invalid: patch: Invalid value: ',
    'Apply failed with 1 conflict: ',
    'Secret in version "v1" cannot be handled as a Secret: ',
    'failed to create typed patch object (shop/web; /v1, Kind=Secret): ',
  );
  const reason = fc.constantFrom(
    'Invalid',
    'Forbidden',
    'Conflict',
    'FieldValueInvalid',
    'FieldValueForbidden',
    'FieldManagerConflict',
  );
  const field = fc.constantFrom('data', 'patch', '.data.a', 'metadata.annotations[x]', '');
  fc.assert(
    fc.property(value, before, reason, field, (hidden, said, as, at) => {
      const causes = [
        { reason: as, field: at, message: `${said}${hidden}` },
        { reason: as, field: hidden, message: `Invalid value: "${hidden}": ${hidden}` },
        { reason: hidden, field: at, message: hidden },
      ];
      const details = {
        name: hidden,
        group: hidden,
        kind: hidden,
        uid: hidden,
        retryAfterSeconds: hidden,
        causes,
      };
      const status = {
        ...failure(422, as, `${said}${hidden}`, details),
        metadata: { continue: hidden },
        more: hidden,
      };
      expect(JSON.stringify(shown(status))).not.toContain(JSON.stringify(hidden).slice(1, -1));
    }),
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { negotiateJson } from './accept.ts';

const TABLES =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

describe('negotiateJson', () => {
  it.each([
    ['kubectl get', TABLES, TABLES],
    ['kubectl in its older spelling', 'application/json, */*', 'application/json'],
    ['typed Go clients', 'application/vnd.kubernetes.protobuf, */*', 'application/json'],
    [
      'typed Go clients with JSON',
      'application/vnd.kubernetes.protobuf,application/json',
      'application/json',
    ],
    [
      'metadata clients',
      'application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json',
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json',
    ],
    ['a watch', 'application/json;stream=watch', 'application/json;stream=watch'],
    [
      'a preference',
      'application/yaml, application/json;q=0.5,*/*;q=0',
      'application/json;q=0.5,application/json;q=0',
    ],
    ['a range with a transform', 'application/*;as=Table;v=v1;g=meta.k8s.io', TABLES.split(',')[0]],
    ['curl', '*/*', 'application/json'],
    ['a lone star', '*', 'application/json'],
    ['no header', undefined, 'application/json'],
    ['an empty header', '', 'application/json'],
    ['white space as the server trims it', '  application / json ; pretty=1 ', 'application/json; pretty=1'],
  ])('asks for JSON as %s would have', (_, accept, wanted) => {
    expect(negotiateJson(accept)).toEqual({ kind: 'json', accept: wanted });
  });

  it.each([
    ['protobuf alone', 'application/vnd.kubernetes.protobuf'],
    ['YAML alone', 'application/yaml'],
    ['CBOR alone', 'application/cbor, application/cbor-seq'],
    ['no clause at all', ','],
    ['another case, which the server does not admit either', 'Application/JSON'],
    ['a suffix type', 'application/apply-patch+json, text/json'],
    ['a star for the type alone', '*/json'],
    ['a longer path', 'application/json/x'],
    ['control characters', 'application/json\r\nX: y'],
    ['4 KiB and more', `application/json;${'x'.repeat(4096)}`],
  ])('does not admit JSON: %s', (_, accept) => {
    expect(negotiateJson(accept)).toEqual({ kind: 'notAcceptable' });
  });

  it.each([
    ['kubectl get', TABLES, 'application/json'],
    [
      'a client that asks for a Table first',
      'application/*;as=Table;v=v1;g=meta.k8s.io, */*',
      'application/json',
    ],
    [
      'a metadata client',
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json',
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json',
    ],
    ['white space as the server trims it', 'application/json; v=v1; as = Table,*', 'application/json'],
  ])('asks for objects as %s would have, where no Table is shown', (_, accept, wanted) => {
    expect(negotiateJson(accept, { tables: false })).toEqual({ kind: 'json', accept: wanted });
  });

  it('admits none to who takes nothing but Tables, where none is shown', () => {
    const accept = TABLES.split(',').slice(0, 2).join(',');
    expect(negotiateJson(accept, { tables: false })).toEqual({ kind: 'notAcceptable' });
  });

  const range = fc.constantFrom(
    'application/json',
    'application/yaml',
    'application/vnd.kubernetes.protobuf',
    'application/cbor',
    'application/*',
    '*/*',
    'text/html',
  );
  const parameter = fc.constantFrom(
    '',
    'q=0.3',
    'as=Table',
    'v=v1',
    'g=meta.k8s.io',
    'stream=watch',
    'x="a',
    ' b"',
  );
  const clause = fc.tuple(range, fc.array(parameter, { maxLength: 4 })).map(([a, b]) => [a, ...b].join(';'));
  const header = fc
    .array(fc.oneof(clause, fc.string({ maxLength: 12 })), { maxLength: 6 })
    .map((it) => it.join(','));

  it('never asks for anything but JSON', () => {
    fc.assert(
      fc.property(header, (accept) => {
        const outcome = negotiateJson(accept);
        if (outcome.kind === 'notAcceptable') return;
        for (const it of outcome.accept.split(','))
          expect(it).toMatch(/^application\/json(;[\x20-\x7e\t]*)?$/);
      }),
    );
  });

  it('keeps JSON clauses in their order and says the same twice', () => {
    fc.assert(
      fc.property(header, (accept) => {
        const outcome = negotiateJson(accept);
        if (outcome.kind === 'notAcceptable') return;
        expect(negotiateJson(outcome.accept)).toEqual(outcome);
        const json = accept.split(',').filter((it) => it.startsWith('application/json;'));
        const places = json.map((it) => outcome.accept.split(',').indexOf(it.replace(/ +$/, '')));
        if (accept !== '') expect(places).not.toContain(-1);
      }),
    );
  });
});

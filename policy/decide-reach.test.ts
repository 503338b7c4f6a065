import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';
import { entitlementsOf, grantOf, policyOf, requestOf } from './fixtures.ts';

// What a rule reaches, and what parameters of a request change nothing in that.
const shop = '/api/v1/namespaces/shop';
const configmaps = { namespaces: ['shop'], apiGroups: [''], resources: ['configmaps'] };
const under =
  (...rules: object[]) =>
  (method: string, target: string, contentType?: string) => {
    const policies = [policyOf({ standing: { lifetime: '8h', rules }, scopes: undefined })];
    return decide(requestOf(method, target), entitlementsOf({ policies }), 1, contentType).kind;
  };

test('never beats a Grant, which beats a standing rule, which beats a scope', () => {
  const rule = { ...configmaps, verbs: ['get'] };
  const asked = (spec: object, granted: boolean) => {
    const grants = granted ? [grantOf({ scope: 's' })] : [];
    const policies = [policyOf({ standing: undefined, scopes: undefined, ...spec })];
    return decide(requestOf('GET', `${shop}/configmaps/web`), entitlementsOf({ policies, grants }), 1);
  };
  const scopes = [{ name: 's', maxDuration: '10m', rules: [rule] }];
  const standing = { lifetime: '8h', rules: [rule] };
  const never = [rule];
  expect(asked({ scopes, standing, never }, true)).toMatchObject({ code: 'Never' });
  expect(asked({ scopes, standing }, true)).toMatchObject({ rule: 'Grant agents/triage-7f2' });
  expect(asked({ scopes, standing }, false)).toMatchObject({
    rule: 'AgentPolicy agents/triage standing.rules[0]',
  });
  expect(asked({ scopes }, false)).toMatchObject({ code: 'GrantAvailable' });
  expect(asked({}, false)).toMatchObject({ code: 'NoRule' });
});

describe('a subresource is given by its own name', () => {
  test('and not with what it belongs to, nor the other way', () => {
    const pods = under({ ...configmaps, resources: ['pods'], verbs: ['get', 'update', 'patch'] });
    const logs = under({
      ...configmaps,
      resources: ['pods/log', 'services/status'],
      verbs: ['get', 'update'],
    });
    expect(pods('GET', `${shop}/pods/web`)).toBe('permit');
    expect(pods('GET', `${shop}/pods/web/log`)).toBe('refusal');
    expect(pods('PUT', `${shop}/pods/web/status`)).toBe('refusal');
    expect(logs('GET', `${shop}/pods/web`)).toBe('refusal');
    expect(logs('GET', `${shop}/pods/web/log`)).toBe('permit');
  });

  test('and none is ever made, so that a PUT of it needs no create', () => {
    const status = under({ ...configmaps, resources: ['services/status'], verbs: ['update'] });
    expect(status('PUT', `${shop}/services/web/status`)).toBe('permit');
  });
});

describe('a rule that names objects', () => {
  const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
  const ask = under({ ...configmaps, resourceNames: ['web'], verbs });

  test.each([
    ['GET', 'configmaps?fieldSelector=metadata.name%3Dweb'],
    ['GET', 'configmaps?fieldSelector=metadata.name%3Dweb&watch=1'],
    ['DELETE', 'configmaps/web'],
    ['PUT', 'configmaps/web'],
    ['PATCH', 'configmaps/web'],
  ])('covers %s %s', (method, target) => {
    expect(ask(method, `${shop}/${target}`)).toBe('permit');
  });

  test.each([
    ['GET', 'configmaps'],
    ['GET', 'configmaps?watch=1'],
    ['GET', 'configmaps?fieldSelector=metadata.name%3Dother'],
    ['GET', 'configmaps?fieldSelector=metadata.name!%3Dother'],
    ['GET', 'configmaps?fieldSelector=metadata.namespace%3Dshop'],
    ['POST', 'configmaps'],
    ['PUT', 'configmaps/other'],
    ['PATCH', 'configmaps/other'],
    ['DELETE', 'configmaps'],
    ['DELETE', 'configmaps?fieldSelector=metadata.name%3Dweb'],
  ])('does not cover %s %s', (method, target) => {
    expect(ask(method, `${shop}/${target}`)).toBe('refusal');
  });
});

describe('a PATCH asks for create as well', () => {
  const changes = under({ ...configmaps, verbs: ['patch'] });
  const makes = under({ ...configmaps, verbs: ['patch', 'create'] });

  test.each([
    'application/apply-patch+yaml',
    'application/apply-patch+cbor',
    'application/apply-patch+yaml; charset=utf-8',
    'Application/Merge-Patch+json',
    'application/merge-patch+json ; charset=utf-8',
    ';application/merge-patch+json',
    'application/merge-patch+json, application/apply-patch+yaml',
    'application/json',
    '',
    undefined,
  ])('as %j, which upstream takes for an apply or for nothing', (type) => {
    expect(changes('PATCH', `${shop}/configmaps/web`, type)).toBe('refusal');
    expect(makes('PATCH', `${shop}/configmaps/web`, type)).toBe('permit');
  });

  test.each([
    'application/json-patch+json',
    'application/merge-patch+json',
    'application/strategic-merge-patch+json',
    'application/merge-patch+json;charset=utf-8',
  ])('but not as %j', (type) => {
    expect(changes('PATCH', `${shop}/configmaps/web`, type)).toBe('permit');
  });
});

const verb = fc.constantFrom(
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
);
const rule = fc.record(
  { resourceNames: fc.constant(['web']), verbs: fc.uniqueArray(verb, { minLength: 1 }) },
  { requiredKeys: ['verbs'] },
);
const writable = rule.filter(
  ({ resourceNames, verbs }) => resourceNames === undefined || !verbs.includes('deletecollection'),
);

/** Decided alike with a parameter as without: the same rule or the same refusal. */
function changesNothing(parameter: fc.Arbitrary<string>): void {
  const seen = { permit: 0, refusal: 0 };
  fc.assert(
    fc.property(
      fc.array(writable, { minLength: 1, maxLength: 3 }),
      fc.option(rule, { nil: undefined }),
      fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
      fc.constantFrom('configmaps', 'configmaps/web', 'configmaps/other'),
      parameter,
      (rules, never, method, path, query) => {
        const policies = [
          policyOf({
            standing: { lifetime: '8h', rules: rules.map((each) => ({ ...configmaps, ...each })) },
            ...(never && { never: [{ ...configmaps, ...never }] }),
          }),
        ];
        const ask = (target: string) => {
          const decision = decide(requestOf(method, target), entitlementsOf({ policies }), 1);
          seen[decision.kind]++;
          return decision.kind === 'permit' ? decision.rule : decision.message;
        };
        expect(ask(`${shop}/${path}?${query}`)).toBe(ask(`${shop}/${path}`));
      },
    ),
    { numRuns: 300 },
  );
  expect(seen.permit).toBeGreaterThan(50);
  expect(seen.refusal).toBeGreaterThan(50);
}

test('a dry run is decided as the write itself, and so are validation, field manager and force', () => {
  changesNothing(
    fc.constantFrom(
      'dryRun=All',
      'fieldValidation=Strict',
      'fieldValidation=Ignore&dryRun=All',
      'fieldManager=kubectl&force=true',
      'pretty=true&timeoutSeconds=5',
    ),
  );
});

test('a selector of labels is no boundary: it lets nothing more through, and nothing less', () => {
  changesNothing(fc.constantFrom('labelSelector=app%3Dweb', 'labelSelector=app', 'labelSelector=!app'));
});

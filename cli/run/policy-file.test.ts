import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPolicyFile } from './policy-file.ts';

const POLICY = `apiVersion: chaperone.dev/v1alpha1
kind: AgentPolicy
metadata: {name: triage, namespace: agents}
spec:
  agents: {serviceAccounts: [triage-bot]}
  scopes:
  - name: read
    maxDuration: 10m
    rules: [{namespaces: [shop], apiGroups: [""], resources: [pods], verbs: [get]}]
`;
const grant = (name = 'g', spec = 'policy: triage, scope: read, task: t, duration: 10m') =>
  `apiVersion: chaperone.dev/v1alpha1\nkind: Grant\nmetadata: {name: ${name}}\nspec: {${spec}}\n`;
const file = (...documents: string[]) => documents.join('---\n');
const why = (text: string) => {
  const read = readPolicyFile(text);
  return read.kind === 'invalid' ? read.why : 'valid';
};

describe('readPolicyFile', () => {
  it('reads one AgentPolicy and its Grants in any order, whatever pod and agents they name', () => {
    const read = readPolicyFile(
      file(
        grant('a'),
        POLICY,
        '',
        grant('b', 'pod: {name: x, uid: y}, policy: triage, scope: read, task: t, duration: 1m'),
      ),
    );
    expect(read).toMatchObject({
      kind: 'valid',
      policy: {
        metadata: { name: 'triage', namespace: 'local' },
        spec: { agents: { serviceAccounts: ['local'] } },
      },
      grants: [{ spec: { pod: { name: 'local' } } }, { spec: { pod: { name: 'local' } } }],
    });
  });

  it('does not believe a status', () => {
    const read = readPolicyFile(
      file(POLICY, `${grant()}status: {phase: Active, expiresAt: "2999-01-01T00:00:00Z"}\n`),
    );
    expect(read).toMatchObject({
      kind: 'valid',
      grants: [expect.not.objectContaining({ status: expect.anything() })],
    });
  });

  it.each([
    ['no policy', grant(), 'it holds 0 AgentPolicies where exactly one is needed'],
    ['nothing', '', 'it holds 0 AgentPolicies where exactly one is needed'],
    ['two policies', file(POLICY, POLICY), 'it holds 2 AgentPolicies where exactly one is needed'],
    ['another kind', file(POLICY, 'kind: Pod\n'), 'document 2: kind: is neither AgentPolicy nor Grant'],
    ['no object', file(POLICY, '- a\n'), 'document 2: kind: is neither AgentPolicy nor Grant'],
    [
      'a misspelt field',
      POLICY.replace('resources:', 'resource:'),
      'document 1: AgentPolicy spec.scopes[0].rules[0]',
    ],
    [
      'a missing name',
      POLICY.replace('name: triage, ', ''),
      'document 1: AgentPolicy metadata.name: is missing',
    ],
    ['a spec that is a list', grant().replace(/spec: .*/, 'spec: []'), 'document 1: Grant spec: '],
    ['broken YAML', file(POLICY, 'a: [\n'), 'document 2: it is not YAML: '],
    [
      'a key twice',
      file(POLICY, 'kind: Grant\nkind: Grant\n'),
      'document 2: it is not YAML: DUPLICATE_KEY, line ',
    ],
    ['an alias', `a: &a [x]\nb: *a\n`, 'document 1: it has an alias'],
    ['a Grant twice', file(POLICY, grant(), grant()), 'Grant g: metadata.name: stands there twice'],
    [
      'a Grant of another policy',
      file(POLICY, grant('g', 'policy: other, scope: read, task: t, duration: 1m')),
      'Grant g: spec.policy: the AgentPolicy of this file is triage',
    ],
    [
      'a Grant beyond its scope',
      file(POLICY, grant('g', 'policy: triage, scope: read, task: t, duration: 1h')),
      'Grant g: spec.duration: is more than the 10m of scope read',
    ],
  ])('%s is invalid, in one line', (_what, text, line) => {
    expect(why(text).startsWith(line), why(text)).toBe(true);
    expect(why(text)).not.toContain('\n');
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void readPolicyFile(text)));
    const cuts = file(POLICY, grant());
    fc.assert(fc.property(fc.nat(cuts.length), (at) => void readPolicyFile(cuts.slice(0, at))));
  });
});

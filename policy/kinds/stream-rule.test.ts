import { describe, expect, test } from 'vitest';
import { parse } from './parse-strictly.ts';
import { NeverRule, Rule } from './rule.ts';

const inPod = { namespaces: ['shop'], apiGroups: [''], resourceNames: ['web-0'], verbs: ['create'] };
const exec = { ...inPod, resources: ['pods/exec'], containers: ['app'], commands: [['ls'], ['cat', '/a b']] };
const attach = { ...inPod, resources: ['pods/attach'], containers: ['app'] };
const forward = { ...inPod, resources: ['pods/portforward'], ports: [8080] };
const readPods = { namespaces: ['shop'], apiGroups: [''], resources: ['pods'], verbs: ['get'] };

describe('a rule for a stream', () => {
  test.each<[string, object]>([
    ['exec', exec],
    ['attach', attach],
    ['port-forward', forward],
    ['one that need not be recorded', { ...exec, record: 'optional' }],
    ['one that must be', { ...forward, record: 'required' }],
  ])('of %s is valid', (_, rule) => {
    expect(parse(Rule, rule)).toMatchObject({ kind: 'valid' });
  });

  test.each<[string, object, string, RegExp]>([
    ['no pod', { ...exec, resourceNames: undefined }, 'resourceNames', /is missing: pods.exec is on the/],
    ['no container', { ...exec, containers: undefined }, 'containers', /is missing: .* such as \[app\]/],
    ['no command', { ...exec, commands: undefined }, 'commands', /is missing: .* such as \[\[ls, -l\]/],
    ['no container to attach to', { ...attach, containers: undefined }, 'containers', /is missing/],
    ['no port', { ...forward, ports: undefined }, 'ports', /is missing: .* such as \[8080\]/],
    ['get', { ...exec, verbs: ['get'] }, 'verbs', /must be \[create\] for pods.exec/],
    ['get beside create', { ...exec, verbs: ['create', 'get'] }, 'verbs', /must be \[create\]/],
    ['another resource', { ...exec, resources: ['pods/exec', 'pods/log'] }, 'resources', /pods.exec beside/],
    ['two streams', { ...exec, resources: ['pods/attach', 'pods/exec'] }, 'resources', /rule of its own/],
    ['another group', { ...exec, apiGroups: ['', 'apps'] }, 'apiGroups', /write \[""\] for pods.exec/],
    ['commands to attach', { ...attach, commands: [['ls']] }, 'commands', /does not go with pods.attach/],
    ['ports to exec', { ...exec, ports: [1] }, 'ports', /does not go with pods.exec, but with .*portforward/],
    ['containers to forward to', { ...forward, containers: ['app'] }, 'containers', /does not go with/],
    ['an empty command', { ...exec, commands: [[]] }, 'commands[0]', /small/],
    ['no word', { ...exec, commands: [['']] }, 'commands[0][0]', /small/],
    ['a line break in a word', { ...exec, commands: [['a\nb']] }, 'commands[0][0]', /one line/],
    ['a wildcard for containers', { ...exec, containers: ['*'] }, 'containers[0]', /DNS-1123/],
    ['no container at all', { ...exec, containers: [] }, 'containers', /small/],
    ['port 0', { ...forward, ports: [0] }, 'ports[0]', /small/],
    ['a port beyond', { ...forward, ports: [65_536] }, 'ports[0]', /big/],
    ['half a port', { ...forward, ports: [80.5] }, 'ports[0]', /int/],
    ['another word for record', { ...exec, record: 'never' }, 'record', /required/],
    ['many commands', { ...exec, commands: Array(33).fill(['ls']) }, 'commands', /big/],
    ['a long command', { ...exec, commands: [Array(33).fill('ls')] }, 'commands[0]', /big/],
    ['many containers', { ...exec, containers: Array(17).fill('a') }, 'containers', /big/],
    ['many ports', { ...forward, ports: Array(33).fill(1) }, 'ports', /big/],
  ])('with %s is invalid, and the complaint says what to write', (_, rule, field, why) => {
    expect(parse(Rule, rule)).toEqual({ kind: 'invalid', field, why: expect.stringMatching(why) });
  });

  test.each([
    ['containers', ['app'], 'resources [pods/exec] or [pods/attach]'],
    ['commands', [['ls']], 'resources [pods/exec]'],
    ['ports', [80], 'resources [pods/portforward]'],
    ['record', 'optional', 'resources [pods/exec], [pods/attach] or [pods/portforward]'],
  ])('alone has %s', (field, value, where) => {
    expect(parse(Rule, { ...readPods, [field]: value })).toEqual({
      kind: 'invalid',
      field,
      why: `goes only with ${where}`,
    });
    const path = { nonResourceURLs: ['/metrics'], verbs: ['get'], [field]: value };
    expect(parse(Rule, path)).toMatchObject({ field });
    // Of another group they are someone else's resources.
    const other = { ...inPod, apiGroups: ['x.example'], resources: ['pods/exec'], [field]: value };
    expect(parse(Rule, other)).toMatchObject({ field });
  });

  test('of never is as broad as one likes, and names nothing inside', () => {
    const never = { allNamespaces: true, apiGroups: [''], resources: ['pods/exec', 'pods'], verbs: ['get'] };
    expect(parse(NeverRule, never)).toMatchObject({ kind: 'valid' });
    expect(parse(NeverRule, { ...never, containers: ['app'] })).toMatchObject({ field: 'containers' });
  });
});

import { describe, expect, it } from 'vitest';
import { createSummary } from './summary.ts';

const denied = (name: string) => ({
  refusal: 'NoRule',
  verb: 'get',
  resource: 'pods',
  name,
  namespace: 'shop',
});

describe('the summary of a run', () => {
  it('counts calls allowed, denied and masked, and the values that were hidden', () => {
    const summary = createSummary();
    for (const masked of [0, 1, 2]) summary.count({ verb: 'get', resource: 'secrets', masked });
    summary.count({ ...denied('web'), subresource: 'log' });
    summary.count({ ...denied('web'), subresource: 'log' });
    expect(summary.print()).toBe(
      'chaperone: 3 allowed, 2 denied, 2 masked (3 values)\n      2  NoRule  get pods/log web -n shop',
    );
  });

  it('tells what Enforce would have denied as rules are written: by place and resource, verbs together', () => {
    const summary = createSummary();
    const lifted = (verb: string, resource: string, namespace?: string, more: object = {}) =>
      summary.count({ verb, resource, namespace, apiGroup: '', insteadRefusal: 'NoRule', ...more });
    lifted('watch', 'services', 'shop');
    lifted('list', 'services', 'shop');
    lifted('list', 'services', 'shop', { name: 'web' });
    lifted('get', 'pods', 'shop', { insteadRefusal: 'Never', insteadRule: 'AgentPolicy local/t never[0]' });
    lifted('patch', 'deployments', 'cart', { apiGroup: 'apps', subresource: 'scale' });
    lifted('list', 'nodes');
    summary.count({ verb: 'get', path: '/metrics', insteadRefusal: 'NoRule' });
    summary.count({ verb: 'get', resource: 'pods', apiGroup: '', namespace: 'shop' });
    expect(summary.print().split('\n')).toEqual([
      'chaperone: 8 allowed, 0 denied, 0 masked',
      '  Enforce would have denied 7:',
      '      1  NoRule  get /metrics',
      '      1  NoRule  list nodes',
      '      1  NoRule  patch deployments.apps/scale -n cart',
      '      1  Never  get pods -n shop  (AgentPolicy local/t never[0])',
      '      3  NoRule  list,watch services -n shop',
    ]);
  });

  it('counts answers that were shown unmasked, and tells a great many kinds as one number', () => {
    const summary = createSummary();
    summary.count({ verb: 'get', resource: 'secrets', apiGroup: '', unmasked: true });
    for (let i = 0; i < 100; i += 1)
      summary.count({ verb: 'get', resource: `r${i}`, apiGroup: '', insteadRefusal: 'NoRule' });
    const lines = summary.print().split('\n');
    expect(lines[0]).toBe('chaperone: 101 allowed, 0 denied, 0 masked, 1 shown unmasked');
    expect(lines).toHaveLength(43);
    expect(lines.at(-1)).toBe('     60  others');
  });

  it('says that nothing was called', () => {
    expect(createSummary().print()).toBe('chaperone: 0 allowed, 0 denied, 0 masked');
  });

  it('tells what has no resource by its path, and what could not be read as malformed', () => {
    const summary = createSummary();
    summary.count({ refusal: 'NoRule', verb: 'get', method: 'GET', path: '/metrics' });
    summary.count({ refusal: 'MalformedTarget', method: 'GET' });
    expect(summary.print()).toMatch(/NoRule {2}get \/metrics\n.*MalformedTarget {2}GET \(malformed\)$/);
  });

  it('stays short and narrow, however much is refused', () => {
    const summary = createSummary();
    for (let i = 0; i < 1000; i += 1) summary.count(denied(`${i}-${'x'.repeat(200)}`));
    const lines = summary.print().split('\n');
    expect(lines[0]).toBe('chaperone: 0 allowed, 1000 denied, 0 masked');
    expect(lines).toHaveLength(12);
    expect(lines.at(-1)).toBe('    990  others');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  });
});

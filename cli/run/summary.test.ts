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

// What a Secret of a release was rendered from: its chart's templates and files, and where else its values stand in another form.
import { describe, expect, it } from 'vitest';
import { payloadOf, release } from './test-releases.ts';

const secret = (value: string) => `---\nkind: Secret\nmetadata:\n  name: web\nstringData:\n  it: ${value}\n`;
const file = (name: string, data: string) => ({ name, data });
const chartOf = (payload: unknown) => (payload as ReturnType<typeof release>).chart;
const SENTENCE = /^chaperone: hidden value [0-9a-f]{48}$/;

const TEMPLATES: [string, string][] = [
  ['with a part of the value', 'url: "postgres://app:hunter2@{{ .Values.host }}/web"'],
  ['that only another one includes', '{{ define "conf" }}password=hunter2{{ end }}'],
  ['that reads files', '{{ (.Files.Glob "conf/*").AsSecrets }}'],
  ['that makes no Secret', 'kind: Deployment\nreplicas: {{ .Values.replicas }}'],
];
const FILES: [string, string][] = [
  ['as text', btoa('user=admin\r\npassword=hunter2\r\n')],
  ['as bytes', btoa('\xfe\xed\xfe\xed\x00\x01')],
  ['with the values of another environment', btoa('password: of-staging')],
];

describe('of a chart that makes a Secret', () => {
  it.each(TEMPLATES)('a template is hidden: %s', (_, text) => {
    const chart = { ...release().chart, templates: [file('templates/a.yaml', btoa(text))] };
    const [shown] = chartOf(payloadOf(release({ chart, manifest: secret('hunter2-and-more') }))).templates;
    expect(shown?.name).toBe('templates/a.yaml');
    expect(atob(shown?.data ?? '')).toMatch(SENTENCE);
  });

  it.each(FILES)('a file is hidden: %s', (_, data) => {
    const chart = { ...release().chart, files: [file('files/a', data)] };
    const { files } = chartOf(payloadOf(release({ chart, manifest: secret('hunter2-and-more') })));
    expect(files).toEqual([{ name: 'files/a', data: expect.not.stringContaining(data) }]);
  });

  it('templates and files are shown where a release of it holds none', () => {
    const chart = {
      ...release().chart,
      templates: TEMPLATES.map(([name, text]) => file(name, btoa(text))),
      files: FILES.map(([name, data]) => file(name, data)),
    };
    expect(chartOf(payloadOf(release({ chart })))).toEqual(chart);
  });
});

describe('a value of a Secret is hidden in another object', () => {
  it.each([
    ['between single quotes, in YAML in a text', "it's-hunter2", "a: |\n  p: 'it''s-hunter2'", "it''s"],
    ['in HTML', 'hunter2&<9>', 'a: <p>hunter2&amp;&lt;9&gt;</p>', 'hunter2&amp;'],
    ['in a document that is not read, folded', 'correct horse', 'x: &a b\np: "correct\n  horse"', 'horse'],
    ['in one that is not read, with an escape', 'hunter2é', 'x: &a b\np: "hunter2\\u00e9"', 'hunter2'],
    [
      'in one that is not read, with an escaped line break',
      'hunter2hunter',
      'x: &a b\np: "hunter2\\\n  hunter"',
      'hunter"',
    ],
    ['in a flow collection over lines', 'correct horse', 'p: ["correct\n  horse"]', 'horse'],
    ['in one with an escape', 'hunter2é', 'p: {a: "hunter2\\u00e9"}', 'hunter2'],
  ])('%s', (_, value, document, leak) => {
    const manifest = `${secret(`"${value}"`)}---\nkind: ConfigMap\n${document}\n`;
    expect((payloadOf(release({ manifest, config: {} })) as { manifest: string }).manifest).not.toContain(
      leak,
    );
  });
});

it('a comment beside a value of a Secret is hidden, and another is shown', () => {
  const manifest = `# Source: a\n${secret('hunter2hunter2')}  # old: of-last-year\n---\nkind: A\n# b\n`;
  const shown = (payloadOf(release({ manifest })) as { manifest: string }).manifest;
  expect(shown).toMatch(/# Source: a\n[\s\S]*\n {2}# chaperone: hidden value [0-9a-f]{48}\n[\s\S]*# b\n/);
  expect(shown).not.toContain('of-last-year');
});

describe('more than forms are made of', () => {
  const long = 'x'.repeat(60 * 1024);
  const many = Array.from({ length: 10 }, (_, it) => `${it}${long}`);
  it.each([
    ['in a Secret', secret(many.join('\n  k: ').replace(/k/g, (_, at) => `k${at}`)), {}],
    ['in what was given', secret('hunter2hunter2'), { a: many }],
  ])('hides all that values could stand in: %s', (_, manifest, config) => {
    const { info } = payloadOf(release({ manifest, config })) as ReturnType<typeof release>;
    expect(info.notes).toMatch(SENTENCE);
  });
});

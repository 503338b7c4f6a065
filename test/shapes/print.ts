// docs/pod-shapes.md, printed from the tables that the tests go through.
import type { RefusalCode } from '../../injector/refusals.ts';
import { podTexts } from '../../policy/refusal-texts/pods.ts';
import { REMEDIES } from '../../policy/remedy.ts';
import { CHANGES } from './changes.ts';
import { ELSEWHERE, type Proved } from './elsewhere.ts';
import { RUNS } from './runs.ts';
import { SECTIONS } from './sections.ts';
import type { Shape } from './shape.ts';

type Line = readonly [shape: string, result: string, next: string];

const HEAD = `# Pod shapes

What becomes of a pod in a namespace with the label \`chaperone.dev/inject: enabled\`. Printed from the tables in \`test/shapes/\`, each
line a test; \`vitest run --project unit test/shapes -u\` prints it anew. Every new pod and every change below is asked of the injector
alone (test/shapes/shapes.test.ts) and of a real API server (test/e2e/pod-shapes.test.ts); what "runs" calls the API from every
container on a real node (test/e2e/pod-shapes-node.test.ts). A refusal names each field that decided; the codes are explained in
[refusals.md](refusals.md).

Injected means: our sidecar first, one token of its own for each container, at the path where clients look; \`KUBERNETES_SERVICE_HOST\`
and its ports lead to the sidecar; \`automountServiceAccountToken\` is false; everything else stays as it was.
`;

/** What a code says should be done, without the field. */
function nextOf(code: RefusalCode): string {
  const { remedy, next } = podTexts[code];
  const words = next({ where: 'the field' });
  return remedy === 'alter' ? words : `${REMEDIES[remedy]} ${words}`;
}

const refusal = (code: RefusalCode) => `refused: [${code}](refusals.md#${code.toLowerCase()})`;

function ofShape({ shape, result, note = '', gated }: Shape): Line {
  const what = gated ? `${shape} (behind a feature gate)` : shape;
  switch (result.kind) {
    case 'injected':
      return [what, 'injected', note];
    case 'refused':
      return [what, refusal(result.code), note || nextOf(result.code)];
    case 'invalid':
      return [what, `refused by the API server: *${result.words}*`, note];
  }
}

const ofProved = ({ shape, result, next = '', test }: Proved): Line => [
  shape,
  result,
  [next, `(${test})`].filter((text) => text !== '').join(' '),
];

function table(title: string, first: string, lines: readonly Line[]): string {
  const rows = [[first, 'result', 'to know, or to do'], ['---', '---', '---'], ...lines];
  const text = rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  return `## ${title}\n\n${text.join('\n')}\n`;
}

export function printShapes(): string {
  const sections = [
    ...SECTIONS.map(({ title, shapes }) => table(title, 'a pod with', shapes.map(ofShape))),
    table(
      'What runs',
      'a pod with',
      RUNS.map(({ shape, result }) => [shape, 'runs', result]),
    ),
    table(
      'Changes of a living pod',
      'it gets',
      CHANGES.map(({ shape, code, note = '' }) =>
        code === undefined ? [shape, 'allowed', note] : [shape, refusal(code), note || nextOf(code)],
      ),
    ),
    ...ELSEWHERE.map(({ title, first, rows }) => table(title, first, rows.map(ofProved))),
  ];
  return `${HEAD}\n${sections.join('\n')}`;
}

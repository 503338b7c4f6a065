// What a run came to, as a person reads it, and the page of what is refused.
import { BRANCHES, KINDS } from './coverage.ts';
import { REASONS } from './reasons.ts';
import type { Finding, Tally } from './tally.ts';

/** The one line of `--json`. */
export function summaryOf({ cases, verdicts }: Tally): string {
  return JSON.stringify({ cases, more: verdicts.more, refused: verdicts.refused });
}

export function report(tally: Tally, faults: readonly string[]): string {
  const { cases, verdicts, reached } = tally;
  const lines = [
    `${cases} requests`,
    `  ${verdicts.same} are understood by both as the same`,
    `  ${verdicts.mended} the API server refuses as they are, and understands as what would be forwarded`,
    `  ${verdicts.refusedByBoth} are refused by both`,
    `  ${verdicts.refused} are refused by chaperone alone`,
    `  ${verdicts.more} are decided as something else than they are`,
    '',
    ...printRefused(tally.refused),
    '',
    'Of what was read, how many reached what:',
    ...Object.keys(BRANCHES).map((name) => printCount(name, reached.get(name) ?? 0)),
    '',
    'Of the tricks, those that came up least:',
    ...rarest(reached).map(([name, count]) => printCount(name, count)),
    ...tally.more.map(printFinding),
    ...faults.map((fault) => `FAULT: ${fault}`),
  ];
  return `${lines.join('\n')}\n`;
}

const printCount = (name: string, count: number): string => `  ${String(count).padStart(7)}  ${name}`;

function rarest(reached: ReadonlyMap<string, number>): [string, number][] {
  const tricks = KINDS.filter((name) => !Object.hasOwn(BRANCHES, name));
  const counted = tricks.map((name): [string, number] => [name, reached.get(name) ?? 0]);
  return counted.sort(([, a], [, b]) => a - b).slice(0, 8);
}

function printFinding({ seed, case: number, raw, verdict }: Finding): string {
  return `MORE: --seed ${seed} --cases ${number}, the last\n${JSON.stringify(raw)}\n${JSON.stringify(verdict)}`;
}

/** Every reason, the most frequent of the run first: a table of Markdown. */
export function printRefused(refused: ReadonlyMap<string, number>): string[] {
  const rows = Object.entries(REASONS)
    .map(([reason, why]) => ({ reason, why, cases: refused.get(reason) ?? 0 }))
    .sort((a, b) => b.cases - a.cases || a.reason.localeCompare(b.reason));
  return [
    '| cases | refused because | why it stays |',
    '| ---: | --- | --- |',
    ...rows.map(({ cases, reason, why }) => `| ${cases} | ${reason} | ${why} |`),
  ];
}

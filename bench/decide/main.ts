// `node bench/decide/main.ts`: what it costs to read a request and decide it, by the number of rules and the kind of decision.
// CPU time of this process, in turns; an answer that is not the expected one ends the run.
import { receiveSnapshot } from '../../policy/entitlements.ts';
import { Snapshot } from '../../policy/snapshot.ts';
import { table } from '../report.ts';
import { type Summary, spread, summarize } from '../statistics.ts';
import { SHAPES, snapshotOf } from './policies.ts';
import { answerOf, type Question, questionsOf } from './questions.ts';

const RULES = [10, 100, 1000];
const ROUNDS = 5;
const WARM_UP = 3000;
const CALLS = 5000;
const RECEIVED = 5;
const US_IN_MS = 1000;

interface Cell {
  readonly name: string;
  readonly rules: number;
  /** µs a call, or ms a snapshot: of each shape. */
  readonly shapes: ReadonlyMap<string, number[]>;
}

const cells = new Map<string, Cell>();

function note(name: string, rules: number, shape: string, value: number): void {
  const key = `${name} ${rules}`;
  const cell = cells.get(key) ?? { name, rules, shapes: new Map() };
  cells.set(key, {
    ...cell,
    shapes: new Map(cell.shapes).set(shape, [...(cell.shapes.get(shape) ?? []), value]),
  });
}

/** µs of CPU that one of so many takes. */
function cpuUs(times: number, once: () => void): number {
  const before = process.cpuUsage();
  for (let n = 0; n < times; n++) once();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}

function callOf(snapshot: Snapshot, question: Question): () => void {
  const entitlements = receiveSnapshot(snapshot, 0);
  return () => {
    const answer = answerOf(question, entitlements);
    if (answer !== question.answer) throw new Error(`${question.name}: it was answered ${answer}`);
  };
}

function measure(isKept: boolean): void {
  for (const shape of SHAPES)
    for (const rules of RULES) {
      const snapshot = snapshotOf(shape, rules);
      const receiveUs = cpuUs(RECEIVED, () => receiveSnapshot(Snapshot.parse(snapshot), 0));
      if (isKept) note('ms: a snapshot, read and received', rules, shape.name, receiveUs / US_IN_MS);
      for (const question of questionsOf(shape, rules)) {
        const us = cpuUs(isKept ? CALLS : WARM_UP, callOf(snapshot, question));
        if (isKept) note(question.name, rules, shape.name, us);
      }
    }
}

/** Of the shape that takes longest. */
function worst({ shapes }: Cell): Summary {
  const summaries = [...shapes.values()].map(summarize);
  return summaries.reduce((most, each) => (each.median > most.median ? each : most));
}

function report(): string {
  const names = [...new Set([...cells.values()].map(({ name }) => name))];
  const rows = names.map((name) => {
    const each = RULES.map((rules) => worst(cells.get(`${name} ${rules}`) as Cell));
    const [first, last] = [each[0], each.at(-1)] as [Summary, Summary];
    return [
      name,
      ...each.map(({ median }) => median.toFixed(1)),
      `${(last.median / first.median).toFixed(1)}×`,
      `±${(spread(last) * 100).toFixed(0)} %`,
    ];
  });
  const head = ['CPU µs, worst shape', ...RULES.map((rules) => `${rules} rules`), 'growth', 'spread'];
  return `${table([head, ...rows])}\n`;
}

measure(false);
for (let round = 0; round < ROUNDS; round++) measure(true);
process.stdout.write(report());

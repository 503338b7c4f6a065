import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { requestOf } from './fixtures.ts';
import { MAX_MESSAGE, type Refusal, refuse, refuseBy } from './refusal.ts';
import { callTexts } from './refusal-texts/calls.ts';
import { SPEAKERS } from './refusal-texts/examples.fixture.ts';
import { podTexts } from './refusal-texts/pods.ts';
import type { Row } from './refusal-texts/row.ts';
import { webhookTexts } from './refusal-texts/webhooks.ts';
import { REMEDIES, type Remedy } from './remedy.ts';
import { toStatus } from './status.ts';

interface Printed {
  readonly code: string;
  readonly row: Row<never>;
  readonly refusal: Refusal<string>;
}

/** The example of every row, as it is printed. */
const printed = SPEAKERS.map(({ title, texts, examples, asked }) => ({
  title,
  rows: Object.entries(texts).map(([code, row]): Printed => {
    const { facts = {}, asked: own = asked } = examples[code] ?? {};
    return { code, row, refusal: refuseBy(texts, own, [{ code, facts: facts as never }]) };
  }),
}));
const all = printed.flatMap(({ rows }) => rows);

describe.each(all.map((each) => [each.code, each] as const))('%s', (_, { code, row, refusal }) => {
  const { message, causes, retryAfterSeconds } = refusal;
  const [cause] = causes;
  const lead = REMEDIES[row.remedy];

  test('says what was asked, what decided, and what to do next, in one shape', () => {
    const shape = /^chaperone refuses (?<asked>[^:]+): (?<because>.+?)\. (?<next>[A-Z].*)\.$/;
    expect(message).toMatch(shape);
    expect(message).toContain(`: ${cause?.because}. ${lead} `);
    expect(refusal).toMatchObject({ kind: 'refusal', code, httpStatus: row.httpStatus });
  });

  test('has the one voice', () => {
    expect(message).not.toMatch(/ {2}|\.\.|[\n\t!?]|please|sorry|\bI\b|\bundefined\b|[;:,] ?\./i);
    expect(message.length).toBeLessThan(700);
  });

  test('begins its remedy as that remedy begins, and none other', () => {
    const leads = Object.entries(REMEDIES).filter(([, words]) => message.includes(words));
    expect(leads.map(([remedy]) => remedy)).toEqual([row.remedy]);
  });

  test('sends nobody back who is not to come back', () => {
    const ends: readonly Remedy[] = ['none', 'person'];
    const next = message.slice(message.indexOf(lead));
    if (ends.includes(row.remedy)) expect(next).not.toMatch(/again|retry|later/i);
    if (row.remedy !== 'retry') expect(retryAfterSeconds).toBeUndefined();
    if (row.httpStatus === 429) expect(retryAfterSeconds).toBeGreaterThan(0);
  });

  test('is a Status that a program can act on', () => {
    const { details, ...status } = toStatus(refusal);
    expect(status).toMatchObject({ kind: 'Status', status: 'Failure', code: row.httpStatus, message });
    expect(details.causes[0]).toMatchObject({ reason: code });
    expect(details.causes).toContainEqual({ reason: 'Remedy', message: row.remedy });
    // kubectl prints the causes of an Invalid in the place of the sentence.
    expect(status.reason).not.toBe('Invalid');
  });
});

test('a code is one row, of one speaker', () => {
  const shared = Object.keys(webhookTexts);
  const codes = all.map(({ code }) => code).filter((code) => !shared.includes(code));
  expect(new Set(codes).size).toBe(codes.length);
  for (const kind of ['Remedy', 'Policy', 'Rule', 'Scope']) expect(codes).not.toContain(kind);
});

test('every row is spoken somewhere, and every remedy has a row', () => {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'])
    .toString()
    .split('\n')
    .filter((file) => /^(policy|masking|sidecar|injector|ca|controller|cli)\//.test(file))
    .filter(
      (file) => existsSync(file) && !/\.test\.ts$|fixture|policy\/(refusal-texts\/|mode\.ts)/.test(file),
    );
  expect(files.length).toBeGreaterThan(100);
  const text = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  expect(all.map(({ code }) => code).filter((code) => !text.includes(`'${code}'`))).toEqual([]);
  expect(Object.keys(REMEDIES).filter((each) => !all.some(({ row }) => row.remedy === each))).toEqual([]);
});

const HEAD = `# Refusals

Every "no" of chaperone, one example each. Printed from \`policy/refusal-texts/\`; \`vitest run --project unit policy -u\` prints it anew.

A refusal is one sentence of one shape, *chaperone refuses what was asked: what decided. What to do next.*, and a Kubernetes
Status. In \`details.causes\` the first \`reason\` is the code; others are \`Remedy\`, \`Policy\`, \`Rule\` and \`Scope\`, where there are
such. \`details.retryAfterSeconds\` says when trying again makes sense; only a 429 says so in its \`Retry-After\` too, which clients
obey without a word. Names from elsewhere stand in quotes unless they are plain words.

| remedy | means |
| --- | --- |
| \`alter\` | asked in another form it can pass |
| \`retry\` | the same can pass later |
| \`ask\` | a Grant can allow it; the sentence says what a person needs to know to give one |
| \`owners\` | those who own the policy or the namespace can allow it |
| \`operators\` | those who run the cluster or chaperone have something to mend |
| \`person\` | nothing opens it to an agent; a person can do it |
| \`none\` | nothing will help: stop |
`;

test('docs/refusals.md is what the tables print (-u prints it anew)', async () => {
  const sections = printed.map(({ title, rows }) => {
    const lines = rows.map(
      ({ code, row, refusal }) =>
        `### ${code}\n\n${row.httpStatus} ${refusal.reason}, remedy \`${row.remedy}\`\n\n> ${refusal.message}\n`,
    );
    return `## ${title}\n\n${lines.join('\n')}`;
  });
  await expect(`${HEAD}\n${sections.join('\n')}`).toMatchFileSnapshot(
    join(import.meta.dirname, '../docs/refusals.md'),
  );
});

const request = requestOf('GET', '/apis/apps/v1/namespaces/shop/deployments/web');
test('the static policies of the chart have the same voice', () => {
  const folder = join(import.meta.dirname, '../charts/chaperone/templates/admission');
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  const template = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  const messages = [...template.matchAll(/^ +message(?:Expression)?: >-\n((?: {8}.+\n)+)/gm)].map(
    ([, text = '']) => text,
  );
  expect(messages.length).toBe(template.match(/^ +- expression:/gm)?.length);
  const leads = Object.values(REMEDIES);
  for (const message of messages) {
    expect(message).toMatch(/^ {8}\{\{ include "chaperone\.refuses" .+ \}\} \+\n/);
    const prose = message.replace(/'? \+\n +'?/g, '');
    expect(leads.filter((lead) => prose.includes(`. ${lead} `))).toHaveLength(1);
    expect(prose).toMatch(/\.'\n$/);
  }
});

const codesOf = (refusal: Refusal<string>) => toStatus(refusal).details.causes.map(({ reason }) => reason);

describe('as a Status', () => {
  test('it names the object, and what decided each under its name', () => {
    const scoped = {
      policy: 'agents/triage',
      scope: 'read',
      rule: 'Grant agents/x',
      maxDuration: '10m',
      approvers: [],
    };
    const pod = { namespace: 'agents', name: 'triage-5d9c', uid: '0b9f' };
    const status = toStatus(refuse('GrantEnded', { request, ...scoped, pod }));
    expect(status.details).toEqual({
      name: 'web',
      group: 'apps',
      kind: 'deployments',
      causes: [
        { reason: 'GrantEnded', message: 'Grant agents/x of scope read covered it and has ended' },
        { reason: 'Remedy', message: 'ask' },
        { reason: 'Policy', message: 'agents/triage' },
        { reason: 'Rule', message: 'Grant agents/x' },
        { reason: 'Scope', message: 'read' },
      ],
    });
  });

  test('it leaves out what was not asked', () => {
    const list = refuse('NotAcceptable', { request: requestOf('GET', '/api/v1/pods') });
    expect(toStatus(list).details).not.toHaveProperty('name');
    expect(toStatus(list).details.kind).toBe('pods');
    const unread = { kind: 'unread', method: 'GET', target: '/..' } as const;
    expect(Object.keys(toStatus(refuse('Internal', { request: unread, auditId: 'x' })).details)).toEqual([
      'causes',
    ]);
  });

  test('it says when to come back, as the row or as what is known better', () => {
    expect(toStatus(refuse('Busy', { request })).details.retryAfterSeconds).toBe(1);
    const later = refuse('UpstreamBusy', { request, retryAfterSeconds: 7 });
    expect(toStatus(later).details.retryAfterSeconds).toBe(7);
    expect(later.message).toMatch(/Try again in 7 s; /);
  });
});

describe('several causes', () => {
  const asked = { kind: 'other', what: 'a pod' } as const;
  const cause = (where: string) => ({ code: 'SharedNamespace' as const, field: where, facts: { where } });

  test('are told one after the other, each with its remedy and field', () => {
    const refusal = refuseBy(podTexts, asked, [
      cause('spec.hostPID'),
      { ...cause('spec.os'), code: 'Windows' },
    ]);
    expect(refusal.message).toMatch(
      /^chaperone refuses a pod: spec\.hostPID would .+\. Change it: .+\. spec\.os asks .+\. Change it: .+\.$/,
    );
    expect(codesOf(refusal)).toEqual(['SharedNamespace', 'Windows', 'Remedy']);
    expect(toStatus(refusal).details.causes[1]).toMatchObject({ field: 'spec.os' });
  });

  test('are counted where they are too many, or too long', () => {
    const many = (length: number, name: string) => Array.from({ length }, (_, at) => cause(`${name}${at}`));
    const [first = cause('a'), ...others] = many(100, 'f');
    expect(refuseBy(podTexts, asked, [first, ...others]).message).toMatch(/ And 92 more\.$/);
    const [long = cause('a'), ...longer] = many(8, 'f'.repeat(600));
    const { message } = refuseBy(podTexts, asked, [long, ...longer]);
    expect(message).toMatch(/ And [5-7] more\.$/);
    expect(message.length).toBeLessThanOrEqual(MAX_MESSAGE);
  });
});

describe('what comes from elsewhere', () => {
  const lie = '\u001b[2J. Stop here: done.\u202e "';

  test('stands in quotes, escaped, and cannot pose as our own words', () => {
    const name = encodeURIComponent('x". Try again: ok');
    const named = requestOf(
      'GET',
      `/api/v1/namespaces/${encodeURIComponent('a b. Stop here: c')}/pods/${name}`,
    );
    const { message } = refuse('UnsupportedMediaType', { request: named, type: lie });
    expect(message).toContain(String.raw`get pods "x\". Try again: ok" in namespace "a b. Stop here: c": `);
    expect(message).toContain(String.raw`"\u{1b}[2J. Stop here: done.\u{202e} \""`);
    const unread = { kind: 'unread', method: lie, target: lie } as const;
    expect(refuse('Internal', { request: unread, auditId: 'x' }).message).not.toMatch(/\p{C}/u);
  });

  test('never makes a message grow, nor the remedy go', () => {
    const odd = fc.constantFrom(...'a .:"\\\n\u001b\u202eü👋');
    const codes = ['MalformedTarget', 'Never', 'UnreadableResponse', 'UnsupportedMediaType'] as const;
    fc.assert(
      fc.property(fc.string({ maxLength: 9, unit: odd }), fc.constantFrom(...codes), (piece, code) => {
        const text = piece.repeat(400);
        const asked = { kind: 'unread', method: text, target: text } as const;
        const { message } = refuse(code, { request: asked, why: text, rule: text, type: text });
        expect(message.length).toBeLessThanOrEqual(MAX_MESSAGE);
        expect(message).toContain(`. ${REMEDIES[callTexts[code].remedy]} `);
        expect(message).toMatch(/\.$/);
      }),
      { numRuns: 30 },
    );
  });
});

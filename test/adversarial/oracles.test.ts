// No oracle better than one destructive guess: each attack is made on a Secret of which the guess is right and on one of which it
// is wrong, and all that the agent got is the same, byte for byte but for ids. What differs would be the oracle.
import { afterAll, describe, expect, test } from 'vitest';
import { suiteCluster } from '../cluster/fixture.ts';
import { seed } from '../search/seeds.ts';
import { type Ask, PROTOCOLS, type Protocol } from './agent.ts';
import { alike, told } from './alike.ts';
import { type Json, refusalOf } from './answers.ts';
import { direct } from './direct.ts';
import { govern } from './governed.ts';
import { type Attack, guessed, put, type Spy } from './guess.ts';
import { IN_FLIGHT } from './guess-in-flight.ts';
import { OPERATIONS } from './guess-operations.ts';
import { SEQUENCES } from './guess-sequences.ts';
import { WRITES } from './guess-writes.ts';

const cluster = await suiteCluster();
/** What is to be done once the next call about an object of that name has been judged. */
const meanwhile = new Map<unknown, () => Promise<unknown>>();
async function keep(line: string): Promise<void> {
  const { name } = JSON.parse(line);
  const does = meanwhile.get(name);
  meanwhile.delete(name);
  await does?.();
}
const [one, other] = await Promise.all([
  govern(cluster, 'oracles', { records: { keep } }),
  govern(cluster, 'oracles-other', { sentinelKey: Buffer.alloc(32, 8) }),
]);
const admin = direct(cluster, one);
afterAll(async () => {
  admin.close();
  await Promise.all([one[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]);
});
const { namespace } = one;
const secrets = `/api/v1/namespaces/${namespace}/secrets`;
const verbs = ['get', 'list', 'create', 'update', 'patch', 'delete'] as const;
const rules = [{ namespaces: [namespace], apiGroups: [''], resources: ['secrets'], verbs: [...verbs] }];
for (const { entitle } of [one, other]) entitle({ rules });

const base64 = (text: string) => Buffer.from(text).toString('base64');
const GUESS = base64(seed('oracles, guessed'));
const WRONG = base64(seed('oracles, not guessed'));

let made = 0;
interface Learnt {
  readonly transcript: readonly string[];
  readonly ends: readonly string[];
  /** Whether the value is what it was. */
  readonly isKept: boolean;
}

/** Makes the attack on a Secret that hides `value`. */
async function attacked({ does, made: more }: Attack, protocol: Protocol, value: string): Promise<Learnt> {
  const name = `secret-${String(++made).padStart(4, '0')}`;
  const path = `${secrets}/${name}`;
  const { metadata, ...rest }: Json = more?.(value, GUESS) ?? {};
  const object = {
    type: 'Opaque',
    data: { password: value, user: base64('a') },
    metadata: { name, labels: { of: 'test' }, ...metadata },
    ...rest,
  };
  const headers = { 'content-type': 'application/json' };
  await admin.call('h2', { method: 'POST', path: secrets, headers, body: JSON.stringify(object) });
  const [transcript, ends]: [string[], string[]] = [[], []];
  const send = async (ask: Ask, who: 'one' | 'other' = 'one') => {
    const answered = await (who === 'one' ? one : other).agent.call(protocol, ask);
    transcript.push(told(answered, name));
    ends.push(answered.status < 300 ? `${answered.status}` : refusalOf(answered));
    return answered;
  };
  const overtaken: Spy['overtaken'] = (ask, by) => {
    meanwhile.set(name, async () => expect((await admin.call('h2', by(value))).status).toBe(200));
    return send(ask);
  };
  const shownTo = async (who: typeof one): Promise<Json> => (await who.agent.call(protocol, { path })).json();
  const [shown, shownToOther] = await Promise.all([shownTo(one), shownTo(other)]);
  transcript.push(JSON.stringify([shown, shownToOther]).replaceAll(name, '{name}'));
  await does({ path, name, guess: GUESS, shown, shownToOther, send, overtaken });
  const after: Json = (await admin.call('h2', { path })).json();
  return { transcript, ends, isKept: after.data.password === value };
}

const both = (attack: Attack, protocol: Protocol) =>
  Promise.all([attacked(attack, protocol, GUESS), attacked(attack, protocol, WRONG)]);

describe.each(PROTOCOLS)('over %s nothing tells a right guess from a wrong one', (protocol) => {
  test.concurrent.each([...WRITES, ...OPERATIONS, ...SEQUENCES, ...IN_FLIGHT])('$what', async (attack) => {
    const [right, wrong] = await both(attack, protocol);
    expect(right.ends).toEqual(attack.ends);
    expect(alike(wrong.transcript)).toEqual(alike(right.transcript));
  });
});

test.each(PROTOCOLS)(
  'one destructive guess is told by the version alone, and costs the value, over %s',
  async (protocol) => {
    const guess: Attack = {
      what: 'the guess, written',
      does: (spy: Spy) => spy.send(put(spy, guessed(spy))),
      ends: ['200'],
    };
    const [right, wrong] = await both(guess, protocol);
    expect([right.ends, wrong.ends]).toEqual([['200'], ['200']]);
    // The version stands still, and with it who wrote it, and sentinels of it.
    const rest = ({ transcript }: Learnt) =>
      alike(transcript)
        .at(-1)
        ?.replaceAll(/\{(version|sentinel) \d+\}/g, '{$1}')
        .replace(/\\"managedFields\\":\[.*?\}\],/, '');
    expect(rest(wrong)).toEqual(rest(right));
    expect([right.isKept, wrong.isKept]).toEqual([true, false]);
  },
);

import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { publicationMs, ROOTS } from './profiles.ts';
import { bundle, due, firstRootSet, type RootSet, take } from './root-set.ts';
import { makeRoot, type Root, readRoot } from './roots.ts';
import { type Contents, signCertificate } from './x509.ts';

const DAY_MS = 86_400_000;
const bornMs = Date.UTC(2030, 0, 1);
const kinds = ['control', 'loopback'] as const;
const first = {} as Record<(typeof kinds)[number], Root>;

beforeAll(async () => {
  for (const kind of kinds) first[kind] = await makeRoot(kind, bornMs);
});

/** A root in all but its keys: these tests look at its times alone. */
const aged = (root: Root, ageMs: number): Root => ({
  ...root,
  id: `${root.id}+${ageMs}`,
  bornMs: root.bornMs + ageMs,
  endsMs: root.endsMs + ageMs,
});

describe('a root', () => {
  test.each(kinds)('of kind %s says when it was born and ends', (kind) => {
    expect(first[kind]).toMatchObject({ kind, bornMs, endsMs: bornMs + ROOTS[kind].validForMs });
  });

  test('does not share its name with the one that follows it', async () => {
    const next = await makeRoot('loopback', bornMs + 1);
    expect(new X509Certificate(next.certPem).subject).not.toBe(
      new X509Certificate(first.loopback.certPem).subject,
    );
  });

  test('does not print its key', () => {
    expect(JSON.stringify(first.control)).not.toContain('PRIVATE');
    expect(JSON.parse(JSON.stringify(first.control)).key).toEqual({});
  });

  test('is not read as another kind, with a foreign key, or from nothing', () => {
    const { certPem, key } = first.control;
    expect(readRoot('control', certPem, key)).toEqual(first.control);
    expect(() => readRoot('loopback', certPem, key)).toThrow('not a loopback root');
    expect(() => readRoot('control', certPem, first.loopback.key)).toThrow('not a control root');
    expect(() => readRoot('control', '', key)).toThrow();
  });

  test.each([
    ['cannot sign', undefined, undefined],
    ['another root signed', { permitted: [] }, 'control'],
  ] as const)('is not read from a certificate that %s', async (_, authority, signer) => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const contents: Contents = {
      commonName: 'chaperone control root forged',
      publicKey,
      notBeforeMs: bornMs,
      notAfterMs: bornMs + DAY_MS,
      extendedKeyUsage: [],
      names: [],
      ...(authority && { authority }),
    };
    const forged = await signCertificate(contents, signer ? first[signer] : { key: privateKey });
    expect(() => readRoot('control', forged, privateKey)).toThrow('not a control root');
  });
});

describe.each(kinds)('the rotation of %s roots', (kind) => {
  const { succeedAfterMs, validForMs } = ROOTS[kind];
  const leadMs = publicationMs(kind);
  const successor = () => aged(first[kind], succeedAfterMs);
  const published = (): RootSet => ({ kind, signing: first[kind], published: [first[kind], successor()] });
  test('publishes a successor when the root has grown old, and no sooner', () => {
    const set = firstRootSet(first[kind]);
    expect(due(set, bornMs + succeedAfterMs - 1)).toBeUndefined();
    expect(due(set, bornMs + succeedAfterMs)).toEqual({ kind: 'publish' });
  });

  test('lets the successor sign one certificate lifetime later, and no sooner', () => {
    const set = published();
    expect(due(set, bornMs + succeedAfterMs + leadMs - 1)).toBeUndefined();
    expect(due(set, bornMs + succeedAfterMs + leadMs)).toEqual({ kind: 'sign', root: set.published[1] });
  });

  test('lets it sign at once when the root before it has ended', () => {
    const late = aged(first[kind], validForMs);
    const set: RootSet = { kind, signing: first[kind], published: [first[kind], late] };
    expect(due(set, bornMs + validForMs)).toEqual({ kind: 'sign', root: late });
  });

  test('retires a root when it has ended, and no sooner', () => {
    const young = aged(first[kind], validForMs - DAY_MS);
    const set: RootSet = { kind, signing: young, published: [first[kind], young] };
    expect(due(set, bornMs + validForMs - 1)).toBeUndefined();
    expect(due(set, bornMs + validForMs)).toEqual({ kind: 'retire', root: first[kind] });
  });

  test('never lets a root sign that was not published before, nor trusts none, over twenty years', async () => {
    let set = firstRootSet(first[kind]);
    let nowMs = bornMs;
    let made = 0;
    for (; nowMs < bornMs + 20 * 365 * DAY_MS; nowMs += DAY_MS) {
      for (let step = due(set, nowMs); step !== undefined; step = due(set, nowMs)) {
        if (step.kind === 'sign') expect(nowMs - step.root.bornMs).toBeGreaterThanOrEqual(leadMs);
        if (step.kind === 'retire') expect(nowMs).toBeGreaterThanOrEqual(step.root.endsMs);
        set = await take(step, set, async () => {
          made += 1;
          return aged(first[kind], nowMs - bornMs);
        });
      }
      expect(set.published).toContain(set.signing);
      expect(set.signing.endsMs - nowMs).toBeGreaterThan(leadMs);
    }
    expect(made).toBeGreaterThan(10);
    expect(set.published.length).toBeLessThanOrEqual(Math.ceil(validForMs / succeedAfterMs) + 1);
  });
});

test('the bundle is every published root', async () => {
  const next = await makeRoot('control', bornMs + DAY_MS);
  const set: RootSet = { kind: 'control', signing: first.control, published: [first.control, next] };
  expect(bundle(set)).toBe(first.control.certPem + next.certPem);
});

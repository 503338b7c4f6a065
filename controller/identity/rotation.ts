// Moves the roots on, by whoever leads: what is due is written to the API server, one step at a time, and nothing else. Every
// replica, this one too, takes up what stands there by reading it (keeping.ts).
import type { RootKind } from '../../ca/profiles.ts';
import { keepRoots, type SecretStore } from '../../ca/root-store.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { type Loop, startLoop } from '../kube/loop.ts';

/** Steps have days; roots that someone deleted are missed for this long. */
const EVERY_MS = 5_000;
const KINDS = ['control', 'loopback'] as const satisfies readonly RootKind[];

export interface RotationOptions {
  readonly store: SecretStore;
  readonly leading: () => boolean;
  /** A step has been kept. */
  readonly onStep: () => void;
  readonly log: Logger;
}

/** One loop for both kinds; what is wrong with one does not hold up the other. */
export function startRotation({ store, leading, onStep, log }: RotationOptions): Loop {
  const loops = KINDS.map((kind) => {
    const pass = async () => {
      if (!leading()) return EVERY_MS;
      await keepRoots(kind, store, Date.now(), ({ step, roots: { signing, published } }) => {
        log.info('the roots have moved on', { kind, step, signing: signing.id, published: published.length });
        onStep();
      });
      return EVERY_MS;
    };
    return startLoop({ what: `rotation of the ${kind} roots`, pass, log });
  });
  return {
    poke() {
      for (const loop of loops) loop.poke();
    },
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

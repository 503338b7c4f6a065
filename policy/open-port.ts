// Whether a port-forward may open one more port: over SPDY it is named only then, and over a tunnel.
import type { Permit } from './decide.ts';
import { decideAgain } from './decide-again.ts';
import type { Entitlements } from './entitlements.ts';
import { type Refusal, refuse } from './refusal.ts';
import { isStream } from './stream-rule.ts';

/**
 * The permit that is answered takes the place of the one that was given: it names this port too, so that `decideAgain` holds
 * it to all that it has opened, and to no more.
 */
export function openPort(
  permit: Permit,
  port: number,
  entitlements: Entitlements,
  nowMs: number,
): Permit | Refusal {
  const { request } = permit;
  if (!isStream(request)) return refuse('UpgradeRefused', { request });
  const opened = request.stream.kind === 'portforward' ? request.stream.ports : [];
  const stream = { kind: 'portforward', ports: [...new Set([...opened, port])] } as const;
  return decideAgain({ ...permit, request: { ...request, stream } }, entitlements, nowMs);
}

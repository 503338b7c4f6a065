// The one function that says what an agent's pod looks like: the mutator applies it and the validator compares with it.
// Pure and deterministic; rendering what was rendered changes nothing.
import type { InjectorConfig } from './config.ts';
import { printOwner } from './owner.ts';
import { type Container, mapContainers, type Pod } from './pod.ts';
import { redirect } from './redirect.ts';
import { type Refusal, refuseAny } from './refusals.ts';
import { separate } from './separate.ts';
import { ungovernable } from './shapes.ts';
import { sidecarContainer } from './sidecar.ts';
import { withoutTokenMounts } from './token-mounts.ts';
import { callerMount, sidecarVolumes } from './volumes.ts';

export interface Rendered {
  readonly kind: 'rendered';
  readonly pod: Pod;
}

function inject(agent: Pod, config: InjectorConfig, present: Container | undefined): Pod {
  const { initContainers = [], containers, volumes = [] } = agent.spec;
  const names = [...initContainers, ...containers].map(({ name }) => name);
  const { spec } = mapContainers(agent, (container, index) => ({
    ...redirect(container),
    volumeMounts: [...(container.volumeMounts ?? []), callerMount(index)],
  }));
  return {
    ...agent,
    spec: {
      ...spec,
      automountServiceAccountToken: false,
      initContainers: [
        sidecarContainer(names, printOwner(agent), config, present?.resources),
        ...(spec.initContainers ?? []),
      ],
      volumes: [...volumes, ...sidecarVolumes(names)],
    },
  };
}

/**
 * The pod with its sidecar, written out to every field that the API server would default (Kubernetes 1.36,
 * pkg/apis/core/v1/defaults.go), or the reasons why it cannot be governed.
 */
export function render(pod: Pod, config: InjectorConfig): Rendered | Refusal {
  const parts = separate(pod, config);
  if (parts.kind === 'refusal') return parts;
  const agent = withoutTokenMounts(parts.agent);
  return refuseAny(ungovernable(agent)) ?? { kind: 'rendered', pod: inject(agent, config, parts.sidecar) };
}

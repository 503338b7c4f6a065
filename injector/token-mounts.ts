// Undoes what ServiceAccount admission did before the webhook was called: its mounts of the real token, and their volume
// when nothing else uses it. A token mounted anywhere else stays, and is refused as a volume that holds a credential.
import { TOKEN_PATH } from './names.ts';
import { allContainers, mapContainers, type Pod, type Volume } from './pod.ts';

/** Source: plugin/pkg/admission/serviceaccount/admission.go, ServiceAccountVolumeName. */
function isTokenVolume({ name, projected }: Volume): boolean {
  return name.startsWith('kube-api-access-') && projected !== undefined;
}

export function withoutTokenMounts(pod: Pod): Pod {
  const volumes = pod.spec.volumes ?? [];
  const tokens = new Set(volumes.filter(isTokenVolume).map(({ name }) => name));
  const bare = mapContainers(pod, (container) =>
    container.volumeMounts === undefined
      ? container
      : {
          ...container,
          volumeMounts: container.volumeMounts.filter(
            ({ name, mountPath }) => !(mountPath === TOKEN_PATH && tokens.has(name)),
          ),
        },
  );
  const mounted = new Set(
    allContainers(bare).flatMap(({ container }) => container.volumeMounts?.map(({ name }) => name) ?? []),
  );
  return {
    ...bare,
    spec: { ...bare.spec, volumes: volumes.filter(({ name }) => !tokens.has(name) || mounted.has(name)) },
  };
}

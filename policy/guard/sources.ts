// Where pods take files and variables from. Closed lists: a kind of volume, projection or reference that is not in them is
// one that nobody here has looked at. What names a Secret or a credential is found by credentials.ts as well.
import { type Finding, finding } from './finding.ts';
import { below, type Fields, fieldsOf, listBelow } from './json.ts';
import type { Permitted } from './permitted.ts';

/** `plain`: no credential comes with it. `ofSecret`: reached by the Secret that it names, else by the node's own keys. */
const VOLUMES: Readonly<Record<string, 'plain' | 'ofSecret' | 'hostPath' | 'csi'>> = {
  configMap: 'plain',
  downwardAPI: 'plain',
  emptyDir: 'plain',
  ephemeral: 'plain',
  image: 'plain',
  nfs: 'plain',
  persistentVolumeClaim: 'plain',
  projected: 'plain',
  secret: 'plain',
  azureFile: 'ofSecret',
  cephfs: 'ofSecret',
  cinder: 'ofSecret',
  iscsi: 'ofSecret',
  rbd: 'ofSecret',
  scaleIO: 'ofSecret',
  storageos: 'ofSecret',
  hostPath: 'hostPath',
  csi: 'csi',
};

const PROJECTIONS = new Set([
  'secret',
  'configMap',
  'downwardAPI',
  'serviceAccountToken',
  'clusterTrustBundle',
  'podCertificate',
]);
const VALUES = new Set(['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef']);
const ENVIRONMENTS = new Set(['prefix', 'configMapRef', 'secretRef']);

export function sourcesIn(spec: Fields, path: string, permitted: Permitted): Finding[] {
  return listBelow(spec, 'volumes').flatMap((volume, at) =>
    volumeIn(fieldsOf(volume), `${path}.volumes[${at}]`, permitted),
  );
}

function volumeIn(volume: Fields, path: string, permitted: Permitted): Finding[] {
  return present(volume, 'name').flatMap((kind): Finding[] => {
    const at = `${path}.${kind}`;
    const source = below(volume, kind);
    switch (Object.hasOwn(VOLUMES, kind) ? VOLUMES[kind] : undefined) {
      case 'plain':
        return listBelow(source, 'sources').flatMap((each, index) =>
          unknownIn(each, PROJECTIONS, `${at}.sources[${index}]`),
        );
      case 'ofSecret':
        return ['secretName', 'secretRef'].some((field) => Object.hasOwn(source, field))
          ? []
          : [finding('PodUnknown', at)];
      case 'hostPath': {
        const { path: host } = source;
        const isPermitted = typeof host === 'string' && permitted.hostPaths.has(host);
        return isPermitted ? [] : [finding('PodHostPath', `${at}.path`, host)];
      }
      case 'csi': {
        const { driver } = source;
        const isPermitted = typeof driver === 'string' && permitted.csiDrivers.has(driver);
        return isPermitted ? [] : [finding('PodCsiDriver', `${at}.driver`, driver)];
      }
      default:
        return [finding('PodUnknown', at)];
    }
  });
}

/** Of one container. */
export function environmentIn(container: Fields, path: string): Finding[] {
  return [
    ...listBelow(container, 'env').flatMap((each, at) =>
      unknownIn(below(each, 'valueFrom'), VALUES, `${path}.env[${at}].valueFrom`),
    ),
    ...listBelow(container, 'envFrom').flatMap((each, at) =>
      unknownIn(each, ENVIRONMENTS, `${path}.envFrom[${at}]`),
    ),
  ];
}

const unknownIn = (value: unknown, known: ReadonlySet<string>, path: string): Finding[] =>
  present(value)
    .filter((field) => !known.has(field))
    .map((field) => finding('PodUnknown', `${path}.${field}`));

/** The fields that say something. */
function present(value: unknown, ...except: readonly string[]): string[] {
  const fields = Object.entries(fieldsOf(value));
  return fields.flatMap(([field, each]) =>
    each === null || each === undefined || except.includes(field) ? [] : [field],
  );
}

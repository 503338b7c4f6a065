// Shapes of a pod by the credentials that it would hold itself: tokens and certificates, by whatever volume.
import { TOKEN_PATH } from '../../injector/names.ts';
import { agent, injected, projected, refused, type Section } from './shape.ts';
import { configMap, downward } from './volumes.ts';

const token = (more: object = {}) => ({ serviceAccountToken: { path: 'token', ...more } });

export const CREDENTIALS: Section = {
  title: 'Credentials',
  shapes: [
    injected('nothing said about tokens', {}, { note: "ServiceAccount admission's mount gives way to ours" }),
    injected(
      '`automountServiceAccountToken: true`',
      { automountServiceAccountToken: true },
      { note: 'it becomes false' },
    ),
    injected(
      '`automountServiceAccountToken: false`',
      { automountServiceAccountToken: false },
      { note: 'the agent gets a token for the sidecar all the same' },
    ),
    injected(
      'a `kube-api-access-…` volume that it brings along',
      {
        ...agent({
          volumeMounts: [{ name: 'kube-api-access-abcde', mountPath: TOKEN_PATH, readOnly: true }],
        }),
        volumes: [{ name: 'kube-api-access-abcde', projected: { sources: [token(), configMap] } }],
      },
      { note: 'taken out' },
    ),
    refused('TokenVolume', 'the same, mounted elsewhere', {
      ...agent({ volumeMounts: [{ name: 'kube-api-access-abcde', mountPath: '/tmp/token' }] }),
      volumes: [{ name: 'kube-api-access-abcde', projected: { sources: [token()] } }],
    }),
    refused('TokenVolume', 'the same, a file of it by subPath', {
      ...agent({ volumeMounts: [{ name: 'kube-api-access-abcde', mountPath: '/token', subPath: 'token' }] }),
      volumes: [{ name: 'kube-api-access-abcde', projected: { sources: [token()] } }],
    }),
    refused('TokenVolume', 'a projected token', projected(token())),
    refused('TokenVolume', 'a projected token of another audience', projected(token({ audience: 'vault' }))),
    refused(
      'TokenVolume',
      'a token among ConfigMaps and downward API',
      projected(configMap, token(), downward),
    ),
    refused(
      'TokenVolume',
      'a pod certificate',
      projected({
        podCertificate: { signerName: 'x.example/y', keyType: 'ED25519', credentialBundlePath: 'b' },
      }),
    ),
  ],
};

// The injected sidecar's configuration: raw variables in, validated data out. Written by the injector's render and by
// nobody else; a pod cannot set them.
import * as z from 'zod';

const name = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be a Kubernetes name')
  .max(253);

const schema = z.object({
  /** Where the controller listens for sidecars: the Service's address, not a name that the agent's pod could resolve. */
  CHAPERONE_CONTROLLER: z.url({ protocol: /^https$/, error: 'must be an https:// URL' }),
  /** PEM bundle of the control roots. */
  CHAPERONE_CONTROL_CA: z.string().includes('-----BEGIN CERTIFICATE-----', { error: 'must be a PEM bundle' }),
  /** PEM bundle: what the API server is believed by. Not a file of the agent's namespace, where it could be exchanged. */
  CHAPERONE_API_SERVER_CA: z
    .string()
    .includes('-----BEGIN CERTIFICATE-----', { error: 'must be a PEM bundle' }),
  /** The API server's own Service address. */
  CHAPERONE_API_SERVER: z.url({ protocol: /^https$/, error: 'must be an https:// URL' }),
  CHAPERONE_POD_NAME: name,
  CHAPERONE_POD_NAMESPACE: name,
  CHAPERONE_POD_UID: z.uuid('must be a UID'),
  /** Names of the agent's containers, separated by commas: a caller each. */
  CHAPERONE_AGENT_CONTAINERS: z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(name).min(1).max(100)),
});

export interface SidecarConfig {
  readonly controller: URL;
  readonly controlCa: string;
  readonly apiServer: URL;
  readonly apiServerCa: string;
  readonly pod: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly containers: readonly string[];
}

export type ReadConfig =
  | { readonly kind: 'valid'; readonly config: SidecarConfig }
  | { readonly kind: 'invalid'; readonly why: string };

/** Reads the environment; an invalid one is one line that names the variable. */
export function readEnvironment(environment: NodeJS.ProcessEnv): ReadConfig {
  const read = schema.safeParse(environment);
  if (!read.success) {
    const issue = read.error.issues[0];
    return {
      kind: 'invalid',
      why: `${issue?.path[0]?.toString() ?? 'environment'}: ${issue?.message ?? 'invalid'}`,
    };
  }
  const values = read.data;
  return {
    kind: 'valid',
    config: {
      controller: new URL(values.CHAPERONE_CONTROLLER),
      controlCa: values.CHAPERONE_CONTROL_CA,
      apiServer: new URL(values.CHAPERONE_API_SERVER),
      apiServerCa: values.CHAPERONE_API_SERVER_CA,
      pod: {
        namespace: values.CHAPERONE_POD_NAMESPACE,
        name: values.CHAPERONE_POD_NAME,
        uid: values.CHAPERONE_POD_UID,
      },
      containers: values.CHAPERONE_AGENT_CONTAINERS,
    },
  };
}

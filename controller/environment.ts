// The controller's configuration: raw variables in, validated data out. The chart writes them; nothing else is read.
// An invalid one is one line that names the variable.
import * as z from 'zod';
import { injectorConfig } from '../injector/config.ts';
import { READ_BACK } from '../wire/recordings.ts';

const name = z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, 'must be a Kubernetes name');

const address = z.union([z.ipv4(), z.ipv6()], { error: 'must be an IP address' });

/** What the chart decides about sidecars; addresses and roots are found at run time. */
const sidecar = injectorConfig.pick({
  image: true,
  imagePullPolicy: true,
  command: true,
  resources: true,
  otlpEndpoint: true,
});

/** Where recordings are kept; what the volume holds beyond `maxBytes` is the file system's. */
const recordings = z.strictObject({
  folder: z.string().startsWith('/', 'must be a path from the root'),
  maxBytes: z
    .int()
    .min(1)
    .max(2 ** 50),
});

function json(text: string, context: z.core.$RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'must be JSON' });
    return z.NEVER;
  }
}

const schema = z.object({
  /** Where chaperone itself runs (downward API). */
  CHAPERONE_NAMESPACE: name,
  /** The ServiceAccount that it runs as (downward API): the one that writes statuses. */
  CHAPERONE_SERVICE_ACCOUNT: name,
  /** Its pod's name, by which it leads or not (downward API). */
  CHAPERONE_POD: name,
  /** Where it listens: its pod's address (downward API). */
  CHAPERONE_ADDRESS: address,
  /** The Service in front of it. */
  CHAPERONE_SERVICE: name,
  /** The name of its MutatingWebhookConfiguration and of its ValidatingWebhookConfiguration. */
  CHAPERONE_WEBHOOKS: name,
  /** JSON: image, imagePullPolicy, command, resources, otlpEndpoint of the sidecars. */
  CHAPERONE_SIDECAR: z.string().transform(json).pipe(sidecar),
  /** JSON: folder, maxBytes of the recordings. */
  CHAPERONE_RECORDINGS: z.string().transform(json).pipe(recordings),
  /** The API server's Service, as the kubelet names it to every container. */
  KUBERNETES_SERVICE_HOST: address,
  KUBERNETES_SERVICE_PORT: z.string().regex(/^[1-9][0-9]{0,4}$/, 'must be a port'),
});

export interface ControllerConfig {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly pod: string;
  readonly address: string;
  readonly service: string;
  readonly webhooks: string;
  readonly sidecar: z.infer<typeof sidecar>;
  readonly recordings: z.infer<typeof recordings> & {
    /** On 127.0.0.1: where they are read back. */
    readonly port: number;
  };
  /** Of the API server, as sidecars call it. */
  readonly apiServer: string;
}

export type ReadConfig =
  | { readonly kind: 'valid'; readonly config: ControllerConfig }
  | { readonly kind: 'invalid'; readonly why: string };

export function readEnvironment(environment: Readonly<Record<string, string | undefined>>): ReadConfig {
  const read = schema.safeParse(environment);
  if (!read.success) {
    const [issue] = read.error.issues;
    const [variable = 'environment', ...field] = issue?.path ?? [];
    const where = field.length === 0 ? '' : ` ${field.join('.')}`;
    const missing = environment[String(variable)] === undefined;
    return {
      kind: 'invalid',
      why: `${String(variable)}${where}: ${missing ? 'is missing' : issue?.message}`,
    };
  }
  const values = read.data;
  return {
    kind: 'valid',
    config: {
      namespace: values.CHAPERONE_NAMESPACE,
      serviceAccount: values.CHAPERONE_SERVICE_ACCOUNT,
      pod: values.CHAPERONE_POD,
      address: values.CHAPERONE_ADDRESS,
      service: values.CHAPERONE_SERVICE,
      webhooks: values.CHAPERONE_WEBHOOKS,
      sidecar: values.CHAPERONE_SIDECAR,
      recordings: { ...values.CHAPERONE_RECORDINGS, port: READ_BACK.port },
      apiServer: urlOf(values.KUBERNETES_SERVICE_HOST, values.KUBERNETES_SERVICE_PORT),
    },
  };
}

/** `https://address:port`, an IPv6 address in brackets. */
export function urlOf(address: string, port: string | number): string {
  return `https://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

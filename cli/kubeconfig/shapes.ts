// What of a kubeconfig is read, with the names of client-go's clientcmd/api/v1. Fields that nobody here looks at are let
// be; those that would change what a credential may do are named, so that they can be refused.
import * as z from 'zod';

const entry = (field: string) => z.looseObject({ name: z.string(), [field]: z.unknown() });

/** The file as a whole: only the entries that a context leads to are looked at closer. */
export const KubeconfigFile = z.looseObject({
  'current-context': z.string().nullish(),
  contexts: z.array(entry('context')).nullish(),
  clusters: z.array(entry('cluster')).nullish(),
  users: z.array(entry('user')).nullish(),
});

export const ContextEntry = z.looseObject({
  cluster: z.string(),
  user: z.string(),
  namespace: z.string().optional(),
});

export const ClusterEntry = z.looseObject({
  server: z.string(),
  'tls-server-name': z.string().optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
  'certificate-authority': z.string().optional(),
  'certificate-authority-data': z.base64().optional(),
  'proxy-url': z.string().optional(),
  extensions: z.array(z.looseObject({ name: z.string(), extension: z.unknown() })).nullish(),
});

const ExecEntry = z.looseObject({
  apiVersion: z.enum(['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.looseObject({ name: z.string(), value: z.string() })).nullish(),
  provideClusterInfo: z.boolean().optional(),
  interactiveMode: z.enum(['Never', 'IfAvailable', 'Always']).optional(),
});

export const UserEntry = z.looseObject({
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  'client-certificate': z.string().optional(),
  'client-certificate-data': z.base64().optional(),
  'client-key': z.string().optional(),
  'client-key-data': z.base64().optional(),
  exec: ExecEntry.nullish(),
});

export type ContextEntry = z.infer<typeof ContextEntry>;
export type ClusterEntry = z.infer<typeof ClusterEntry>;
export type UserEntry = z.infer<typeof UserEntry>;
export type ExecEntry = z.infer<typeof ExecEntry>;

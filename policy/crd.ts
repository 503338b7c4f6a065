// The CustomResourceDefinitions, printed from the strict schemas by one pure function: the two cannot part.
// `spec` and all below it keep unknown fields, so that a misspelt one is refused by the strict schema and not pruned away.
import * as z from 'zod';
import { AgentPolicy } from './kinds/agent-policy.ts';
import { Grant } from './kinds/grant.ts';

interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortName: string;
  readonly schema: z.ZodObject;
  readonly description: string;
  readonly columns: readonly { name: string; type: 'string' | 'date'; jsonPath: string }[];
}

const AGE = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' } as const;

const kinds: readonly Kind[] = [
  {
    kind: 'AgentPolicy',
    plural: 'agentpolicies',
    singular: 'agentpolicy',
    shortName: 'agp',
    schema: AgentPolicy,
    description: 'AgentPolicy says what a platform team lets a kind of agent do.',
    columns: [
      { name: 'Agents', type: 'string', jsonPath: '.spec.agents.serviceAccounts' },
      { name: 'Mode', type: 'string', jsonPath: '.spec.mode' },
      { name: 'Standing', type: 'string', jsonPath: '.spec.standing.lifetime' },
      { name: 'Scopes', type: 'string', jsonPath: '.spec.scopes[*].name' },
      AGE,
    ],
  },
  {
    kind: 'Grant',
    plural: 'grants',
    singular: 'grant',
    shortName: 'gr',
    schema: Grant,
    description: 'Grant gives a scope of an AgentPolicy, or less, to one pod for one task until it ends.',
    columns: [
      { name: 'Pod', type: 'string', jsonPath: '.spec.pod.name' },
      { name: 'Policy', type: 'string', jsonPath: '.spec.policy' },
      { name: 'Scope', type: 'string', jsonPath: '.spec.scope' },
      { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
      { name: 'Expires', type: 'string', jsonPath: '.status.expiresAt' },
      { name: 'Task', type: 'string', jsonPath: '.spec.task' },
      AGE,
    ],
  },
];

/** An apiextensions.k8s.io/v1 CustomResourceDefinition; plain JSON. */
export type CustomResourceDefinition = ReturnType<typeof definition>;

export const printCustomResourceDefinitions = (): CustomResourceDefinition[] => kinds.map(definition);

function definition({ kind, plural, singular, shortName, schema, description, columns }: Kind) {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.chaperone.dev` },
    spec: {
      group: 'chaperone.dev',
      scope: 'Namespaced',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular,
        shortNames: [shortName],
        categories: ['chaperone'],
      },
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          schema: { openAPIV3Schema: { description, ...rootSchema(schema) } },
        },
      ],
    },
  };
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** apiVersion, kind and metadata are the API server's own to check: a structural schema leaves them bare. */
function rootSchema(schema: z.ZodObject): JsonSchema {
  const { properties } = z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', reused: 'inline' });
  const { spec, status } = properties as Record<'spec' | 'status', JsonSchema>;
  return {
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: keepUnknown(spec),
      status: prune(status),
    },
  };
}

/** In a structural schema `additionalProperties` excludes `properties`; strictness is the strict schema's. */
const keepUnknown = (schema: JsonSchema) =>
  mapObjects(schema, { 'x-kubernetes-preserve-unknown-fields': true });
const prune = (schema: JsonSchema) => mapObjects(schema, {});

function mapObjects(schema: JsonSchema, extension: Record<string, unknown>): JsonSchema {
  const { additionalProperties: _, properties, items, ...rest } = schema;
  const mapped = { ...rest, ...(items && { items: mapObjects(items as JsonSchema, extension) }) };
  if (properties === undefined) return mapped;
  const entries = Object.entries(properties as Record<string, JsonSchema>);
  return {
    ...mapped,
    ...extension,
    properties: Object.fromEntries(entries.map(([name, child]) => [name, mapObjects(child, extension)])),
  };
}

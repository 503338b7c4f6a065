// A shape of a pod and what becomes of it: one row of docs/pod-shapes.md, and one case of the tests that judge it.
import type { RefusalCode } from '../../injector/refusals.ts';

export type Result =
  | { readonly kind: 'injected' }
  | { readonly kind: 'refused'; readonly code: RefusalCode }
  /** By the API server itself, in these words, once the sidecar is in the pod. */
  | { readonly kind: 'invalid'; readonly words: string };

export interface Shape {
  /** What is special about the pod; completes "a pod with". */
  readonly shape: string;
  readonly result: Result;
  /** Fields of the spec, over those of a pod with one plain container. */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly metadata?: object;
  /** What a reader should know beside the result. */
  readonly note?: string;
  /** Kubernetes has it behind a feature gate that is off by default: a default API server drops the field. */
  readonly gated?: true;
}

type More = Omit<Shape, 'shape' | 'result' | 'spec'>;
type Spec = Shape['spec'];

export const injected = (shape: string, spec: Spec, more: More = {}): Shape => ({
  shape,
  spec,
  result: { kind: 'injected' },
  ...more,
});

export const refused = (code: RefusalCode, shape: string, spec: Spec, more: More = {}): Shape => ({
  shape,
  spec,
  result: { kind: 'refused', code },
  ...more,
});

export const invalid = (words: string, shape: string, spec: Spec, more: More = {}): Shape => ({
  shape,
  spec,
  result: { kind: 'invalid', words },
  ...more,
});

/** A container beside or in place of the agent's. */
export const container = (name: string, more: object = {}) => ({ name, image: 'agent:1', ...more });

/** The whole spec of a pod of this shape. */
export const podSpec = (spec: Spec): object => ({
  serviceAccountName: 'triage-bot',
  containers: [container('agent')],
  ...spec,
});

/** The agent's one container, with this. */
export const agent = (more: object): Spec => ({ containers: [container('agent', more)] });

export const security = (securityContext: object): Spec => agent({ securityContext });

/** A volume `extra`. */
export const volume = (source: object): Spec => ({ volumes: [{ name: 'extra', ...source }] });

/** A projected volume `extra` of these sources. */
export const projected = (...sources: readonly object[]): Spec => volume({ projected: { sources } });

/** A volume `extra`, an emptyDir unless it is another, that the agent mounts. */
export const mounted = (mountPath: string, mount: object = {}, source: object = { emptyDir: {} }): Spec => ({
  ...agent({ volumeMounts: [{ name: 'extra', mountPath, ...mount }] }),
  ...volume(source),
});

export interface Section {
  readonly title: string;
  readonly shapes: readonly Shape[];
}

/** A shape whose pod runs to its end on the node. */
export interface Run {
  readonly name: string;
  readonly shape: string;
  readonly spec: (kit: Kit) => object;
  readonly metadata?: object;
  /** `Succeeded` unless it says otherwise. */
  readonly phase?: 'Failed';
  readonly result: string;
}

export interface Kit {
  /** A container that runs this script, and where it says `$call`, calls the API. */
  readonly container: (name: string, script?: string, more?: object) => object;
}

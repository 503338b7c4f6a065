// Lines of docs/pod-shapes.md that need more than one pod, or more than its creation: each names the test that proves it.

export interface Proved {
  readonly shape: string;
  readonly result: string;
  readonly next?: string;
  /** The file of its test. */
  readonly test: string;
}

const NODE = 'test/e2e/pod-shapes-node.test.ts';
const API = 'test/e2e/pod-shapes.test.ts';
const UPGRADE = 'test/e2e/pod-shapes-upgrade.test.ts';
const INJECTION = 'test/e2e/chart-injection.test.ts';
const SEPARATE = 'injector/separate.test.ts';

export const ELSEWHERE: readonly { title: string; first: string; rows: readonly Proved[] }[] = [
  {
    title: 'Already injected',
    first: 'a new pod with',
    rows: [
      {
        shape: 'exactly our sidecar: a copy of an injected pod',
        result: 'injected anew, nothing twice',
        test: INJECTION,
      },
      {
        shape: 'the same and a container to debug (`kubectl debug --copy-to=… --share-processes=false`)',
        result: 'injected anew, with a token for that container',
        next: 'without `--share-processes=false` it is refused: SharedNamespace',
        test: API,
      },
      {
        shape: 'the sidecar of an earlier configuration or release',
        result: 'refused: ForgedSidecar',
        next: 'create it without the container `chaperone` and the volumes `chaperone-…`',
        test: UPGRADE,
      },
      {
        shape: 'a sidecar that differs in any field',
        result: 'refused: ForgedSidecar',
        test: SEPARATE,
      },
      {
        shape: 'two sidecars, or one as an ordinary container',
        result: 'refused: ReservedName',
        test: SEPARATE,
      },
      {
        shape: 'a second call of the mutating webhook',
        result: 'no change',
        test: 'injector/render.test.ts',
      },
    ],
  },
  {
    title: 'Other injectors',
    first: 'another mutating webhook or policy',
    rows: [
      {
        shape: 'puts its container, volume and variables in before ours',
        result: 'injected, runs',
        test: NODE,
      },
      {
        shape: 'adds a container behind ours',
        result: 'ours is called again and takes it over, runs',
        test: NODE,
      },
      {
        shape: 'changes the order of containers, variables or volumes',
        result: 'allowed: position is no boundary',
        test: 'injector/admit.test.ts',
      },
      {
        shape: 'takes away a part of ours, or adds a container when ours is not called again',
        result: 'refused: NotInjected',
        next: 'leave the pods of such namespaces out of it, or give it a place before ours',
        test: 'injector/admit.test.ts',
      },
      { shape: 'mounts a volume of ours', result: 'refused: ReachesSidecar', next: 'as above', test: NODE },
      {
        shape: 'puts another image into our container',
        result: 'refused: ForgedSidecar',
        next: 'as above',
        test: NODE,
      },
      {
        shape: "AlwaysPullImages, which sets the sidecar's pull policy",
        result: 'refused: ForgedSidecar',
        next: 'set `image.pullPolicy: Always` in the chart',
        test: SEPARATE,
      },
    ],
  },
  {
    title: 'What makes pods, and where',
    first: 'it is',
    rows: [
      { shape: 'a Job', result: 'completes: the sidecar ends after it', test: NODE },
      { shape: 'a Deployment that rolls out twice', result: 'runs', test: NODE },
      {
        shape:
          'a template of any workload (Deployment, StatefulSet, DaemonSet, Job, CronJob) that cannot be governed',
        result: 'taken as it is; its pods are refused, as an event of the workload says',
        next: 'mend the template',
        test: API,
      },
      { shape: 'a namespace that enforces Pod Security `restricted`', result: 'runs', test: NODE },
      {
        shape: 'a LimitRange that fills in limits and requests, a ResourceQuota that asks for them',
        result: 'runs: what it adds to the sidecar stays',
        test: NODE,
      },
      {
        shape: 'a LimitRange whose bounds the sidecar breaks, a ResourceQuota that asks for what it has not',
        result: 'refused by the API server, which names the bound or the container `chaperone`',
        next: 'set `sidecar.resources` of the chart within them, or a default in the LimitRange',
        test: API,
      },
      {
        shape: 'a binding, a status, an eviction',
        result: 'no webhook of ours is asked',
        test: UPGRADE,
      },
      { shape: 'a dry run', result: 'as the real one, and nothing is left behind', test: API },
      {
        shape: 'a pod of before an upgrade of chaperone, with a finalizer',
        result: 'goes on, can be labelled, resized and deleted',
        test: UPGRADE,
      },
      {
        shape: 'any pod while the CustomResourceDefinition of AgentPolicy is missing',
        result: 'refused in labelled namespaces, taken in all others',
        next: 'install the chart again, or uninstall it',
        test: UPGRADE,
      },
    ],
  },
];

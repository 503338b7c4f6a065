// What is shown to the controller and to the API server: each must refuse it, or make of the pod an agent's.

/** Stored, it would be refused by the static policy chaperone-sentinel: masking/sentinel.ts has the same marker. */
export const MARKER = 'chaperone: hidden value ';

/** As the API server asks it. */
export const PLAIN_POD = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'chaperone-check',
    resource: { group: '', version: 'v1', resource: 'pods' },
    name: 'plain',
    namespace: 'plain',
    operation: 'CREATE',
    userInfo: { username: 'chaperone-check' },
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'plain', namespace: 'plain' },
      spec: { containers: [{ name: 'agent', image: 'agent' }] },
    },
    oldObject: null,
    dryRun: true,
  },
};

/** Refused where chaperone itself runs. */
export const POLICY = {
  apiVersion: 'chaperone.dev/v1alpha1',
  kind: 'AgentPolicy',
  metadata: { name: 'chaperone-check' },
  spec: { agents: { serviceAccounts: ['nobody'] } },
};

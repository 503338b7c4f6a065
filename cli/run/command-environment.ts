// The environment of the command: ours, with a KUBECONFIG that leads to the sidecar and without what would lead a
// well-behaved tool around it.

/** Helm takes these before its kubeconfig; client libraries take the others for a cluster that they run in. */
const AROUND = /^(HELM_KUBE.*|KUBERNETES_SERVICE_(HOST|PORT|PORT_HTTPS))$/;
/** Clients in Python and JavaScript send loopback addresses to a proxy too, unless told. */
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

export function commandEnvironment(environment: NodeJS.ProcessEnv, kubeconfig: string): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !AROUND.test(name));
  return {
    ...Object.fromEntries(kept),
    KUBECONFIG: kubeconfig,
    NO_PROXY: withLoopback(environment.NO_PROXY || environment.no_proxy),
    no_proxy: withLoopback(environment.no_proxy || environment.NO_PROXY),
  };
}

function withLoopback(list: string | undefined): string {
  const named = list?.split(',').filter((each) => each !== '') ?? [];
  return [...named, ...LOOPBACK.filter((each) => !named.includes(each))].join(',');
}

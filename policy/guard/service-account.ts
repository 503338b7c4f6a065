// Which ServiceAccount pods run as, and whether the agent may have pods that do.
import { type Finding, finding } from './finding.ts';
import type { Fields } from './json.ts';
import type { Permitted } from './permitted.ts';

/** What is not said is `default`; the deprecated field counts where the other is empty (pkg/apis/core/v1/conversion.go). */
export function serviceAccountOf({ serviceAccountName, serviceAccount }: Fields): string {
  const said = [serviceAccountName, serviceAccount].find((each) => each !== undefined && each !== '');
  return said === undefined ? 'default' : String(said);
}

export function serviceAccountIn(spec: Fields, path: string, permitted: Permitted): Finding[] {
  const name = serviceAccountOf(spec);
  const { serviceAccountNames, ownServiceAccount } = permitted;
  if (name === ownServiceAccount || serviceAccountNames.has(name)) return [];
  return [finding('PodServiceAccount', `${path}.serviceAccountName`, name)];
}

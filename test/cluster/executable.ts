// Where this machine keeps its programs.
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Every program of that name, $KUBEBUILDER_ASSETS first, then in the order of PATH. */
export async function findAll(name: string): Promise<string[]> {
  const { KUBEBUILDER_ASSETS = '', PATH = '' } = process.env;
  const folders = [KUBEBUILDER_ASSETS, ...PATH.split(delimiter)].filter((folder) => folder !== '');
  const paths = folders.map((folder) => join(folder, name));
  const present = await Promise.all(paths.map(isExecutable));
  return paths.filter((_, at) => present[at]);
}

// The one cluster of the test suite, with chaperone in it: started before the first file, its folder provided to all, gone
// after the last. With it the search of all that reached an agent begins (search/); the reporter ends it.
// Where this machine cannot host it the suite fails, with the line that says why.
import type { TestProject } from 'vitest/node';
import { startCollector } from './cluster/collector.ts';
import type {} from './cluster/fixture.ts';
import { agentImage } from './cluster/images.ts';
import { startCluster } from './cluster/start.ts';
import { installChaperone } from './install.ts';
import { followLogs } from './search/logs.ts';
import { beginSearch } from './search/run.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const onProgress = (line: string): void => void process.stderr.write(`${line}\n`);
  const cluster = await startCluster({ onProgress });
  try {
    await cluster.loadImages([await agentImage(cluster.programs.kubectl)]);
    const collector = await startCollector(cluster, onProgress);
    await installChaperone(cluster, collector.endpoint);
    await beginSearch(cluster.folder);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  project.provide('clusterFolder', cluster.folder);
  const lastOfLogs = followLogs(cluster.folder);
  return async () => {
    lastOfLogs();
    await cluster.stop();
  };
}

// One replica as it starts, without an API server or ports: what a change of its credentials in that moment comes to.
import { expect, test, vi } from 'vitest';
import { createLogger } from '../telemetry/logger.ts';
import { startController } from './controller.ts';
import type { ControllerConfig } from './environment.ts';
import { startIdentity } from './identity/keeping.ts';
import type { KubeApi } from './kube/api.ts';
import { startRecordings } from './recordings/recordings.ts';
import type { Store } from './recordings/store.ts';
import { startSidecarServer } from './sidecars/server.ts';
import { startWebhooks } from './webhooks/server.ts';

vi.mock('./identity/keeping.ts');
vi.mock('./identity/service-address.ts');
vi.mock('./recordings/recordings.ts');
vi.mock('./sidecars/server.ts');
vi.mock('./webhooks/server.ts');

test('credentials that change while the ports are opened are what both serve with', async () => {
  let held = 'first';
  const ports = { webhooks: '', sidecars: '' };
  const stop = async () => {};
  const never = new Promise<void>(() => {});
  vi.mocked(startIdentity).mockResolvedValue({
    current: () => held,
    onChange: () => {},
    announced: never,
    poke: () => {},
    stop,
  } as unknown as Awaited<ReturnType<typeof startIdentity>>);
  const serve = (port: keyof typeof ports) => async () => {
    ports[port] = held;
    await Promise.resolve();
    held = `after ${port}`;
    const renew = (credentials: unknown) => Object.assign(ports, { [port]: credentials });
    return { renew, stop };
  };
  vi.mocked(startWebhooks).mockImplementation(serve('webhooks'));
  vi.mocked(startSidecarServer).mockImplementation(serve('sidecars'));

  vi.mocked(startRecordings).mockResolvedValue({ store: {} as Store, stop });

  const kube = {
    call: () => Promise.reject(new Error('connection refused')),
    watch: () => Promise.reject(new Error('connection refused')),
  } as unknown as KubeApi;
  const log = createLogger({ component: 'controller', level: 'error' });
  const controller = await startController({ config: {} as ControllerConfig, kube, log });
  expect(ports).toEqual({ webhooks: 'after sidecars', sidecars: 'after sidecars' });
  await controller.stop();
});

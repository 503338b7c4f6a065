// Credentials of a controller that serves on loopback, for tests, and a store of roots that is not the API server's.
import type { SecretStore } from '../../ca/root-store.ts';
import { type Credentials, keepCredentials } from './credentials.ts';

export function memoryStore(now: () => number): SecretStore & { delete(name: string): void } {
  const kept = new Map<string, Record<string, string>>();
  return {
    async get(name) {
      const data = kept.get(name);
      return data && { data, resourceVersion: '1' };
    },
    async create(name, data) {
      kept.set(name, data);
      return 'stored';
    },
    async update(name, data) {
      kept.set(name, data);
      return 'stored';
    },
    timeMs: async () => now(),
    delete: (name) => void kept.delete(name),
  };
}

export function loopbackCredentials(): Promise<Credentials> {
  return keepCredentials(undefined, memoryStore(Date.now), { dnsNames: ['localhost'], ips: [] }, Date.now());
}

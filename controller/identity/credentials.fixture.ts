// Credentials of a controller that serves on loopback, for tests.
import type { SecretStore } from '../../ca/root-store.ts';
import { type Credentials, keepCredentials } from './credentials.ts';

export function loopbackCredentials(): Promise<Credentials> {
  const kept = new Map<string, Record<string, string>>();
  const store: SecretStore = {
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
  };
  return keepCredentials(undefined, store, { dnsNames: ['localhost'], ips: [] }, Date.now());
}

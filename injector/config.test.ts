import { describe, expect, it } from 'vitest';
import { injectorConfig } from './config.ts';
import { config } from './fixtures.ts';

const memory = (quantity: string) => ({
  ...config,
  resources: { limits: { memory: quantity }, requests: {} },
});

describe('the configuration of the injector', () => {
  it('is read as it stands', () => {
    expect(injectorConfig.parse(config)).toEqual(config);
  });

  it.each(['1', '20m', '1500m', '1k', '64M', '128Mi', '1Gi', '1536Mi', '1Ki', '1025Ki'])(
    'takes the quantity %s',
    (quantity) => {
      expect(injectorConfig.safeParse(memory(quantity)).success).toBe(true);
    },
  );

  it.each([
    '',
    '0',
    '0.5',
    '1.5Gi',
    '1000m',
    '1000',
    '1024Mi',
    '1e3',
    '+1',
    '-1',
    '01',
    '500u',
    '1 Gi',
    '1gi',
  ])('refuses the quantity "%s", which the API server prints otherwise', (quantity) => {
    expect(injectorConfig.safeParse(memory(quantity)).success).toBe(false);
  });

  it.each<[string, object]>([
    ['a field nobody knows', { extra: true }],
    ['no memory limit', { resources: { limits: {}, requests: {} } }],
    ['no command', { command: [] }],
    ['a controller without TLS', { controller: 'http://10.96.0.20:8443' }],
    ['an address that the kubelet would expand', { apiServer: 'https://$(HOST):443' }],
    ['no certificate', { controlCa: '' }],
    ["no certificate of the API server's", { apiServerCa: '' }],
    ['a pull policy nobody knows', { imagePullPolicy: 'Sometimes' }],
  ])('refuses %s', (_, wrong) => {
    expect(injectorConfig.safeParse({ ...config, ...wrong }).success).toBe(false);
  });
});

// Real handshakes: the names are those that Node gives what really went wrong.
import { expect, test } from 'vitest';
import { connectController } from './controller-connection.ts';
import { selfSigned, startController } from './test-tls.ts';
import { whyUnreachable } from './unreachable.ts';

const reasonOf = async (roots: string, url?: URL) => {
  await using controller = await startController(() => {});
  const failed = await connectController({ url: url ?? controller.url, roots }).catch(
    (error: unknown) => error,
  );
  return whyUnreachable((failed as NodeJS.ErrnoException).code ?? '');
};

test('a controller under a root that this pod does not trust: delete the pod', async () => {
  expect(await reasonOf(selfSigned().chain)).toContain('delete the pod: its workload makes one');
});

test('what is no matter of trust is told by its name alone', async () => {
  const nobody = new URL('https://127.0.0.1:1');
  expect(await reasonOf(selfSigned().chain, nobody)).toBe('the controller cannot be reached: ECONNREFUSED');
});

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { findWorkerFile } from '../../src/threads/worker-file.ts';

const run = promisify(execFile);

// Of V8's fatal error it needs about three runs to see it once: it depends on the moment.
it('a thread that is ended while it loads leaves the process standing', async () => {
  const script = fileURLToPath(new URL('../fixtures/end-while-loading.mjs', import.meta.url));
  const built = fileURLToPath(new URL('../../dist/workers/shard.js', import.meta.url));
  const [importOnly] = findWorkerFile('shard').execArgv;
  await expect(run(process.execPath, [script, built, importOnly])).resolves.toMatchObject({ stderr: '' });
}, 60_000);

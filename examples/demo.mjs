// `npm run demo`: starts the service as `npm start` does, on a free port and with its store in a temporary folder,
// sends it the published network whose gradients are wrong, shows the check's progress and its report, and stops it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const gradcheck = 'dist/src/cli/gradcheck.js';
const example = 'examples/three-layer-wrong-layers.json';
/** `gradcheck check` ends with this when the gradient is wrong, as it is here. */
const VERDICT_FAIL = 1;

const folder = await mkdtemp(join(tmpdir(), 'gradcheck-demo-'));
const service = spawn(process.execPath, [gradcheck, 'serve', '--port', '0', '--data-dir', folder], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const stopped = once(service, 'exit');
try {
  const url = await startedAt(service);
  process.stdout.write(`The service listens on ${url}\n\n$ gradcheck check ${example} --server ${url}\n`);
  const check = spawn(process.execPath, [gradcheck, 'check', example, '--server', url, '--progress'], {
    stdio: ['ignore', 1, 1],
  });
  const [exitCode] = await once(check, 'exit');
  process.stdout.write(
    `\nExit code ${exitCode}: the gradient is ${exitCode === VERDICT_FAIL ? 'wrong' : '…?'}\n`,
  );
  process.exitCode = exitCode === VERDICT_FAIL ? 0 : 3;
} finally {
  service.kill('SIGTERM');
  const [exitCode] = await stopped;
  process.stdout.write(`The service has stopped with exit code ${exitCode}.\n`);
  await rm(folder, { recursive: true });
}

/** Waits for the service's start line. */
async function startedAt(process) {
  for await (const line of createInterface({ input: process.stdout })) {
    const { url } = JSON.parse(line);
    if (url !== undefined) return url;
  }
  throw new Error('the service ended before it listened');
}

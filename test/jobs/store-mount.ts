import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { TestContext } from 'vitest';

const run = promisify(execFile);

/** A mounted folder. Unmounting is lazy: libsql closes a file when its statements are collected. */
export interface Mount {
  readonly path: string;
  unmount(): Promise<void>;
}

async function mountAt(path: string, ...options: string[]): Promise<Mount> {
  await mkdir(path, { recursive: true });
  await run('mount', [...options, path]);
  return { path, unmount: async () => void (await run('umount', ['-l', path])) };
}

/** A file system in memory of so many bytes. */
export function mountSmallDisk(path: string, bytes: number): Promise<Mount> {
  return mountAt(path, '-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs');
}

/** Another view of a folder, in which nothing can be written. */
export async function mountReadOnly(source: string, path: string): Promise<Mount> {
  const mount = await mountAt(path, '--bind', source);
  await run('mount', ['-o', 'remount,ro,bind', path]);
  return mount;
}

/** What a mount gives, or else the test is skipped: only root can mount. Under REQUIRE_ALL=1 it fails instead. */
export async function mounted(context: TestContext, mount: Promise<Mount>): Promise<Mount> {
  try {
    return await mount;
  } catch (error) {
    if (process.env.REQUIRE_ALL === '1') throw error;
    return context.skip('SKIPPED: file systems cannot be mounted here');
  }
}

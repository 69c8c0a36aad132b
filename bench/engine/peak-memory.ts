import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { loadTypeScript } from '../../src/threads/worker-file.ts';
import { figure, mebibytes } from '../table.ts';
import type { RowCase } from './row.ts';
import type { StrategyContender } from './strategy-contender.ts';

const execute = promisify(execFile);
const script = fileURLToPath(new URL('peak-memory-process.ts', import.meta.url));

/** Resident bytes of a process that checks one network and does nothing else. */
const peakSchema = z.object({
  /** Threads up and warm, no job. */
  idle: z.number(),
  /** The most there were while the job was read and run. */
  peak: z.number(),
});

/** A case whose peak of memory is measured. */
export type MeasuredCase = RowCase & { readonly heldBytes: number };

/**
 * Runs a contender's check in a fresh process.
 * @param folder where `writeCase` has written the network
 * @returns the row of the memory table
 */
export async function peakMemoryRow(
  { title, heldBytes: held }: MeasuredCase,
  folder: string,
  { name: strategy, threads, components }: StrategyContender,
): Promise<string[]> {
  const count = typeof components === 'object' && 'sample' in components ? String(components.sample) : 'all';
  const { stdout } = await execute(process.execPath, [
    ...loadTypeScript(),
    script,
    folder,
    String(threads),
    strategy,
    count,
  ]);
  const { idle, peak } = peakSchema.parse(JSON.parse(stdout));
  return [
    title,
    strategy,
    String(threads),
    mebibytes(held),
    mebibytes(idle),
    mebibytes(peak),
    `${figure((peak - idle) / held)}×`,
  ];
}

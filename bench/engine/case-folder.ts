import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Network, networkComponents } from './network.ts';
import type { NetworkCase } from './network-case.ts';

const descriptionSchema = z.object({
  sizes: z.array(z.int()),
  examples: z.int(),
  labels: z.array(z.int()),
  cost: z.number(),
});

/** Writes a case as files that other processes read; peers/network.py says what is in them. */
export function writeCase(folder: string, { network, labels, cost, ...arrays }: NetworkCase): void {
  writeFileSync(join(folder, 'network.json'), JSON.stringify({ ...network, labels, cost }));
  writeFileSync(join(folder, 'inputs.f64'), arrays.inputs);
  writeFileSync(join(folder, 'theta.f64'), arrays.theta);
  writeFileSync(join(folder, 'claimed.f64'), arrays.claimed);
}

/** Reads what `writeCase` wrote. Each array has a buffer of its own and is in memory once. */
export function readCase(folder: string): NetworkCase {
  const text = readFileSync(join(folder, 'network.json'), 'utf8');
  const { labels, cost, ...network } = descriptionSchema.parse(JSON.parse(text));
  return {
    network,
    labels,
    cost,
    inputs: readNumbers(join(folder, 'inputs.f64'), network.examples * network.sizes[0]),
    theta: readTheta(folder, 'theta.f64', network),
    claimed: readTheta(folder, 'claimed.f64', network),
  };
}

function readTheta(folder: string, name: string, network: Network): Float64Array {
  return readNumbers(join(folder, name), networkComponents(network));
}

function readNumbers(path: string, count: number): Float64Array {
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  if (byteLength !== 8 * count) throw new Error(`${path} holds ${byteLength / 8} numbers, not ${count}`);
  return new Float64Array(buffer, byteOffset, count);
}

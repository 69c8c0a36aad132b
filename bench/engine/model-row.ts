import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { CheckJob } from '../../src/check/check-job.ts';
import { readJob } from '../../src/models/read-job.ts';
import { fastGradcheck, type Peer, slowGradcheck } from './peer-contender.ts';
import type { Row } from './row.ts';
import { strategies } from './strategy-contender.ts';

const writtenSchema = z.object({
  /** What the files are called. */
  name: z.string(),
  examples: z.int(),
});

/** One of the models of peers/rows.py. PyTorch makes its numbers and the gradient that it claims. */
export function modelRow(name: string): Row {
  return {
    name,
    async prepare(folder, python) {
      if (python === undefined) return undefined;
      const written = writtenSchema.parse(await python.run('write_model.py', 1, [folder, name]));
      const job = readWritten(folder, written.name);
      const { cost } = job.spec;
      if (cost === undefined) throw new Error(`the document of ${name} says no cost`);
      const ofModel = (peer: Peer): Peer => ({ ...peer, options: [...peer.options, '--model', name] });
      return {
        title: `${name}, ${written.examples} examples`,
        job,
        cost,
        // Which strategy is best for which layer is what `auto` is there for.
        strategies: ['auto', ...strategies],
        peers: [slowGradcheck, fastGradcheck].map(ofModel),
      };
    },
  };
}

function readWritten(folder: string, name: string): CheckJob {
  const files = ['parameters', 'gradients', 'data'].map((section) => [
    section,
    readFileSync(join(folder, `${name}.${section}.safetensors`)),
  ]);
  const document: unknown = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  const reading = readJob(document, Object.fromEntries(files));
  if (reading.kind === 'faults')
    throw new Error(`${name} is not a valid job: ${JSON.stringify(reading.faults)}`);
  return reading.job;
}

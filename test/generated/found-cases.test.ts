import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readJob } from '../../src/models/read-job.ts';
import { checkGradients } from '../fixtures/on-kernels.ts';
import { projectRoot } from '../structure/import-graph.ts';

/** A document that a longer run of the suite has found to be judged wrong. */
function readFound(name: string) {
  const text = readFileSync(join(projectRoot, 'test/generated/found', `${name}.json`), 'utf8');
  const reading = readJob(JSON.parse(text));
  if (reading.kind !== 'job') throw new Error(JSON.stringify(reading.faults));
  return reading.job;
}

it('a component is looked at again before it is judged, though beside it kinks make differences of hundreds', async () => {
  const { parameters } = await checkGradients(readFound('kinks-beside-a-bias'));
  for (const { name, worst } of parameters) {
    const unseen = worst.filter(({ verdict, refined }) => verdict !== 'pass' && refined === undefined);
    expect(unseen, name).toEqual([]);
  }
});

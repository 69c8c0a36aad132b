import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkGradients, GradcheckError, type JobDocument } from '../../src/index.ts';
import { projectRoot } from '../structure/import-graph.ts';

const document: JobDocument = JSON.parse(
  readFileSync(join(projectRoot, 'examples/two-layer-softmax-layers.json'), 'utf8'),
);

async function rejection(promise: Promise<unknown>): Promise<GradcheckError> {
  const reason: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (reason instanceof GradcheckError) return reason;
  throw new Error('no GradcheckError was thrown', { cause: reason });
}

describe('checkGradients, the library', () => {
  it('throws invalid-job with every fault of a document', async () => {
    const { W1, ...others } = document.gradients ?? {};
    const error = await rejection(
      checkGradients({ ...document, cost: Number.NaN, gradients: { ...others, extra: W1 } }),
    );
    expect(error.code).toBe('invalid-job');
    const pointers = error.faults.map(({ pointer }) => pointer);
    expect(pointers).toContain('/cost');
    expect(pointers.filter((pointer) => pointer.startsWith('/gradients')).length).toBeGreaterThanOrEqual(2);
  });

  it('throws the code of a check that cannot go on', async () => {
    const error = await rejection(checkGradients({ ...document, cost: 1.5 }));
    expect(error.code).toBe('cost-mismatch');
    expect(error.message).toContain('1.5');
  });

  it('tells its progress up to the last component', async () => {
    const completed: number[] = [];
    await checkGradients(document, { onProgress: (progress) => completed.push(progress.completed) });
    expect(completed).toEqual([...completed].sort((a, b) => a - b));
    expect(completed.at(-1)).toBe(83);
  });

  it('stops when its signal is aborted, with the reason', async () => {
    const stop = new AbortController();
    const check = checkGradients(document, { signal: stop.signal, onProgress: () => stop.abort('enough') });
    await expect(check).rejects.toBe('enough');
  });
});

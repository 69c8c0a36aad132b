import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';
import { checkGradients } from '../../src/check/check-gradients.ts';
import type { CheckJob } from '../../src/check/check-job.ts';
import type { CheckSettings } from '../../src/check/settings.ts';
import { loadKernelModule } from '../../src/kernels/load-module.ts';
import { describeMachine } from '../machine.ts';
import { figure, formatTable, type Table } from '../table.ts';
import { TemporaryFolder } from '../temporary-folder.ts';
import { findPython } from './python.ts';
import { type Row, type RowCase, withSettings } from './row.ts';

/** Checks that take less are repeated until so much time has gone by; longer ones are cut off there. */
const SECONDS = 20;
const QUICK_SECONDS = 3;
/** Time before that, in which V8 compiles what is run. */
const WARM_SHARE = 0.25;
/** Sampled every so many microseconds. */
const INTERVAL = 200;
const LINES = 12;

export interface ProfileOptions {
  readonly rows: readonly Row[];
  readonly quick: boolean;
  readonly markdown: boolean;
}

/** Prints where the time of each row goes, checked on the calling thread. */
export async function runProfile({ rows, quick, markdown }: ProfileOptions): Promise<void> {
  console.log(describeMachine().join('\n'));
  const search = await findPython();
  const python = search.kind === 'found' ? search.python : undefined;
  for (const row of rows) {
    const temporary = new TemporaryFolder();
    try {
      const rowCase = await row.prepare(temporary.path, python);
      if (rowCase === undefined) console.error(`${row.name} is left out: PyTorch makes its numbers`);
      else await profileCase(rowCase, quick ? QUICK_SECONDS : SECONDS, markdown);
    } finally {
      temporary.remove();
    }
  }
}

async function profileCase(rowCase: RowCase, seconds: number, markdown: boolean): Promise<void> {
  for (const strategy of rowCase.strategies) {
    const table = await profile(rowCase, strategy, seconds);
    console.log(`\n${formatTable(table, markdown)}`);
  }
}

async function profile(
  { title, job: asked }: RowCase,
  strategy: CheckSettings['strategy'],
  seconds: number,
): Promise<Table> {
  const job = withSettings(asked, { strategy });
  await checkFor(job, seconds * WARM_SHARE);
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: INTERVAL });
    await session.post('Profiler.start');
    const checks = await checkFor(job, seconds);
    const { profile } = await session.post('Profiler.stop');
    const times = selfTimes(profile);
    const total = [...times.values()].reduce((sum, time) => sum + time, 0);
    const rows = [...times]
      .sort(([, a], [, b]) => b - a)
      .slice(0, LINES)
      .map(([place, time]) => [`${figure((100 * time) / total)} %`, place]);
    return {
      title: `${title}, ${strategy}, 1 thread`,
      head: ['share', 'spent in'],
      rows,
      notes: [checks === 0 ? `The first ${seconds} s of a check.` : `${checks} checks.`],
    };
  } finally {
    session.disconnect();
  }
}

/** Checks again and again until the time is up. @returns how many checks came to their end */
async function checkFor(job: CheckJob, seconds: number): Promise<number> {
  const kernels = loadKernelModule();
  const signal = AbortSignal.timeout(seconds * 1000);
  for (let checks = 0; ; checks++) {
    try {
      await checkGradients(job, kernels, { signal });
    } catch (error) {
      if (signal.aborted) return checks;
      throw error;
    }
  }
}

/** Microseconds spent in each kernel, and in the functions of each file. */
function selfTimes({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Map<string, number> {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
  const times = new Map<string, number>();
  samples.forEach((id, i) => {
    const place = places.get(id);
    if (place !== undefined) times.set(place, (times.get(place) ?? 0) + timeDeltas[i]);
  });
  return times;
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
}

/** @returns undefined for time in which nothing ran, or the profiler itself */
function placeOf({ functionName, url }: CallFrame): string | undefined {
  if (functionName === '(idle)' || functionName === 'dispatch') return undefined;
  if (functionName.startsWith('js-to-wasm')) return 'calls of kernels';
  if (url.startsWith('wasm:')) return functionName.replace(/<.*/, '').replace('assembly/', '');
  if (url.startsWith('file:')) return url.replace(/^.*\/(?=src\/|bench\/|node_modules\/)/, '');
  return functionName;
}

import { readJob } from '../src/models/read-job.ts';
import type { JobFiles } from '../src/models/tensor-files.ts';
import { writtenFile } from '../test/fixtures/written-files.ts';
import { uploadForm } from '../test/http/upload-form.ts';
import { networkComponents } from './engine/network.ts';
import { createCase } from './engine/network-case.ts';
import { networkJob } from './engine/network-job.ts';
import { withSettings } from './engine/row.ts';
import { strategies } from './engine/strategy-contender.ts';
import { timedCheck } from './engine/timed-check.ts';
import { warmExecutor } from './engine/warm-executor.ts';
import { ServiceProcess } from './http/service-process.ts';
import { describeMachine } from './machine.ts';
import { median } from './median.ts';
import { networkDocument, networkGradients, networkModel, onnxNetworkJob } from './onnx/network-model.ts';
import { duration, figure, formatTable, mebibytes, type Table } from './table.ts';

/** Ten million parameters. */
const large = { sizes: [1000, 3000, 2000, 500], examples: 4 };
const small = { sizes: [256, 128, 64, 10], examples: 32 };

/** How long something took. */
interface Taken {
  readonly seconds: number;
  readonly processorSeconds: number;
}

export interface OnnxBenchOptions {
  readonly quick: boolean;
  readonly markdown: boolean;
}

/** How long a large ONNX file takes to read, and whether a network is checked as fast as the same one of layers. */
export async function runOnnxBench({ quick, markdown }: OnnxBenchOptions): Promise<void> {
  const machine = describeMachine();
  console.error(machine.join('\n'));
  const tables = [await imports(), await besideLayers(quick ? 3 : 15)];
  console.log([...machine, ...tables.map((table) => formatTable(table, markdown))].join('\n\n'));
}

async function imports(): Promise<Table> {
  const numbers = createCase(large, 1);
  const gradients = await writtenFile('safetensors', networkGradients(numbers), 1 << 17);
  const document = { ...networkDocument(numbers), check: { components: { sample: 100 } } };
  const rows: string[][] = [];
  for (const type of ['float64', 'float32']) {
    const model = Buffer.from(networkModel(numbers, type === 'float32'));
    const read = readHere(document, { model, gradients });
    const accepted = await uploaded({ job: document, model, gradients });
    const figures = [read, accepted].flatMap((taken) => [taken.seconds, taken.processorSeconds]);
    rows.push([type, mebibytes(model.byteLength), ...figures.map(duration)]);
  }
  return {
    title: `Reading an ONNX file of ${figure(networkComponents(large))} parameters, all of them θ`,
    head: ['type', 'file', 'read here', 'processor time', 'uploaded, until 202', 'processor time'],
    rows,
    notes: [
      `Each with ${mebibytes(gradients.byteLength)} of claimed gradients beside it. Read here is what \`gradcheck check\` does ` +
        'in its own process; uploaded is one request in several parts to a fresh service that stores the job.',
    ],
  };
}

function readHere(document: object, files: JobFiles): Taken {
  const stop = stopwatch();
  const reading = readJob(document, files);
  if (reading.kind === 'job') return stop();
  throw new Error(`the file is not a valid model: ${JSON.stringify(reading.faults)}`);
}

/** One request to a service that has just started; the processor time is the service's. */
async function uploaded(parts: Readonly<Record<string, object | Buffer>>): Promise<Taken> {
  const upload = await uploadForm(parts);
  const service = await ServiceProcess.start({});
  try {
    const before = await processorSeconds(service);
    const stop = stopwatch();
    const answer = await fetch(`${service.url}/v1/jobs`, { method: 'POST', ...upload });
    const { seconds } = stop();
    if (answer.status !== 202) throw new Error(`answered ${answer.status}: ${await answer.text()}`);
    return { seconds, processorSeconds: (await processorSeconds(service)) - before };
  } finally {
    await service.stop();
  }
}

async function processorSeconds({ url }: ServiceProcess): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(metrics)?.[1]);
}

/** @returns what tells how long it was since, and how much of a processor this process took meanwhile */
function stopwatch(): () => Taken {
  const [started, before] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { seconds: (performance.now() - started) / 1000, processorSeconds: (user + system) / 1e6 };
  };
}

/** Both by turns on one thread of this process, so that what else the machine does meets both alike. */
async function besideLayers(rounds: number): Promise<Table> {
  const numbers = createCase(small, 1);
  const jobs = [networkJob(numbers), onnxNetworkJob(numbers)];
  const executor = await warmExecutor(1);
  try {
    const rows: string[][] = [];
    for (const strategy of strategies) {
      const turns: Taken[][] = [];
      for (let round = 0; round <= rounds; round++) {
        const turn: Taken[] = [];
        for (const job of jobs) {
          const stop = stopwatch();
          await timedCheck(executor, withSettings(job, { strategy }));
          turn.push(stop());
        }
        // The first is for V8 to compile what is new to it.
        if (round > 0) turns.push(turn);
      }
      const of = (job: number, key: keyof Taken) => turns.map((turn) => turn[job][key]);
      const ratio = (key: keyof Taken) =>
        figure(median(of(1, key).map((seconds, round) => seconds / of(0, key)[round])));
      rows.push([
        strategy,
        duration(median(of(0, 'seconds'))),
        duration(median(of(1, 'seconds'))),
        ratio('seconds'),
        ratio('processorSeconds'),
      ]);
    }
    return {
      title: `${small.sizes.join('-')}, ${small.examples} examples, as ONNX and as layers, one thread`,
      head: ['strategy', 'layers', 'ONNX', 'ONNX/layers', 'of processor time'],
      rows,
      notes: [`Medians of ${rounds} rounds in which both take turns; ratios are those of a round.`],
    };
  } finally {
    await executor.destroy();
  }
}

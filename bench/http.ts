import { readFileSync } from 'node:fs';
import { type LoadRequest, type LoadResult, percentile, sendLoad } from './http/load.ts';
import { ServiceProcess } from './http/service-process.ts';
import { describeMachine } from './machine.ts';
import { median } from './median.ts';
import { figure, formatTable, type Table } from './table.ts';

const WARM_UP_SECONDS = 3;
const MOST_ROUNDS = 3;
const CONNECTIONS = [1, 16];
/** What the service admits in the overload, and how many times more there are who ask. */
const ADMITTED_JOBS = 16;
const OVERLOAD = 10;
const PROBES = 5;
const RECOVERY_MS = 10_000;

export interface HttpBenchOptions {
  readonly quick: boolean;
  readonly markdown: boolean;
}

/** The published case of 47 components over HTTP, each job stored durably: throughput, latency, and overload. */
export async function runHttpBench({ quick, markdown }: HttpBenchOptions): Promise<void> {
  const machine = describeMachine();
  console.error(machine.join('\n'));
  const seconds = quick ? 2 : 10;
  const tables = [
    await roundTrips(seconds, quick ? 1 : MOST_ROUNDS),
    await overload(seconds, { code: 429, settings: { MAX_CLIENT_JOBS: String(ADMITTED_JOBS) } }),
    await overload(seconds, { code: 503, settings: { MAX_QUEUED_JOBS: String(ADMITTED_JOBS) } }),
  ];
  console.log([...machine, ...tables.map((table) => formatTable(table, markdown))].join('\n\n'));
}

async function roundTrips(seconds: number, rounds: number): Promise<Table> {
  const service = await ServiceProcess.start({});
  try {
    const request = publishedCase(service);
    await probe(request);
    const runs = new Map(CONNECTIONS.map((connections): [number, LoadResult[]] => [connections, []]));
    for (const connections of CONNECTIONS) await sendLoad(request, connections, WARM_UP_SECONDS);
    for (let round = 0; round < rounds; round++) {
      for (const [connections, results] of runs) results.push(await sendLoad(request, connections, seconds));
    }
    return {
      title: '47-component published case over HTTP, stored durably, client on the same machine',
      head: ['connections', 'jobs/s', 'p50', 'p99', 'other answers', 'broken'],
      rows: [...runs].map(([connections, results]) => [String(connections), ...roundTripCells(results)]),
      notes: [`Median of ${rounds === 1 ? 'one run' : `${rounds} runs`} of ${seconds} s.`],
    };
  } finally {
    await service.stop();
  }
}

function roundTripCells(results: readonly LoadResult[]): string[] {
  const answered = results.map(({ latencies }) => latencies.get(200) ?? new Float64Array(0));
  const middle = (of: (sorted: Float64Array, run: number) => number) => median(answered.map(of));
  const others = results.reduce((sum, result) => sum + answersBeside(result, 200), 0);
  const broken = results.reduce((sum, { errors }) => sum + errors, 0);
  return [
    figure(middle((sorted, run) => sorted.length / results[run].seconds)),
    `${middle((sorted) => percentile(sorted, 0.5)).toFixed(2)} ms`,
    `${middle((sorted) => percentile(sorted, 0.99)).toFixed(2)} ms`,
    String(others),
    String(broken),
  ];
}

/** Which limit is passed, and how the service says so. */
interface Limit {
  readonly code: 429 | 503;
  readonly settings: Readonly<Record<string, string>>;
}

async function overload(seconds: number, { code, settings }: Limit): Promise<Table> {
  const service = await ServiceProcess.start(settings);
  try {
    const request = publishedCase(service);
    await probe(request);
    const result = await sendLoad(request, OVERLOAD * ADMITTED_JOBS, seconds);
    const recovery = await untilServed(request);
    const after: number[] = [];
    for (let i = 0; i < PROBES; i++) after.push(await probe(request));
    const done = result.latencies.get(200) ?? new Float64Array(0);
    const refused = result.latencies.get(code) ?? new Float64Array(0);
    const [limit] = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    return {
      title: `Overload: ${OVERLOAD * ADMITTED_JOBS} connections, ${limit}`,
      head: [
        '200',
        'p99',
        String(code),
        'p99',
        'other answers',
        'broken',
        'served again after',
        'the next five',
      ],
      rows: [
        [
          `${figure(done.length / result.seconds)}/s`,
          `${percentile(done, 0.99).toFixed(1)} ms`,
          `${figure(refused.length / result.seconds)}/s`,
          `${percentile(refused, 0.99).toFixed(1)} ms`,
          String(answersBeside(result, 200) - refused.length),
          String(result.errors),
          `${recovery.milliseconds.toFixed(1)} ms, ${recovery.refused} refused before`,
          `200 in ${Math.min(...after).toFixed(1)}–${Math.max(...after).toFixed(1)} ms`,
        ],
      ],
    };
  } finally {
    await service.stop();
  }
}

function answersBeside({ latencies }: LoadResult, status: number): number {
  return [...latencies].reduce((sum, [other, all]) => sum + (other === status ? 0 : all.length), 0);
}

function publishedCase({ url }: ServiceProcess): LoadRequest {
  const file = new URL('../examples/three-layer-correct-layers.json', import.meta.url);
  return {
    url: `${url}/v1/jobs`,
    headers: { 'content-type': 'application/json', prefer: 'wait=10' },
    body: readFileSync(file, 'utf8'),
  };
}

/** Sends one request after the other until one is served: the jobs admitted last have to end first. */
async function untilServed(request: LoadRequest) {
  const started = performance.now();
  for (let refused = 0; ; refused++) {
    const { status } = await send(request);
    const milliseconds = performance.now() - started;
    if (status === 200) return { milliseconds, refused };
    if (milliseconds > RECOVERY_MS) throw new Error(`the service still answers ${status} after the overload`);
  }
}

/** Sends one request that must be answered with a report. @returns the milliseconds it took */
async function probe(request: LoadRequest): Promise<number> {
  const started = performance.now();
  const { status, text } = await send(request);
  if (status !== 200) throw new Error(`a lone request was answered ${status}: ${text}`);
  return performance.now() - started;
}

async function send({ url, headers, body }: LoadRequest) {
  const response = await fetch(url, { method: 'POST', headers: { ...headers }, body });
  return { status: response.status, text: await response.text() };
}

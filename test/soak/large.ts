import { setTimeout as sleep } from 'node:timers/promises';
import { denseLayers, type Network } from '../../bench/engine/network.ts';
import { createCase, type NetworkCase } from '../../bench/engine/network-case.ts';
import { writtenFile } from '../fixtures/written-files.ts';
import { uploadForm } from '../http/upload-form.ts';
import { EventFollower, SeenEvents, streamAgent } from './event-follower.ts';
import { HealthProbe } from './health-probe.ts';
import { JobClient } from './job-client.ts';
import { runSoak, type Soak } from './soak.ts';
import { SoakService } from './soak-service.ts';

// A network of ten million components, every one of them checked: whether its progress streams smoothly, what memory
// it takes, and how soon it is cancelled.

const SIZES = [784, 2048, 2048, 2048, 10];
const QUICK_SIZES = [784, 1024, 1024, 10];
const EXAMPLES = 64;
/** Of a job that is to be cancelled: the share of it that is run before. */
const CANCELLED_AFTER = 0.2;

await runSoak('large', async (soak, { quick, seed }) => {
  const network = {
    sizes: quick ? QUICK_SIZES : SIZES,
    examples: EXAMPLES,
    slowGradcheck: 'sample',
  } as const;
  const numbers = createCase(network, seed);
  const upload = await uploadOf(numbers);
  const service = await SoakService.started();
  try {
    await runWhole(soak, service, upload, heldBytes(numbers));
    await cancelHalfway(soak, service, upload);
  } finally {
    await service.remove();
  }
});

type Upload = Awaited<ReturnType<typeof uploadForm>>;

async function runWhole(soak: Soak, service: SoakService, upload: Upload, held: number): Promise<void> {
  const client = new JobClient(service.url);
  await sleep(1000);
  const idle = await service.metric('process_resident_memory_bytes');
  const id = await submit(client, upload);
  const taken = service.peakMemory() - idle;
  const heard: { readonly at: number; readonly completed: number }[] = [];
  const seen = new SeenEvents();
  const onProgress = (completed: number) => heard.push({ at: performance.now(), completed });
  const url = `${service.url}/v1/jobs/${id}/events`;
  const probe = await HealthProbe.start(service.url);
  await new EventFollower(url, { agent: streamAgent(), seen, onProgress }).follow();
  const { p50, p99, worst, count, failures } = await probe.stop();
  const gaps = heard.slice(1).map(({ at }, i) => at - heard[i].at);
  const longest = Math.max(0, ...gaps) / 1000;

  soak.figure('components', (await client.job(id)).progress.total);
  soak.figure('checked in', `${((await client.durationMs(id)) / 1000).toFixed(1)} s`);
  const report: { verdict?: string; settings?: { strategy?: string } } = JSON.parse(await client.report(id));
  soak.figure('strategy', report.settings?.strategy ?? 'none');
  soak.demand('the right verdict', report.verdict === 'pass', report.verdict ?? 'none');
  soak.demand('events without a gap', seen.areWhole, seen.count);
  soak.demand(
    'longest time between two events of progress, at most 2 s',
    heard.length > 2 && longest <= 2,
    `${longest.toFixed(2)} s of ${heard.length} events`,
  );
  soak.figure(
    '/healthz meanwhile: p50, p99, slowest',
    `${p50.toFixed(1)}, ${p99.toFixed(1)}, ${worst.toFixed(0)} ms of ${count} answers`,
  );
  soak.demand('requests of /healthz not answered 200', failures === 0, failures);
  soak.figure('θ, claimed, data, activations', `${(held / 2 ** 20).toFixed(0)} MiB`);
  soak.figure('memory beyond the idle while taken in', `${(taken / held).toFixed(2)} times those`);
  const times = (service.peakMemory() - idle) / held;
  soak.demand('memory beyond the idle until its end, at most 3 times those', times <= 3, times.toFixed(2));
}

async function cancelHalfway(soak: Soak, service: SoakService, upload: Upload): Promise<void> {
  const client = new JobClient(service.url);
  const id = await submit(client, upload);
  for (;;) {
    const { status, progress } = await client.job(id);
    if (status !== 'queued' && progress.completed >= CANCELLED_AFTER * progress.total) break;
    await sleep(50);
  }
  const cancelledAt = performance.now();
  await client.send('POST', `/v1/jobs/${id}/cancel`);
  const { status, progress } = await client.untilEnded(id);
  const seconds = (performance.now() - cancelledAt) / 1000;
  const running = await service.metric('gradcheck_shards_running');
  const share = `${((100 * progress.completed) / progress.total).toFixed(0)} % done`;
  soak.demand(
    'cancelled within 1 s',
    status === 'cancelled' && seconds < 1,
    `${seconds.toFixed(2)} s, ${share}`,
  );
  soak.demand('shards that run then', running === 0, running);
}

async function submit(client: JobClient, { body, headers }: Upload): Promise<string> {
  const answer = await client.send('POST', '/v1/jobs', headers, body);
  if (answer.status !== 202) throw new Error(`the job was answered ${answer.status}: ${answer.text}`);
  return String(answer.headers.location).replace('/v1/jobs/', '');
}

function heldBytes({ network, theta, inputs }: NetworkCase): number {
  const activations = denseLayers(network).reduce((sum, { outputs }) => sum + network.examples * outputs, 0);
  return 8 * (2 * theta.length + inputs.length + network.examples + activations);
}

/** The job as a client would send it: a document, and its tensors in three files. */
async function uploadOf({ network, theta, claimed, inputs, labels }: NetworkCase): Promise<Upload> {
  const layers = denseLayers(network);
  const named = (values: Float64Array) =>
    Object.fromEntries(
      layers.flatMap(({ inputs: fanIn, outputs, weights, bias }, k) => [
        [`W${k + 1}`, { shape: [fanIn, outputs], values: values.subarray(weights, bias) }],
        [`b${k + 1}`, { shape: [outputs], values: values.subarray(bias, bias + outputs) }],
      ]),
    );
  const data = {
    X: { shape: [network.examples, network.sizes[0]], values: inputs },
    y: { shape: [network.examples], values: labels },
  };
  const file = (arrays: Parameters<typeof writtenFile>[1]) => writtenFile('safetensors', arrays, 1 << 17);
  return uploadForm({
    job: { model: modelOf(network) },
    parameters: await file(named(theta)),
    gradients: await file(named(claimed)),
    data: await file(data),
  });
}

function modelOf(network: Network) {
  const layers = denseLayers(network);
  return {
    format: 'layers',
    layout: 'batch-first',
    input: 'X',
    layers: layers.flatMap((_, k) => [
      { type: 'dense', weights: `W${k + 1}`, bias: `b${k + 1}` },
      ...(k < layers.length - 1 ? [{ type: 'relu' }] : []),
    ]),
    loss: { type: 'cross-entropy', target: 'y', from: 'logits' },
  };
}

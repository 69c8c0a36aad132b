import { HealthProbe } from './health-probe.ts';
import { JobClient } from './job-client.ts';
import { runSoak, type Soak } from './soak.ts';
import { SoakService } from './soak-service.ts';

// A job document of 100 MB is taken in while the service goes on answering.

const MB = 1e6;

await runSoak('intake', async (soak, { quick }) => {
  const bytes = (quick ? 20 : 100) * MB;
  const service = await SoakService.started({
    MAX_BODY_BYTES: String(200 * MB),
    MAX_TENSOR_BYTES: String(400 * MB),
  });
  try {
    await new JobClient(service.url).run(meanDocument(numbers(100), jsonTensor));
    // A number takes 19 bytes in decimal, 8 · 4/3 in base64.
    await takeIn(soak, service, 'JSON', () => meanDocument(numbers(bytes / 19), jsonTensor));
    await takeIn(soak, service, 'base64', () => meanDocument(numbers((bytes * 3) / 32), base64Tensor));
  } finally {
    await service.remove();
  }
});

async function takeIn(soak: Soak, service: SoakService, form: string, make: () => string): Promise<void> {
  const client = new JobClient(service.url);
  const body = Buffer.from(make());
  const idle = await service.metric('process_resident_memory_bytes');
  const probe = await HealthProbe.start(service.url);
  const startedAt = performance.now();
  const { status, headers, text } = await client.send('POST', '/v1/jobs', {}, body);
  const seconds = (performance.now() - startedAt) / 1000;
  const { p50, p99, worst, count, failures } = await probe.stop();

  soak.figure(`${(body.length / MB).toFixed(0)} MB of ${form}`, `accepted in ${seconds.toFixed(1)} s`);
  soak.demand('the answer', status === 202, status === 202 ? status : `${status} ${text}`);
  soak.demand('p99 of /healthz meanwhile, under 50 ms', p99 < 50, `${p99.toFixed(1)} ms`);
  soak.figure('p50, slowest', `${p50.toFixed(1)} ms, ${worst.toFixed(0)} ms of ${count} answers`);
  soak.demand('requests of /healthz not answered 200', failures === 0, failures);
  if (status !== 202) return;
  const job = await client.untilEnded(String(headers.location).replace('/v1/jobs/', ''));
  const report: { verdict?: string } = JSON.parse(await client.report(job.id));
  soak.demand('the job ends with the right verdict', report.verdict === 'pass', report.verdict ?? job.status);
  const resident = await service.metric('process_resident_memory_bytes');
  soak.figure(
    'resident memory before and after',
    `${(idle / MB).toFixed(0)} MB, ${(resident / MB).toFixed(0)} MB`,
  );
}

/** J = Σ (x − μ)² / n with its right gradient, 2 (μ − mean of x). */
function meanDocument(x: Float64Array, tensor: (values: Float64Array) => string): string {
  const mu = 0.25;
  const gradient = 2 * (mu - x.reduce((sum, value) => sum + value, 0) / x.length);
  const rest = {
    model: { format: 'expression', cost: 'mean((x - mu)**2)' },
    parameters: { mu },
    gradients: { mu: gradient },
  };
  return `${JSON.stringify(rest).slice(0, -1)},"data":{"x":${tensor(x)}}}`;
}

/** Numbers of 16 digits, as programs print them. */
function numbers(count: number): Float64Array {
  return Float64Array.from({ length: Math.floor(count) }, (_, i) => 0.5 + 0.4 * Math.sin(i + 1));
}

function jsonTensor(values: Float64Array): string {
  return `[${values.join(',')}]`;
}

function base64Tensor(values: Float64Array): string {
  const base64 = Buffer.from(values.buffer).toString('base64');
  return `{"shape":[${values.length}],"dtype":"float64","base64":"${base64}"}`;
}

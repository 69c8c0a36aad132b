import { writtenFile } from '../fixtures/written-files.ts';
import { uploadForm } from '../http/upload-form.ts';
import { HealthProbe } from './health-probe.ts';
import { JobClient } from './job-client.ts';
import { runSoak, type Soak } from './soak.ts';
import { SoakService } from './soak-service.ts';

// A job whose files hold 200 MB of tensors is taken in while the service goes on answering.

const MB = 1e6;

await runSoak('upload', async (soak, { quick }) => {
  const count = ((quick ? 100 : 200) * MB) / 8;
  for (const form of ['safetensors', 'npz'] as const) {
    const service = await SoakService.started();
    try {
      await send(service, await bodyOf(form, 100));
      await takeIn(soak, service, form, await bodyOf(form, count));
    } finally {
      await service.remove();
    }
  }
});

type Body = Awaited<ReturnType<typeof bodyOf>>;

async function takeIn(soak: Soak, service: SoakService, form: string, upload: Body): Promise<void> {
  const idle = await service.metric('process_resident_memory_bytes');
  const probe = await HealthProbe.start(service.url);
  const startedAt = performance.now();
  const { status, headers, text } = await send(service, upload);
  const seconds = (performance.now() - startedAt) / 1000;
  const accepted = service.peakMemory() - idle;
  const { p50, p99, worst, count, failures } = await probe.stop();

  soak.figure(`${(upload.body.length / MB).toFixed(0)} MB of ${form}`, `accepted in ${seconds.toFixed(1)} s`);
  soak.demand('the answer', status === 202, status === 202 ? status : `${status} ${text}`);
  soak.demand('p99 of /healthz meanwhile, under 50 ms', p99 < 50, `${p99.toFixed(1)} ms`);
  soak.figure('p50, slowest', `${p50.toFixed(1)} ms, ${worst.toFixed(0)} ms of ${count} answers`);
  soak.demand('requests of /healthz not answered 200', failures === 0, failures);
  const times = accepted / upload.body.length;
  soak.demand('memory beyond the idle, at most 3 times the tensors', times <= 3, times.toFixed(2));
  if (status !== 202) return;
  const client = new JobClient(service.url);
  const { id } = await client.untilEnded(String(headers.location).replace('/v1/jobs/', ''));
  const report: { verdict?: string } = JSON.parse(await client.report(id));
  soak.demand('the job ends with the right verdict', report.verdict === 'pass', report.verdict ?? 'none');
  const whole = (service.peakMemory() - idle) / upload.body.length;
  soak.figure('memory beyond the idle until its end', `${whole.toFixed(2)} times the tensors`);
}

function send(service: SoakService, { body, headers }: Body) {
  return new JobClient(service.url).send('POST', '/v1/jobs', headers, body);
}

/**
 * J = μ · (mean x + mean w), with its right gradient, in `count` float64s: three fifths of them x, w and dw the
 * others. Only μ is checked: of so many terms, a single one moves J by less than its rounding.
 */
async function bodyOf(form: 'safetensors' | 'npz', count: number) {
  const x = new Float64Array((count * 3) / 5).fill(0.5);
  const w = new Float64Array(count / 5).fill(0.25);
  const mu = 2;
  const file = (name: string, values: Float64Array) =>
    writtenFile(form, { [name]: { shape: [values.length], values } }, 1 << 17);
  return uploadForm({
    job: {
      model: { format: 'expression', cost: 'mu * (mean(x) + mean(w))' },
      parameters: { mu },
      gradients: { mu: 0.75 },
      check: { components: { parameters: ['mu'] } },
    },
    parameters: await file('w', w),
    gradients: await file('w', new Float64Array(w.length).fill(mu / w.length)),
    data: await file('x', x),
  });
}

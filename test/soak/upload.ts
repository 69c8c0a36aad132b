import { gzipSync } from 'node:zlib';
import { writtenFile } from '../fixtures/written-files.ts';
import { uploadForm } from '../http/upload-form.ts';
import { HealthProbe } from './health-probe.ts';
import { JobClient } from './job-client.ts';
import { runSoak, type Soak } from './soak.ts';
import { SoakService } from './soak-service.ts';

// A job whose files hold 200 MB of tensors is taken in while the service goes on answering.

const MB = 1e6;

const forms: readonly Form[] = [
  { title: 'safetensors', format: 'safetensors', encoding: undefined },
  { title: 'npz', format: 'npz', encoding: undefined },
  { title: 'safetensors, gzip-encoded', format: 'safetensors', encoding: 'gzip' },
];

await runSoak('upload', async (soak, { quick }) => {
  const count = ((quick ? 100 : 200) * MB) / 8;
  for (const form of forms) {
    const service = await SoakService.started();
    try {
      await send(service, await uploadOf(form, 100));
      await takeIn(soak, service, form, await uploadOf(form, count));
    } finally {
      await service.remove();
    }
  }
});

interface Form {
  readonly title: string;
  readonly format: 'safetensors' | 'npz';
  readonly encoding: 'gzip' | undefined;
}

interface Upload {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** What the tensors take, before any encoding. */
  readonly bytes: number;
}

async function takeIn(soak: Soak, service: SoakService, form: Form, upload: Upload): Promise<void> {
  const idle = await service.metric('process_resident_memory_bytes');
  const probe = await HealthProbe.start(service.url);
  const startedAt = performance.now();
  const { status, headers, text } = await send(service, upload);
  const seconds = (performance.now() - startedAt) / 1000;
  const timesTensors = () => ((service.peakMemory() - idle) / upload.bytes).toFixed(2);
  const accepted = timesTensors();
  const { p50, p99, worst, count, failures } = await probe.stop();

  soak.figure(`${(upload.bytes / MB).toFixed(0)} MB of ${form.title}`, `accepted in ${seconds.toFixed(1)} s`);
  soak.demand('the answer', status === 202, status === 202 ? status : `${status} ${text}`);
  soak.demand('p99 of /healthz meanwhile, under 50 ms', p99 < 50, `${p99.toFixed(1)} ms`);
  soak.figure('p50, slowest', `${p50.toFixed(1)} ms, ${worst.toFixed(0)} ms of ${count} answers`);
  soak.demand('requests of /healthz not answered 200', failures === 0, failures);
  soak.figure('memory beyond the idle until it is accepted', `${accepted} times the tensors`);
  if (status !== 202) return;
  const client = new JobClient(service.url);
  const { id } = await client.untilEnded(String(headers.location).replace('/v1/jobs/', ''));
  const report: { verdict?: string } = JSON.parse(await client.report(id));
  soak.demand('the job ends with the right verdict', report.verdict === 'pass', report.verdict ?? 'none');
  const whole = timesTensors();
  soak.demand('memory beyond the idle until its end, at most 3 times the tensors', Number(whole) <= 3, whole);
}

function send(service: SoakService, { body, headers }: Upload) {
  return new JobClient(service.url).send('POST', '/v1/jobs', headers, body);
}

/**
 * J = μ · (mean x + mean w), with its right gradient, in `count` float64s: three fifths of them x, w and dw the
 * others. Only μ is checked: of so many terms, a single one moves J by less than its rounding.
 */
async function uploadOf({ format, encoding }: Form, count: number): Promise<Upload> {
  const x = new Float64Array((count * 3) / 5).fill(0.5);
  const w = new Float64Array(count / 5).fill(0.25);
  const mu = 2;
  const file = (name: string, values: Float64Array) =>
    writtenFile(format, { [name]: { shape: [values.length], values } }, 1 << 17);
  const { body, headers } = await uploadForm({
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
  const bytes = body.byteLength;
  if (encoding === undefined) return { body, headers, bytes };
  return { body: gzipSync(body), headers: { ...headers, 'content-encoding': encoding }, bytes };
}

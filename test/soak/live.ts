import { setTimeout as sleep } from 'node:timers/promises';
import { EventFollower, SeenEvents, streamAgent } from './event-follower.ts';
import { HealthProbe } from './health-probe.ts';
import { JobClient } from './job-client.ts';
import { exampleDocument, networkDocument } from './job-documents.ts';
import { runSoak } from './soak.ts';
import { SoakService } from './soak-service.ts';

// An MLP of 82,954 components while it is checked: what the stream and the polled job say, how fast the service
// answers meanwhile, and what a cancellation does.

const POLL_MS = 200;

await runSoak('live', async (soak, { quick }) => {
  const service = await SoakService.started();
  try {
    const client = new JobClient(service.url);
    const tiny = JSON.stringify(exampleDocument('three-layer-correct-layers'));
    await client.run(tiny);
    const { id } = await client.submit(
      JSON.stringify(networkDocument([256, 192, 128, 64, 10], 128, 1)),
      'long',
    );
    const heard: number[] = [];
    const seen = new SeenEvents();
    const url = `${service.url}/v1/jobs/${id}/events`;
    const onProgress = (completed: number) => heard.push(completed);
    const stream = new EventFollower(url, { agent: streamAgent(), seen, onProgress }).follow();

    const probe = await HealthProbe.start(service.url);
    const polled: number[] = [];
    let behind = 0;
    for (let polls = 0; polls < (quick ? 10 : 40); polls++) {
      await sleep(POLL_MS);
      const least = heard.at(-1) ?? 0;
      const { completed } = (await client.job(id)).progress;
      if (completed < least) behind++;
      polled.push(completed);
    }
    // The stream may be a tenth of a second behind.
    await sleep(500);
    const ahead = (polled.at(-1) ?? 0) > (heard.at(-1) ?? 0);
    const { p50, p99, worst, count, failures } = await probe.stop();

    soak.figure('components', (await client.job(id)).progress.total);
    soak.demand(
      'progress on the stream grows',
      grows(heard) && heard.length > polled.length,
      `${heard.length} events`,
    );
    soak.demand('progress as polled grows', grows(polled), `${polled[0]} … ${polled.at(-1)}`);
    soak.demand('polls that disagree with the stream', behind === 0 && !ahead, behind + Number(ahead));
    soak.demand('p99 of /healthz meanwhile, under 50 ms', p99 < 50, `${p99.toFixed(1)} ms`);
    soak.figure('p50, slowest', `${p50.toFixed(1)} ms, ${worst.toFixed(0)} ms of ${count} answers`);
    soak.demand('requests of /healthz not answered 200', failures === 0, failures);

    const cancelledAt = performance.now();
    const { status } = await client.send('POST', `/v1/jobs/${id}/cancel`);
    await stream;
    const cancelMs = performance.now() - cancelledAt;
    const job = await client.job(id);
    soak.demand('cancelled within 1 s', status === 202 && cancelMs < 1000, `${cancelMs.toFixed(0)} ms`);
    soak.demand('the job then', job.status === 'cancelled' && seen.areWhole, job.status);
    const running = await service.metric('gradcheck_shards_running');
    soak.demand('shards that run then', running === 0, running);
    const startedAt = performance.now();
    await client.run(tiny);
    const tinyMs = performance.now() - startedAt;
    soak.demand('a small job right after, under 100 ms', tinyMs < 100, `${tinyMs.toFixed(0)} ms`);
  } finally {
    await service.remove();
  }
});

/** Never falls, and rises in all. */
function grows(values: readonly number[]): boolean {
  return values.every((value, i) => value >= (values[i - 1] ?? 0)) && (values.at(-1) ?? 0) > (values[0] ?? 0);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { percentile, sendLoad } from '../../bench/http/load.ts';
import { median } from '../../bench/median.ts';
import { JobClient } from './job-client.ts';
import { exampleDocument } from './job-documents.ts';
import { runSoak, type Soak } from './soak.ts';
import { SoakService } from './soak-service.ts';

// The published case of 47 components with `Prefer: wait`: how many a second, how fast one is answered, and what ten
// times more clients than the service admits are told.

const body = JSON.stringify(exampleDocument('three-layer-correct-layers'));
const headers = { 'content-type': 'application/json', prefer: 'wait=10' };
const ADMITTED = 16;
const OVERLOAD = 10;

await runSoak('load', async (soak, { quick }) => {
  await throughput(soak, quick ? 2 : 8, quick ? 1 : 3);
  await overload(soak, 429, { MAX_CLIENT_JOBS: String(ADMITTED) }, quick ? 2 : 5);
  await overload(soak, 503, { MAX_QUEUED_JOBS: String(ADMITTED) }, quick ? 2 : 5);
});

async function throughput(soak: Soak, seconds: number, rounds: number): Promise<void> {
  const service = await SoakService.started();
  try {
    const load = { url: `${service.url}/v1/jobs`, headers, body };
    for (const connections of [1, 16]) await sendLoad(load, connections, 3);
    const rates: number[] = [];
    const medians: number[] = [];
    let unserved = 0;
    for (let round = 0; round < rounds; round++) {
      const single = await sendLoad(load, 1, seconds);
      const many = await sendLoad(load, 16, seconds);
      for (const { latencies, errors } of [single, many]) {
        unserved += errors;
        for (const [status, answers] of latencies) if (status !== 200) unserved += answers.length;
      }
      medians.push(percentile(single.latencies.get(200) ?? new Float64Array(), 0.5));
      rates.push((many.latencies.get(200)?.length ?? 0) / many.seconds);
    }
    const rate = median(rates);
    const p50 = median(medians);
    soak.demand('jobs a second over 16 connections, at least 500', rate >= 500, rate.toFixed(0));
    soak.demand('p50 over one connection, under 5 ms', p50 < 5, `${p50.toFixed(2)} ms`);
    soak.demand('requests not served', unserved === 0, unserved);
  } finally {
    await service.remove();
  }
}

async function overload(
  soak: Soak,
  refusal: number,
  limit: Readonly<Record<string, string>>,
  seconds: number,
): Promise<void> {
  const service = await SoakService.started(limit);
  try {
    const client = new JobClient(service.url);
    await client.run(body);
    const tally = { served: 0, refused: 0, honest: 0, other: 0 };
    const until = performance.now() + 1000 * seconds;
    await Promise.all(
      Array.from({ length: OVERLOAD * ADMITTED }, () => insist(client, refusal, until, tally)),
    );
    const startedAt = performance.now();
    const { status } = await client.send('POST', '/v1/jobs', headers, body);
    const recovery = performance.now() - startedAt;

    const name = `${OVERLOAD * ADMITTED} clients, ${Object.entries(limit).flat().join('=')}`;
    soak.figure(name, `${tally.served} served, ${tally.refused} refused in ${seconds} s`);
    soak.demand(
      `some are served, some answered ${refusal}`,
      tally.served > 0 && tally.refused > 0,
      'see above',
    );
    soak.demand('refusals without Retry-After', tally.honest === tally.refused, tally.refused - tally.honest);
    soak.demand('other answers, or none', tally.other === 0, tally.other);
    soak.demand(
      'a request right after, under 100 ms',
      status === 200 && recovery < 100,
      `${status} in ${recovery.toFixed(1)} ms`,
    );
  } finally {
    await service.remove();
  }
}

/** One client who, when refused, asks again at once. */
async function insist(
  client: JobClient,
  refusal: number,
  until: number,
  tally: { served: number; refused: number; honest: number; other: number },
): Promise<void> {
  while (performance.now() < until) {
    const answer = await client.send('POST', '/v1/jobs', headers, body).catch(() => undefined);
    if (answer?.status === 200) tally.served++;
    else if (answer?.status === refusal) {
      tally.refused++;
      if (Number(answer.headers['retry-after']) >= 1) tally.honest++;
    } else tally.other++;
    await sleep(1);
  }
}

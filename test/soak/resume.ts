import { setTimeout as sleep } from 'node:timers/promises';
import { JobClient } from './job-client.ts';
import { networkDocument } from './job-documents.ts';
import { runSoak } from './soak.ts';
import { SoakService } from './soak-service.ts';
import { countStoredShards } from './stored-shards.ts';

// One long job whose process is killed several times: each process must go on from the shards that are stored.

const COUNTER = 'gradcheck_shards_run_total';
/** How long each process lives after it is ready. */
const LIFE_MS = 1_000;
/** Shards that a kill may cost: those that run on the threads, and those whose results are on their way to the disk. */
const LOST_PER_KILL = 8;

await runSoak('resume', async (soak, { quick }) => {
  const kills = quick ? 2 : 4;
  const document = JSON.stringify(networkDocument([192, 160, 96, 48, 10], 64, 1));
  const undisturbed = await runUndisturbed(document);
  soak.figure('shards of the job', undisturbed.shards);
  soak.figure('undisturbed', `${(undisturbed.durationMs / 1000).toFixed(1)} s`);

  const service = await SoakService.started({ THREADS: '2' });
  try {
    const client = new JobClient(service.url);
    const { id } = await client.submit(document, 'resumed');
    const stored: number[] = [];
    const run: number[] = [];
    for (let kill = 0; kill < kills; kill++) {
      await sleep(LIFE_MS);
      run.push(await service.metric(COUNTER));
      await service.kill();
      stored.push(countStoredShards(service.dataDir));
      service.start();
      await service.ready();
    }
    const { status } = await client.untilEnded(id);
    const last = await service.metric(COUNTER);
    const before = stored.at(-1) ?? 0;
    soak.figure('results stored when killed', stored.join(', '));
    soak.demand('the job', status === 'succeeded', status);
    const grown = stored.every((count, i) => count > (stored[i - 1] ?? 0));
    soak.demand(
      'every process added to what is stored',
      grown && before < undisturbed.shards,
      grown ? 'yes' : 'no',
    );
    soak.demand(
      'shards run by the last process: those not stored, and no other',
      last === undisturbed.shards - before,
      `${last} of ${undisturbed.shards}`,
    );
    const total = run.reduce((sum, count) => sum + count, last);
    const most = undisturbed.shards + kills * LOST_PER_KILL;
    soak.demand(`shards run by all ${kills + 1} processes, at most ${most}`, total <= most, total);
    const equal = (await client.report(id)) === undisturbed.report;
    soak.demand('the report equals the undisturbed one, to the byte', equal, equal ? 'yes' : 'no');
  } finally {
    await service.remove();
  }
});

async function runUndisturbed(document: string) {
  const service = await SoakService.started({ THREADS: '2' });
  try {
    const client = new JobClient(service.url);
    const id = await client.run(document);
    return {
      shards: await service.metric(COUNTER),
      report: await client.report(id),
      durationMs: await client.durationMs(id),
    };
  } finally {
    await service.remove();
  }
}

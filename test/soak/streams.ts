import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../../bench/median.ts';
import { EventFollower, SeenEvents, streamAgent } from './event-follower.ts';
import { JobClient } from './job-client.ts';
import { manyParametersDocument, networkDocument } from './job-documents.ts';
import { seededRandom } from './seeded-random.ts';
import { runSoak, type Soak } from './soak.ts';
import { SoakService } from './soak-service.ts';

// Many readers of one job's events, many of whom come and go, must hear every stored event once; readers who stop
// reading must not slow the check.

const STALLED = 20;
/** Of readers who come and go: how long they stay, at most. */
const LONGEST_STAY_MS = 4_000;
/** A reader that has no room is dropped after 30 s, looked at every 5 s. */
const DROP_MS = 45_000;

await runSoak('streams', async (soak, { quick, seed }) => {
  const service = await SoakService.started();
  try {
    await manyReaders(soak, service, quick ? 100 : 1000, seededRandom(seed), quick);
    const stalled = await stalledReaders(soak, service, quick ? 1 : 5);
    if (!quick) await dropped(soak, service);
    for (const socket of stalled) socket.destroy();
  } finally {
    await service.remove();
  }
});

/** A job with 81 stored events that come while it runs, and readers of whom a third reconnect at random. */
async function manyReaders(
  soak: Soak,
  service: SoakService,
  count: number,
  random: () => number,
  quick: boolean,
): Promise<void> {
  const client = new JobClient(service.url);
  const widths = Array.from({ length: 41 }, () => (quick ? 12 : 24));
  const { id } = await client.submit(JSON.stringify(networkDocument(widths, 64, 1)), 'read-by-many');
  const url = `${service.url}/v1/jobs/${id}/events`;
  const agent = streamAgent();
  const seen = new SeenEvents();
  const followers = Array.from({ length: count }, (_, i) => {
    const stayMs = () => (i % 3 === 0 ? LONGEST_STAY_MS * random() : undefined);
    return new EventFollower(url, { agent, seen, stayMs });
  });
  const startedAt = performance.now();
  await Promise.all(followers.map((follower) => follower.follow()));
  const fresh = new EventFollower(url, { agent, seen });
  await fresh.follow();

  const connections = followers.reduce((sum, follower) => sum + follower.connections, 0);
  soak.figure(
    `${count} readers`,
    `${seen.count} stored events in ${((performance.now() - startedAt) / 1000).toFixed(0)} s, ${connections} connections`,
  );
  soak.demand('readers came back', connections > count + count / 3, connections - count);
  soak.demand(
    'events are 1 … n with one terminal event',
    seen.areWhole && fresh.hasHeardAll(seen.count),
    seen.count,
  );
  const complete = followers.filter((follower) => follower.hasHeardAll(seen.count)).length;
  soak.demand('readers that heard every event once', complete === count, `${complete} of ${count}`);
  soak.demand('events that two readers saw differently', seen.contradictions === 0, seen.contradictions);
}

/** The same job with and without readers who never read. @returns those of the last run, still connected */
async function stalledReaders(soak: Soak, service: SoakService, pairs: number): Promise<readonly Socket[]> {
  const document = JSON.stringify(manyParametersDocument(235));
  let stalled: readonly Socket[] = [];
  const timed = async (readers: number) => {
    for (const socket of stalled) socket.destroy();
    const client = new JobClient(service.url);
    const { id } = await client.submit(document, `stalled-${Math.random()}`);
    stalled = await Promise.all(Array.from({ length: readers }, () => stall(service.url, id)));
    await client.untilEnded(id);
    return client.durationMs(id);
  };
  await timed(0);
  const ratios: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    // In turn, so that a machine that speeds up or slows down favours neither; the last run is one with readers.
    const [first, second] = (pairs - pair) % 2 === 1 ? [0, STALLED] : [STALLED, 0];
    const times = new Map([[first, await timed(first)]]);
    times.set(second, await timed(second));
    ratios.push((times.get(STALLED) ?? Number.NaN) / (times.get(0) ?? Number.NaN));
  }
  const slower = 100 * (median(ratios) - 1);
  soak.figure('with / without stalled readers', ratios.map((ratio) => ratio.toFixed(3)).join(', '));
  soak.demand(
    `${STALLED} stalled readers slow the check by at most 5 %`,
    slower <= 5,
    `${slower.toFixed(1)} %`,
  );
  return stalled;
}

/** Those who never read are let go in the end, which shows that they were indeed full. */
async function dropped(soak: Soak, service: SoakService): Promise<void> {
  const count = () => service.metric('gradcheck_event_readers_dropped_total');
  const until = performance.now() + DROP_MS;
  while (performance.now() < until && (await count()) < STALLED) await sleep(1000);
  const seen = await count();
  soak.demand('stalled readers that were dropped', seen >= STALLED, `${seen} of ${STALLED}`);
}

/** Asks for a job's events, and never reads what comes. */
async function stall(url: string, id: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.pause();
  socket.write(
    `GET /v1/jobs/${id}/events HTTP/1.1\r\nHost: ${hostname}\r\nAccept: text/event-stream\r\n\r\n`,
  );
  return socket;
}

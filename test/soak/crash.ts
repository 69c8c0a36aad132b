import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../../bench/http/load.ts';
import { EventFollower, SeenEvents, streamAgent } from './event-follower.ts';
import { hasEnded, JobClient } from './job-client.ts';
import { type Document, exampleDocuments, networkDocument } from './job-documents.ts';
import { seededRandom } from './seeded-random.ts';
import { runSoak, type Soak, type SoakOptions } from './soak.ts';
import { SoakService } from './soak-service.ts';

// The service is killed again and again while clients submit jobs and follow some of them. In the end every job must
// have been answered exactly once, as if nothing had happened.

/** Most processes are killed at a random moment of so many ms after they have begun to serve. */
const LONGEST_LIFE_MS = 1_500;
/** The others are killed at a random moment of so many ms from their start. */
const STARTING_SHARE = 0.2;
const LONGEST_START_MS = 1_000;

/** A job that a client wants, with the key that it repeats. */
interface Wish {
  readonly key: string;
  readonly document: Document;
  /** Follows the job's events through all the crashes. */
  readonly followed: boolean;
}

interface Accepted extends Wish {
  readonly id: string;
  readonly attempts: number;
  readonly follower?: {
    readonly events: EventFollower;
    readonly seen: SeenEvents;
    readonly over: Promise<void>;
  };
}

await runSoak('crash', async (soak, { quick, seed }: SoakOptions) => {
  const kills = quick ? 10 : 100;
  const wishes = makeWishes(quick ? 40 : 300);
  const expected = await undisturbedReports(wishes);
  soak.figure('jobs', `${wishes.length} of ${expected.size} documents`);

  const service = await SoakService.create();
  try {
    const accepted = await underKills(soak, service, wishes, kills, seededRandom(seed));
    await judge(soak, new JobClient(service.url), accepted, expected);
  } finally {
    await service.remove();
  }
});

/** Mostly small jobs, one in ten of a fraction of a second of work, one in twenty-five of seven or more. */
function makeWishes(count: number): Wish[] {
  const small = [
    ...exampleDocuments(),
    ...Array.from({ length: 9 }, (_, i) => networkDocument([4 + i, 8, 3], 5, i)),
  ];
  const medium = [1, 2, 3].map((each) => networkDocument([96, 64, 10], 64, each));
  const long = [4, 5].map((each) => networkDocument([160, 128, 96, 10], 128, each));
  const pick = (documents: readonly Document[], i: number) => documents[Math.floor(i) % documents.length];
  return Array.from({ length: count }, (_, i) => {
    const followed = i % 10 === 1 || i % 25 === 1;
    const document = i % 25 === 1 ? pick(long, i / 25) : followed ? pick(medium, i / 10) : pick(small, i);
    return { key: `wish-${i}`, document, followed };
  });
}

/** The report of every document, from a service that nothing happens to. */
async function undisturbedReports(wishes: readonly Wish[]): Promise<ReadonlyMap<Document, string>> {
  const service = await SoakService.started();
  try {
    const client = new JobClient(service.url);
    const reports = new Map<Document, string>();
    for (const document of new Set(wishes.map((wish) => wish.document))) {
      reports.set(document, await client.report(await client.run(JSON.stringify(document))));
    }
    return reports;
  } finally {
    await service.remove();
  }
}

/** @returns every job once it has ended. The service runs then. */
async function underKills(
  soak: Soak,
  service: SoakService,
  wishes: readonly Wish[],
  kills: number,
  random: () => number,
): Promise<Accepted[]> {
  const client = new JobClient(service.url);
  const submissions: Promise<Accepted>[] = [];
  const startTimes: number[] = [];
  const upTo = (kill: number) => Math.ceil((wishes.length * kill) / kills);
  for (let kill = 1; kill <= kills; kill++) {
    const starting = random() < STARTING_SHARE;
    const life = random() * (starting ? LONGEST_START_MS : LONGEST_LIFE_MS);
    service.start();
    for (const wish of wishes.slice(upTo(kill - 1), upTo(kill))) {
      submissions.push(submitAfter(service.url, client, wish, life * random()));
    }
    if (!starting) startTimes.push(await timeOf(service.ready()));
    await sleep(life);
    await service.kill();
  }
  const takenUp = service.log.match(/"msg":"a job is taken up again"/g)?.length ?? 0;
  service.start();
  startTimes.push(await timeOf(service.ready()));
  const accepted = await Promise.all(submissions);
  for (const { id } of accepted) await client.untilEnded(id);
  await Promise.all(accepted.map(({ follower }) => follower?.over));

  const sorted = Float64Array.from(startTimes).sort();
  soak.figure('kills', `${kills}, ${kills + 1 - startTimes.length} of them within a second of the start`);
  soak.demand('jobs taken up again after a kill, one in two kills or more', takenUp >= kills / 2, takenUp);
  soak.figure('submissions sent more than once', accepted.filter(({ attempts }) => attempts > 1).length);
  soak.figure(
    'from start to ready',
    `p50 ${percentile(sorted, 0.5).toFixed(0)} ms, longest ${sorted.at(-1)?.toFixed(0)} ms`,
  );
  return accepted;
}

/** @returns milliseconds */
async function timeOf(waiting: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await waiting;
  return performance.now() - startedAt;
}

async function submitAfter(url: string, client: JobClient, wish: Wish, ms: number): Promise<Accepted> {
  await sleep(ms);
  const { id, attempts } = await client.submit(documentOf(wish), wish.key);
  if (!wish.followed) return { ...wish, id, attempts };
  const seen = new SeenEvents();
  const events = new EventFollower(`${url}/v1/jobs/${id}/events`, { agent: streamAgent(), seen });
  return { ...wish, id, attempts, follower: { events, seen, over: events.follow() } };
}

async function judge(
  soak: Soak,
  client: JobClient,
  accepted: readonly Accepted[],
  expected: ReadonlyMap<Document, string>,
): Promise<void> {
  const jobs = await client.jobs();
  const byKey = new Map<string | undefined, string[]>();
  for (const { id, labels } of jobs) byKey.set(labels.key, [...(byKey.get(labels.key) ?? []), id]);
  const own = accepted.filter(({ key, id }) => byKey.get(key)?.includes(id)).length;
  soak.demand('accepted jobs that are there', own === accepted.length, `${own} of ${accepted.length}`);
  const doubled = jobs.length - byKey.size;
  soak.demand('keys with a second job', doubled === 0, doubled);
  const ended = jobs.filter(hasEnded).length;
  soak.demand('jobs that have ended', ended === jobs.length, `${ended} of ${jobs.length}`);

  let equal = 0;
  let whole = 0;
  let repeated = 0;
  for (const wish of accepted) {
    if ((await client.report(wish.id)) === expected.get(wish.document)) equal++;
    const seen = wish.follower?.seen ?? new SeenEvents();
    const reader = new EventFollower(eventsOf(client, wish.id), { agent: streamAgent(), seen });
    await reader.follow();
    if (seen.areWhole && reader.hasHeardAll(seen.count) && seen.contradictions === 0) whole++;
    if ((await client.submit(documentOf(wish), wish.key)).id === wish.id) repeated++;
  }
  const all = accepted.length;
  soak.demand('reports equal to undisturbed ones, to the byte', equal === all, `${equal} of ${all}`);
  soak.demand('jobs with events 1 … n and one terminal event', whole === all, `${whole} of ${all}`);
  soak.demand('keys that give the same job afterwards', repeated === all, `${repeated} of ${all}`);

  const followers = accepted.flatMap(({ follower }) => follower ?? []);
  const complete = followers.filter(({ events, seen }) => events.hasHeardAll(seen.count)).length;
  const connections = followers.reduce((sum, { events }) => sum + events.connections, 0);
  soak.demand(
    'readers through the crashes that heard every event once',
    complete === followers.length,
    `${complete} of ${followers.length}, over ${connections} connections`,
  );
}

function eventsOf(client: JobClient, id: string): string {
  return `${client.url}/v1/jobs/${id}/events`;
}

function documentOf({ document, key }: Wish): string {
  return JSON.stringify({ ...document, labels: { key } });
}

/** One timed run over a network. */
export interface Timing {
  /** Components that were really moved, or covered. */
  readonly components: number;
  readonly seconds: number;
  /** Seconds for every component of θ: measured where all were moved, else extrapolated. */
  readonly wholeSeconds: number;
  /** What the run found: a verdict, or a peer's answer. */
  readonly found: string;
}

/** Something that checks one network's gradient on so many threads. */
export interface Contender {
  readonly name: string;
  readonly threads: number;
  run(): Promise<Timing>;
}

/** Runs that take less are done five times, those under half a minute three times, longer ones once. */
const SHORT_SECONDS = 5;
const MIDDLING_SECONDS = 30;

/**
 * Runs contenders in turns, so that whatever else the machine does hits all of them alike: `timings[i]` of two
 * contenders lie side by side in time.
 * @param mostRounds 1 for a quick look
 */
export async function takeTurns(
  contenders: readonly Contender[],
  mostRounds: number,
): Promise<ReadonlyMap<Contender, readonly Timing[]>> {
  const timings = new Map<Contender, Timing[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < mostRounds; round++) {
    // There and back, so that no contender always follows the same one.
    const order = round % 2 === 0 ? contenders : [...contenders].reverse();
    for (const contender of order) {
      const own = timings.get(contender);
      if (own === undefined || (round > 0 && round >= roundsFor(own[0]))) continue;
      const timing = await contender.run();
      own.push(timing);
      tell(contender, timing);
    }
  }
  return timings;
}

function roundsFor({ seconds }: Timing): number {
  if (seconds < SHORT_SECONDS) return 5;
  return seconds < MIDDLING_SECONDS ? 3 : 1;
}

function tell({ name, threads }: Contender, { components, seconds, found }: Timing): void {
  const on = threads === 1 ? '1 thread' : `${threads} threads`;
  console.error(`  ${name}, ${on}: ${components} components in ${seconds.toFixed(3)} s: ${found}`);
}

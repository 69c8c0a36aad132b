import { beforeAll, describe, expect, it } from 'vitest';
import { bugSite } from './bug-site.ts';
import { outcomeTables, undecidedShare } from './outcome-tables.ts';
import { type BugOutcome, bugOutcome, type RightOutcome, rightOutcome } from './outcomes.ts';
import { plantedBugs } from './planted-bugs.ts';
import { rightVariants } from './right-variants.ts';

/** Seed n makes network n: any case can be made again from its number. `SEEDS=1000..1999` takes others. */
const USUAL = '0..511';
const range = process.env.SEEDS ?? USUAL;
const [first, last] = range.split('..').map(Number);

/** Every network has one in so many of the bugs. */
const BUG_STRIDE = 5;

describe(`networks ${range}`, () => {
  const right: RightOutcome[] = [];
  const bugs: BugOutcome[] = [];

  beforeAll(async () => {
    for (let seed = first; seed <= last; seed++) {
      const site = bugSite(seed);
      for (const variant of rightVariants) {
        const outcome = await rightOutcome(variant, site);
        if (outcome !== undefined) right.push(outcome);
      }
      for (const [number, bug] of plantedBugs.entries()) {
        if ((seed + number) % BUG_STRIDE !== 0) continue;
        const outcome = await bugOutcome(bug, site);
        if (outcome !== undefined) bugs.push(outcome);
      }
    }
  }, 3_600_000);

  it.each(rightVariants)('never call a right gradient wrong: $name', ({ name }) => {
    const own = right.filter(({ variant }) => variant === name);
    const failed = own.filter(({ hasFailed }) => hasFailed);
    expect(failed.map(({ reproduction }) => reproduction)).toEqual([]);
  });

  it.each(rightVariants)('leave one component in a hundred undecided at most: $name', ({ name }) => {
    expect(undecidedShare(right.filter(({ variant }) => variant === name))).toBeLessThanOrEqual(0.01);
  });

  it('never pass a bug that moves a component by more than is said to be detectable', () => {
    const passed = bugs.filter(({ verdict }) => verdict === 'pass');
    expect(passed.map(({ reproduction }) => reproduction)).toEqual([]);
  });

  it.each(plantedBugs)('fail with the right cause first in nine of ten: $name', ({ name }) => {
    const own = bugs.filter(({ bug }) => bug === name);
    const named = own.filter(({ isNamed }) => isNamed);
    expect(named.length).toBeGreaterThanOrEqual(0.9 * own.length);
  });

  it.runIf(range === USUAL)('give the tables of the docs', async () => {
    await expect(outcomeTables(right, bugs)).toMatchFileSnapshot('../../docs/verdict-table.md');
  });
});

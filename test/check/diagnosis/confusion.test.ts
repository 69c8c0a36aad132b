import { describe, expect, it } from 'vitest';
import { plantedBugs } from './planted-bugs.ts';
import { diagnoseClaim, randomSite } from './random-sites.ts';

const SEEDS = 20;
const sites = Array.from({ length: SEEDS }, (_, i) => randomSite(i + 1));

describe('of every kind of bug in random networks', () => {
  it.each(plantedBugs)('$name is named first, as a fact, and no other cause', ({ plant, isFound }) => {
    const missed = sites.flatMap((site, i) => {
      const claimed = site.right.slice();
      plant(claimed, site);
      const failing = [...diagnoseClaim(site, claimed).parameters];
      const isRight = failing.every(
        ([, [first]]) => first?.certainty === 'fact' && isFound(first.cause, site),
      );
      return failing.length > 0 && isRight ? [] : [{ seed: i + 1, failing }];
    });
    expect(missed.length, JSON.stringify(missed[0])).toBeLessThanOrEqual(SEEDS / 20);
  });
});

type Noise = (value: number, random: () => number) => number;

const causeless: [string, Noise][] = [
  ['other numbers altogether', (_value, random) => random() - 0.5],
  ['its square', (value) => value * value],
  ['the gradient, each component off by a share of its own', (value, random) => value * (0.5 + random())],
  ['the gradient with noise added', (value, random) => value + 0.1 * (random() - 0.5)],
  ['the gradient with noise just over the tolerance', (value, random) => value + 3e-6 * (random() - 0.5)],
  [
    'the gradient with heavy-tailed noise',
    (value, random) => value + Math.exp(8 * random() - 4) * (random() - 0.5),
  ],
];

it.each(causeless)('no fact is told of what has no one cause: %s', (_name, spoil) => {
  const facts = sites.flatMap((site) => {
    const claimed = site.right.map((value) => spoil(value, site.random));
    return [...diagnoseClaim(site, claimed).parameters.values()]
      .flat()
      .filter(({ certainty }) => certainty === 'fact');
  });
  expect(facts).toEqual([]);
});

it('nothing is said of a right gradient', () => {
  for (const site of sites) {
    expect(diagnoseClaim(site, site.right)).toEqual({ parameters: new Map() });
  }
});

it('the same numbers are told in the same way, to the last bit', () => {
  const claimed = sites[0].right.map((value) => 1.37 * value);
  const tell = () => JSON.stringify([...diagnoseClaim(sites[0], claimed).parameters]);
  expect(tell()).toBe(tell());
});

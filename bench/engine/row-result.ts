import { componentCount } from '../../src/check/check-job.ts';
import { median } from '../median.ts';
import { duration, figure, type Table } from '../table.ts';
import type { Contender, Timing } from './contender.ts';
import type { RowCase } from './row.ts';
import type { StrategyContender } from './strategy-contender.ts';

type Timings = ReadonlyMap<Contender, readonly Timing[]>;

/** What came of one row: figures by contender, and the ratios of contenders that ran side by side. */
export class RowResult {
  /** The model's name and number of examples. */
  readonly name: string;
  readonly #components: number;
  readonly #strategies: RowCase['strategies'];
  readonly #ours: readonly StrategyContender[];
  readonly #others: readonly Contender[];
  readonly #timings: Timings;

  constructor(
    { title, job, strategies }: RowCase,
    ours: readonly StrategyContender[],
    others: readonly Contender[],
    timings: Timings,
  ) {
    this.name = title;
    this.#components = componentCount(job.spec);
    this.#strategies = strategies;
    this.#ours = ours;
    this.#others = others;
    this.#timings = timings;
  }

  /** Each of our strategies against each contender, which may have as many threads. */
  get ratioRows(): string[][] {
    return this.#ours.flatMap((own) =>
      this.#rivals(own.threads).map((other) => [
        this.name,
        own.name,
        String(own.threads),
        this.#rate(own),
        other.threads === own.threads ? other.name : `${other.name} (on ${other.threads})`,
        this.#rate(other),
        `${figure(this.#timesFaster(own, other))}×`,
      ]),
    );
  }

  /** Each of our strategies on more threads against itself on one. */
  get scalingRows(): string[][] {
    return this.#ours.flatMap((own) => {
      const single = this.#ours.find(({ name, threads }) => name === own.name && threads === 1);
      if (single === undefined || own === single) return [];
      const faster = this.#timesFaster(own, single).toFixed(2);
      return [
        [this.name, own.name, String(own.threads), this.#seconds(single), this.#seconds(own), `${faster}×`],
      ];
    });
  }

  /** The work of each of our strategies by its static count, and how much of the product's rate it reaches. */
  workRows(productRate: number): string[][] {
    return this.#ours.map((own) => {
      const rate = own.flops / this.#wholeSeconds(own);
      const share = (100 * rate) / (own.threads * productRate);
      return [
        this.name,
        own.name,
        String(own.threads),
        figure(own.flops / 1e9),
        figure(rate / 1e9),
        `${figure(share)} %`,
      ];
    });
  }

  /** Everything that was timed. */
  get table(): Table {
    const total = this.#components;
    return {
      title: `${this.name}: ${total.toLocaleString('en')} components`,
      head: ['checker', 'threads', 'components/s', 'all components take', 'measured', 'found'],
      rows: [...this.#ours, ...this.#others].map((contender) => {
        const runs = this.#runs(contender);
        const [{ components, found }] = runs;
        const how =
          components === total ? 'whole' : `extrapolated from ${components.toLocaleString('en')} components`;
        return [
          contender.name,
          String(contender.threads),
          this.#rate(contender),
          this.#seconds(contender),
          runs.length === 1 ? how : `${how}, median of ${runs.length}`,
          found,
        ];
      }),
      notes: this.#strategies
        .filter((strategy) => this.#ours.every(({ name }) => name !== strategy))
        .map((strategy) => `${strategy} is left out: it would take too long.`),
    };
  }

  /**
   * Those that can use so many threads, each with so many or with fewer, whichever is faster for it: a peer that small
   * products on two threads slow down is not to be beaten by that.
   */
  #rivals(threads: number): Contender[] {
    const names = new Set(this.#others.filter((other) => other.threads === threads).map(({ name }) => name));
    return [...names].map((name) => {
      const settings = this.#others.filter((other) => other.name === name && other.threads <= threads);
      return settings.reduce((best, other) =>
        this.#wholeSeconds(other) < this.#wholeSeconds(best) ? other : best,
      );
    });
  }

  #runs(contender: Contender): readonly Timing[] {
    const runs = this.#timings.get(contender);
    if (runs === undefined || runs.length === 0) throw new Error(`${contender.name} has not run`);
    return runs;
  }

  #wholeSeconds(contender: Contender): number {
    return median(this.#runs(contender).map(({ wholeSeconds }) => wholeSeconds));
  }

  #seconds(contender: Contender): string {
    return duration(this.#wholeSeconds(contender));
  }

  #rate(contender: Contender): string {
    return figure(this.#components / this.#wholeSeconds(contender));
  }

  /** The median over the rounds in which both ran. */
  #timesFaster(a: Contender, b: Contender): number {
    const [own, other] = [this.#runs(a), this.#runs(b)];
    const rounds = Math.min(own.length, other.length);
    return median(own.slice(0, rounds).map(({ wholeSeconds }, i) => other[i].wholeSeconds / wholeSeconds));
  }
}

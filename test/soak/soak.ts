import { parseArgs } from 'node:util';
import { describeMachine } from '../../bench/machine.ts';

/** Options that every soak program takes. */
export interface SoakOptions {
  /** A fraction of the length: shows that the program works, not that the service holds. */
  readonly quick: boolean;
  /** Of every random choice. */
  readonly seed: number;
}

/** Collects what one soak program demands of the service, and says in the end whether all of it held. */
export class Soak {
  readonly #title: string;
  #demands = 0;
  #failures = 0;

  constructor(title: string) {
    this.#title = title;
  }

  /** Prints a figure that nothing is demanded of. */
  figure(name: string, value: string | number): void {
    console.log(`      ${name}: ${value}`);
  }

  /** Prints a figure with whether it is as demanded. */
  demand(name: string, holds: boolean, seen: string | number): void {
    this.#demands++;
    if (!holds) this.#failures++;
    console.log(`${holds ? 'ok   ' : 'FAIL '} ${name}: ${seen}`);
  }

  /** @returns whether every demand held; a program that demanded nothing has failed. */
  conclude(): boolean {
    const passed = this.#failures === 0 && this.#demands > 0;
    console.log(
      `${passed ? 'PASS' : 'FAIL'} ${this.#title}: ${this.#demands} demands, ${this.#failures} not met`,
    );
    return passed;
  }
}

/** Runs one soak program as a whole: reads its options, prints what it finds, and exits with 1 when a demand fails. */
export async function runSoak(
  title: string,
  program: (soak: Soak, options: SoakOptions) => Promise<void>,
): Promise<void> {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } },
  });
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed must be a whole number, not "${values.seed}"`);
  const startedAt = performance.now();
  console.log([`${title}${values.quick ? ', quick' : ''}, seed ${seed}`, ...describeMachine()].join('\n'));
  const soak = new Soak(title);
  await program(soak, { quick: values.quick, seed });
  soak.figure('took', `${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  process.exitCode = soak.conclude() ? 0 : 1;
}

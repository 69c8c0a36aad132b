import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';

/** Random bytes fetched at once: a system call for each id would cost more than the id. */
const BATCH = 512;
const BYTES_PER_ID = 8;
const COUNTER_LIMIT = 0x1000;

/**
 * Makes job ids: UUIDs of version 7 (RFC 9562 section 5.7), whose order is that of their making. The 12 bits after
 * the time count up within a millisecond (section 6.2, method 1).
 */
export class JobIds {
  readonly #clock: Clock;
  #time = 0;
  #counter = 0;
  #random = Buffer.alloc(0);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  next(): string {
    this.#advance();
    const time = this.#time.toString(16).padStart(12, '0');
    const counter = this.#counter.toString(16).padStart(3, '0');
    const random = this.#takeRandom();
    // The variant of RFC 9562 is the two bits 10.
    random[0] = (random[0] & 0x3f) | 0x80;
    const tail = random.toString('hex');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter}-${tail.slice(0, 4)}-${tail.slice(4)}`;
  }

  /** A clock that stands still or goes back, or a full counter, must not break the order. */
  #advance(): void {
    const now = this.#clock.now();
    if (now > this.#time) {
      this.#time = now;
      this.#counter = this.#takeRandom().readUInt16BE() & 0x7ff;
    } else if (++this.#counter === COUNTER_LIMIT) {
      this.#time++;
      this.#counter = 0;
    }
  }

  #takeRandom(): Buffer {
    if (this.#random.length < BYTES_PER_ID) this.#random = randomBytes(BATCH * BYTES_PER_ID);
    const taken = this.#random.subarray(0, BYTES_PER_ID);
    this.#random = this.#random.subarray(BYTES_PER_ID);
    return taken;
  }
}

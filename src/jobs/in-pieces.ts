import { setImmediate } from 'node:timers/promises';
import type { Piecewise } from '../check/piecewise.ts';

/** Does work piece by piece; between two of them the event loop is let run. */
export async function inPieces<T>(work: Piecewise<T>): Promise<T> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await setImmediate();
  }
}

/** The same as long as nothing speaks against it. @returns undefined when it was left before its end */
export async function inPiecesUnless<T>(isOver: () => boolean, work: Piecewise<T>): Promise<T | undefined> {
  for (;;) {
    if (isOver()) return undefined;
    const { done, value } = work.next();
    if (done) return value;
    await setImmediate();
  }
}

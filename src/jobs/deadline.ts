/** The longest that a timer of Node can wait. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Calls `onOver` after so many seconds, or 24 days if those are more. Does not keep the process alive.
 * @returns a function that calls it off
 */
export function startDeadline(seconds: number, onOver: () => void): () => void {
  const timer = setTimeout(onOver, Math.min(1000 * seconds, LONGEST_TIMER_MS)).unref();
  return () => clearTimeout(timer);
}

/** Smaller memories are collected soon enough with the rest of what their jobs leave. */
const NOTABLE_BYTES = 1 << 20;

/**
 * Makes this thread's garbage collector aware of a shared memory that was taken hold of or let go of. V8 does not
 * count shared memory, and so keeps gigabytes of closed jobs for want of a reason to collect. Ordinary buffers it
 * counts: one of the same size, never touched, takes no room, and has the collector run when it is time.
 */
export function feelMemory(bytes: number): void {
  if (bytes >= NOTABLE_BYTES) new ArrayBuffer(bytes);
}

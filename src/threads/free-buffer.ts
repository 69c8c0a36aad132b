import { MessageChannel } from 'node:worker_threads';

/**
 * Gives the memory of a buffer back at once: a thread may have nothing to do for long, and an idle thread collects no
 * garbage. What is sent to a port that is closed is dropped.
 */
export function freeBuffer(buffer: ArrayBuffer): void {
  if (buffer.byteLength === 0) return;
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(undefined, [buffer]);
  port1.close();
  port2.close();
}

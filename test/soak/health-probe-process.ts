import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { ProbeResult } from './health-probe.ts';

/** Requests before the measuring, which open the connections and warm up this side. */
const WARM_UP = 50;

const EVERY_MS = 10;

const [url] = process.argv.slice(2);
const dispatcher = new Agent({ connections: 16 });

await main();

async function main(): Promise<void> {
  const latencies: number[] = [];
  const open = new Set<Promise<void>>();
  let failures = 0;
  let stopped = false;
  process.once('message', () => {
    stopped = true;
  });
  for (let i = 0; i < WARM_UP; i++) await ask();
  process.send?.('started');
  // By the clock, not by the answers: a service that hangs for a second is to be seen as a hundred slow answers.
  const startedAt = performance.now();
  for (let due = startedAt; !stopped; due += EVERY_MS) {
    await sleep(Math.max(0, due - performance.now()));
    const answer = ask().then((answered) => {
      if (!answered) failures++;
      latencies.push(performance.now() - due);
    });
    open.add(answer);
    void answer.then(() => open.delete(answer));
  }
  await Promise.all(open);
  const result: ProbeResult = { latencies: Float64Array.from(latencies), failures };
  process.send?.(result);
}

async function ask(): Promise<boolean> {
  try {
    const { statusCode, body } = await request(url, { dispatcher });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}

import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCase } from './case-folder.ts';
import { networkJob } from './network-job.ts';
import { withSettings } from './row.ts';
import { strategies } from './strategy-contender.ts';
import { timedCheck } from './timed-check.ts';
import { warmExecutor } from './warm-executor.ts';

// What peak-memory.ts starts: folder, threads, strategy, components ('all' or how many).

const SETTLE_MS = 500;

const [folder, threads, strategyName, components] = process.argv.slice(2);
const strategy = strategies.find((name) => name === strategyName);
if (strategy === undefined) throw new Error(`there is no strategy ${strategyName}`);

const executor = await warmExecutor(Number(threads));
await sleep(SETTLE_MS);
const idle = process.memoryUsage.rss();
forgetPeak();
const selection = components === 'all' ? 'all' : { sample: Number(components) };
await timedCheck(executor, withSettings(networkJob(readCase(folder)), { strategy, components: selection }));
const peak = process.resourceUsage().maxRSS * 1024;
await executor.destroy();
console.log(JSON.stringify({ idle, peak }));

/** Has Linux take the peak from now on (proc(5), clear_refs); elsewhere it includes the start of the process. */
function forgetPeak(): void {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
}

import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** Load averages above this mean that others use the machine: figures are then too low and uneven. */
const QUIET_LOAD = 0.5;

/** What the figures were taken on, and when, as lines for the head of a report. */
export function describeMachine(): string[] {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const date = new Date().toISOString().slice(0, 10);
  const lines = [
    `${date}, ${processors.length} × ${processors[0].model.trim()}, ${memory} GiB, ${type()} ${release()}, Node ${process.version}`,
  ];
  const [load] = loadavg();
  if (load > QUIET_LOAD) {
    lines.push(
      `The machine was busy at the start (load average ${load.toFixed(1)}): do not quote these figures.`,
    );
  }
  return lines;
}

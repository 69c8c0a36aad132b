import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const programs = ['crash', 'resume', 'load', 'streams', 'intake', 'upload', 'live', 'large'];

const usage = `Usage: npm run soak [-- [name …] [--quick] [--seed number]]
Names: ${programs.join(', ')}; all of them, one after the other, if none is given.`;

main();

/** Runs soak programs one after the other, each in a process of its own; exits with 1 when one of them fails. */
function main(): void {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean' }, seed: { type: 'string' }, help: { type: 'boolean' } },
  });
  const unknown = positionals.find((name) => !programs.includes(name));
  if (values.help || unknown !== undefined) {
    console.log(unknown === undefined ? usage : `there is no soak program ${unknown}\n${usage}`);
    process.exitCode = unknown === undefined ? 0 : 1;
    return;
  }
  const options = [
    ...(values.quick ? ['--quick'] : []),
    ...(values.seed === undefined ? [] : ['--seed', values.seed]),
  ];
  const failed = (positionals.length > 0 ? positionals : programs).filter((name) => !passes(name, options));
  console.log(failed.length === 0 ? 'PASS' : `FAIL: ${failed.join(', ')}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

function passes(name: string, options: readonly string[]): boolean {
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', file, ...options], { stdio: 'inherit' });
  console.log();
  return status === 0;
}

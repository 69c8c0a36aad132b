import { parseArgs } from 'node:util';
import { runEngineBench } from './engine/engine-bench.ts';
import { runProfile } from './engine/profile.ts';
import { chooseRows } from './engine/rows.ts';
import { runHttpBench } from './http.ts';
import { runKernelBench } from './kernels.ts';
import { runOnnxBench } from './onnx.ts';

const usage = `Usage: npm run bench [-- [--rows 256-128-64-10,conv,lstm] [--quick] [--markdown]]
       npm run bench -- profile [--rows …] [--quick] [--markdown]
       npm run bench -- http [--quick] [--markdown]
       npm run bench -- kernels [--quick] [--markdown]
       npm run bench -- onnx [--quick] [--markdown]`;

// An ordinary exit, so that temporary folders and the service go too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
await main();

/** Dispatches to one of the benchmarks. Nothing is written but to the terminal and to temporary folders. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rows: { type: 'string' },
      quick: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { quick, markdown } = values;
  const [benchmark = 'engine'] = positionals;
  const rows = chooseRows(values.rows?.split(','));
  if (values.help) console.log(usage);
  else if (benchmark === 'engine') await runEngineBench({ rows, quick, markdown });
  else if (benchmark === 'profile') await runProfile({ rows, quick, markdown });
  else if (benchmark === 'http') await runHttpBench({ quick, markdown });
  else if (benchmark === 'kernels') await runKernelBench({ quick, markdown });
  else if (benchmark === 'onnx') await runOnnxBench({ quick, markdown });
  else throw new Error(`there is no benchmark ${benchmark}\n${usage}`);
}

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { NodeCase } from './onnx-node-case.ts';
import { readTarFiles } from './tar-files.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const archive = process.env.ONNX_NODE_CASES ?? `${root}../shared/cases/onnx-node-v1.22.0.tar.gz`;

/** Whether tests of the node cases are left out, as there are none here. Under REQUIRE_ALL=1 they fail instead. */
export const withoutNodeCases = !existsSync(archive) && process.env.REQUIRE_ALL !== '1';

/** The ONNX project's node cases, by name. */
export function readNodeCases(): NodeCase[] {
  const files = readTarFiles(archive);
  return [...files]
    .filter(([path]) => path.endsWith('/model.onnx'))
    .map(([path, model]) => {
      const folder = path.slice(0, -'/model.onnx'.length);
      const list = (kind: string) => listed((i) => files.get(`${folder}/test_data_set_0/${kind}_${i}.pb`));
      return {
        name: folder.slice(folder.lastIndexOf('/') + 1),
        model,
        inputs: list('input'),
        outputs: list('output'),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The first of a numbered list up to where there are no more. */
function listed<T>(at: (i: number) => T | undefined): T[] {
  const list: T[] = [];
  for (let next = at(0); next !== undefined; next = at(list.length)) list.push(next);
  return list;
}

import { modelRow } from './model-row.ts';
import { networkRow } from './network-row.ts';
import type { Row } from './row.ts';

/** The rows of the table. */
const rows: readonly Row[] = [
  networkRow({ sizes: [256, 128, 64, 10], examples: 32 }),
  networkRow({ sizes: [784, 512, 512, 10], examples: 64 }),
  networkRow({ sizes: [784, 2048, 2048, 2048, 10], examples: 64 }),
  modelRow('conv'),
  modelRow('lstm'),
  modelRow('transformer'),
];

/** @param names as `--rows` lists them; all rows if left out */
export function chooseRows(names: readonly string[] | undefined): readonly Row[] {
  if (names === undefined) return rows;
  return names.map((name) => {
    const found = rows.find((row) => row.name === name);
    if (found !== undefined) return found;
    throw new Error(`there is no row ${name}; the rows are ${rows.map((row) => row.name).join(', ')}`);
  });
}

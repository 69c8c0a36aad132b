import { z } from 'zod';
import type { NodeId } from '../../graph/graph.ts';
import { formatShape } from '../../tensors/tensor.ts';
import { layerKind } from './layer.ts';
import type { Site } from './site.ts';

const mostIndexFaults = 100;

/** A table of vectors, one per index. Its gradient is the sum of those of the places that picked a row. */
export const embedding = layerKind(
  'embedding',
  z
    .strictObject({
      type: z.literal('embedding'),
      weights: z.string().describe('Name of the table: [rows,features].'),
    })
    .describe(
      'The rows of the table that the input names, from 0 on: [m] gives [m,features], [m,time] gives [m,time,features]. ' +
        'The input is data.',
    ),
  (layer, input, site) => {
    if (!site.needsBatchFirst()) return undefined;
    const table = site.tensor(layer.weights, 'weights');
    const shape = site.shapeOf(table);
    if (shape === undefined || input === undefined) return undefined;
    if (shape.length !== 2) {
      site.fault(
        `${layer.weights} has shape ${formatShape(shape)}, but a table has two axes, [rows,features]`,
        'weights',
      );
      return undefined;
    }
    return indicesFit(input, shape[0], site) ? site.apply('take-rows', [table, input]) : undefined;
  },
);

/** Whether every index names a row; each that does not is a fault. */
function indicesFit(input: NodeId, rows: number, site: Site): boolean {
  const named = site.dataBehind(input);
  if (named === undefined) {
    site.fault('its input names rows of the table, so it must be data, and not what a layer gives');
    return false;
  }
  const { name, values } = named;
  const wrong = [...values.entries()].filter(
    ([, index]) => !(Number.isInteger(index) && index >= 0 && index < rows),
  );
  for (const [i, index] of wrong.slice(0, mostIndexFaults)) {
    site.fault(`entry ${i} of ${name} is ${index}, but a row is a whole number from 0 to ${rows - 1}`);
  }
  if (wrong.length > mostIndexFaults) {
    site.fault(`and ${wrong.length - mostIndexFaults} more entries of ${name} that name no row`);
  }
  return wrong.length === 0;
}

import { z } from 'zod';
import { formatShape, type Shape, sameShape } from '../../tensors/tensor.ts';
import { joiningLayerKind, type LayerKind } from './layer.ts';
import type { MaybeNode, Site } from './site.ts';

const severalInputs = { least: 2, most: Number.POSITIVE_INFINITY };

/** A layer that takes its inputs entry by entry, as NumPy broadcasts them, to the shape of the largest one. */
function entryByEntry(type: 'add' | 'multiply', formula: string): LayerKind {
  const schema = z.strictObject({ type: z.literal(type) }).describe(formula);
  return joiningLayerKind(type, schema, severalInputs, (_layer, inputs, site) => {
    const joined = inputs.reduce((sum, next) => site.apply(type, [sum, next]));
    return isShapeOfOne(joined, inputs, site) ? joined : undefined;
  });
}

/** Refuses what NumPy would allow, [m] + [m,1] for one, where the outcome is larger than every input. */
function isShapeOfOne(joined: MaybeNode, inputs: readonly MaybeNode[], site: Site): boolean {
  const shape = site.shapeOf(joined);
  if (shape === undefined) return false;
  const shapes = inputs.map((input) => site.shapeOf(input)).filter((each) => each !== undefined);
  if (shapes.some((each) => sameShape(each, shape))) return true;
  site.fault(
    `its inputs have shapes ${shapes.map(formatShape).join(' and ')}, of which none broadcasts to another`,
    'inputs',
  );
  return false;
}

const concat = joiningLayerKind(
  'concat',
  z
    .strictObject({
      type: z.literal('concat'),
      axis: z
        .int()
        .min(0)
        .optional()
        .describe('The axis along which inputs are joined, examples counted too. By default the features.'),
    })
    .describe('The inputs one behind the other, along the features unless said otherwise.'),
  severalInputs,
  ({ axis }, inputs, site) => {
    const first = inputs.find((input) => input !== undefined);
    const shape = site.shapeOf(first);
    const along = axis ?? site.featureAxis(first);
    if (shape === undefined || along === undefined) return undefined;
    return isAxisOfOneExample(along, shape, site) ? site.apply('concat', inputs, { axis: along }) : undefined;
  },
);

function isAxisOfOneExample(axis: number, shape: Shape, site: Site): boolean {
  if (axis >= shape.length) {
    site.fault(`there is no axis ${axis} in its input's shape ${formatShape(shape)}`, 'axis');
    return false;
  }
  if (axis !== site.layout.exampleAxis) return true;
  site.fault(`axis ${axis} is that of the examples`, 'axis');
  return false;
}

/** Layers that join several activations. */
export const joining: readonly LayerKind[] = [
  entryByEntry('add', 'The sum of the inputs, entry by entry, broadcast to the largest one.'),
  entryByEntry('multiply', 'The product of the inputs, entry by entry, broadcast to the largest one.'),
  concat,
];

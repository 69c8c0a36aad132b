import { z } from 'zod';
import { quote } from '../../tensors/describe-json.ts';
import { objectReader } from '../schema-faults.ts';
import type { PartKinds } from './part-type.ts';
import type { MaybeNode, Site } from './site.ts';

const scaleSchema = z
  .union([z.enum(['1/(2m)', '1/m', '1/2', '1']), z.number()], {
    error:
      'must be "1/(2m)", "1/m", "1/2", "1" or a finite number; there is no default, as conventions differ',
  })
  .describe('The factor beside lambda, spelled out because conventions differ. m is the number of examples.');

export const regularizerSchema = z
  .strictObject({
    type: z.enum(['l1', 'l2']).describe('l1: λ·scale·Σ|w|. l2: λ·scale·Σw².'),
    lambda: z.number().min(0).describe('λ.'),
    parameters: z.array(z.string()).min(1).describe('Names of the parameters that are penalised.'),
    scale: scaleSchema,
  })
  .describe('A penalty on every component of the parameters named, added to the loss.');

type Regularizer = z.output<typeof regularizerSchema>;

/** Per kind of regulariser, the op whose sum over the components is the penalty. */
export const regularizerKinds: PartKinds<'square' | 'abs'> = {
  part: 'regulariser',
  byType: new Map([
    ['l1', 'abs'],
    ['l2', 'square'],
  ]),
  planned: ['elastic'],
};

const read = objectReader(regularizerSchema);

/** Lowers one regulariser to its penalty, a scalar; undefined when a fault keeps it from being built. */
export function lowerRegularizer(regularizer: unknown, op: 'square' | 'abs', site: Site): MaybeNode {
  const fields = site.read(read, regularizer);
  if (fields === undefined) return undefined;
  refuseRepeats(fields.parameters, site);
  const sums = fields.parameters.map((name, i) => sumOver(name, i, op, site));
  const total = sums.reduce((sum, next) => site.apply('add', [sum, next]));
  const scale = scaleOf(fields.scale, site.examples);
  return scale === undefined
    ? undefined
    : site.apply('multiply', [site.scalar(fields.lambda * scale), total]);
}

function refuseRepeats(names: readonly string[], site: Site): void {
  const seen = new Set<string>();
  names.forEach((name, i) => {
    if (seen.has(name)) site.fault(`${quote(name)} is named twice`, 'parameters', i);
    seen.add(name);
  });
}

function sumOver(name: string, position: number, op: 'square' | 'abs', site: Site): MaybeNode {
  const parameter = site.parameter(name, 'parameters', position);
  const axes = site.shapeOf(parameter)?.map((_, axis) => axis) ?? [];
  return site.apply('sum', [site.apply(op, [parameter])], { axes, keepDims: false });
}

function scaleOf(scale: Regularizer['scale'], examples: number | undefined): number | undefined {
  if (typeof scale === 'number') return scale;
  if (scale === '1') return 1;
  if (scale === '1/2') return 0.5;
  if (examples === undefined) return undefined;
  return scale === '1/m' ? 1 / examples : 1 / (2 * examples);
}

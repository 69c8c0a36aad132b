import { z } from 'zod';
import { quote } from '../../tensors/describe-json.ts';
import { objectReader } from '../schema-faults.ts';
import type { PartKinds } from './part-type.ts';
import type { MaybeNode, Site } from './site.ts';

/** One kind of regulariser: the fields it is written with, and how it is lowered to a penalty. */
export interface RegularizerKind {
  readonly type: string;
  readonly schema: z.ZodObject;

  /** @returns the penalty, a scalar; undefined when a fault keeps it from being built. */
  lower(regularizer: unknown, site: Site): MaybeNode;
}

const lambdaSchema = z.number().min(0);

const shared = {
  parameters: z.array(z.string()).min(1).describe('Names of the parameters that are penalised.'),
  scale: z
    .union([z.enum(['1/(2m)', '1/m', '1/2', '1']), z.number()], {
      error:
        'must be "1/(2m)", "1/m", "1/2", "1" or a finite number; there is no default, as conventions differ',
    })
    .describe(
      'The factor beside lambda, spelled out because conventions differ. m is the number of examples.',
    ),
};

type Scale = z.output<typeof shared.scale>;

/** λ·scale·Σ f(w), where f is one op of the graph. */
function simple(type: 'l1' | 'l2', op: 'abs' | 'square', formula: string): RegularizerKind {
  const schema = z
    .strictObject({ type: z.literal(type), lambda: lambdaSchema.describe('λ.'), ...shared })
    .describe(formula);
  const read = objectReader(schema);
  return {
    type,
    schema,
    lower(regularizer, site) {
      const fields = site.read(read, regularizer);
      if (fields === undefined) return undefined;
      refuseRepeats(fields.parameters, site);
      return penalty(fields.lambda, fields.scale, sumOver(fields.parameters, op, site), site);
    },
  };
}

const elasticSchema = z
  .strictObject({
    type: z.literal('elastic'),
    lambda1: lambdaSchema.describe('λ₁, of the absolute values.'),
    lambda2: lambdaSchema.describe('λ₂, of the squares.'),
    ...shared,
  })
  .describe('scale·(λ₁·Σ|w| + λ₂·Σw²), added to the loss.');

const readElastic = objectReader(elasticSchema);

/** scale·(λ₁·Σ|w| + λ₂·Σw²). There is no hidden ½ beside λ₂, and no ratio of the two. */
const elastic: RegularizerKind = {
  type: 'elastic',
  schema: elasticSchema,
  lower(regularizer, site) {
    const fields = site.read(readElastic, regularizer);
    if (fields === undefined) return undefined;
    refuseRepeats(fields.parameters, site);
    const absolute = penalty(fields.lambda1, fields.scale, sumOver(fields.parameters, 'abs', site), site);
    const squares = penalty(fields.lambda2, fields.scale, sumOver(fields.parameters, 'square', site), site);
    return site.apply('add', [absolute, squares]);
  },
};

const built: readonly RegularizerKind[] = [
  simple('l1', 'abs', 'λ·scale·Σ|w|, added to the loss.'),
  simple('l2', 'square', 'λ·scale·Σw², added to the loss.'),
  elastic,
];

/** Every kind of regulariser there is. */
export const regularizerKinds: PartKinds<RegularizerKind> = {
  part: 'regulariser',
  byType: new Map(built.map((kind) => [kind.type, kind])),
};

function refuseRepeats(names: readonly string[], site: Site): void {
  const seen = new Set<string>();
  names.forEach((name, i) => {
    if (seen.has(name)) site.fault(`${quote(name)} is named twice`, 'parameters', i);
    seen.add(name);
  });
}

/** Σ f(w) over every component of the parameters. */
function sumOver(names: readonly string[], op: 'abs' | 'square', site: Site): MaybeNode {
  const sums = names.map((name, i) => {
    const parameter = site.parameter(name, 'parameters', i);
    const axes = site.shapeOf(parameter)?.map((_, axis) => axis) ?? [];
    return site.apply('sum', [site.apply(op, [parameter])], { axes, keepDims: false });
  });
  return sums.reduce((sum, next) => site.apply('add', [sum, next]));
}

function penalty(lambda: number, scale: Scale, sum: MaybeNode, site: Site): MaybeNode {
  const factor = factorOf(scale, site.examples);
  return factor === undefined ? undefined : site.apply('multiply', [site.scalar(lambda * factor), sum]);
}

function factorOf(scale: Scale, examples: number | undefined): number | undefined {
  if (typeof scale === 'number') return scale;
  if (scale === '1') return 1;
  if (scale === '1/2') return 0.5;
  if (examples === undefined) return undefined;
  return scale === '1/m' ? 1 / examples : 1 / (2 * examples);
}

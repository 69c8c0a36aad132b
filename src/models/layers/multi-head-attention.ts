import { z } from 'zod';
import { formatShape, type Shape, sizeOf } from '../../tensors/tensor.ts';
import {
  type AttentionInputs,
  attentionFields,
  attentionInputs,
  attentionRoles,
  roleShapes,
  scaledDotProduct,
} from './attention.ts';
import { joiningLayerKind } from './layer.ts';
import { shapedTensor } from './shaped-tensor.ts';
import type { MaybeNode, Site } from './site.ts';

const roleNames = ['query', 'key', 'value'] as const;

const eachRole = z.strictObject({
  query: z.string().describe('Name of the one for queries.'),
  key: z.string().describe('Name of the one for keys.'),
  value: z.string().describe('Name of the one for values.'),
});

/** One tensor for the projections of queries, keys and values, one below the other, or the name of one for each. */
type RoleTensors = string | z.output<typeof eachRole>;

/**
 * Attention of several heads (Vaswani et al. 2017, section 3.2.2) with parameters as PyTorch's MultiheadAttention has
 * them, and batch_first. Weights are [outputs, inputs].
 */
export const multiHeadAttention = joiningLayerKind(
  'multi-head-attention',
  z
    .strictObject({
      type: z.literal('multi-head-attention'),
      ...attentionFields,
      inWeights: z
        .union([z.string(), eachRole])
        .describe(
          "Name of the weights that project the inputs to queries, keys and values: [3n, features] (PyTorch's " +
            'in_proj_weight), or { query, key, value } of [n, features] each.',
        ),
      inBias: z
        .union([z.string(), eachRole])
        .optional()
        .describe('Name of the biases beside them: [3n], or { query, key, value } of [n] each.'),
      outWeights: z
        .string()
        .describe("Name of the weights that project the heads, [outputs, n] (PyTorch's out_proj.weight)."),
      outBias: z.string().optional().describe('Name of the bias beside them, [outputs].'),
    })
    .describe(
      'softmax(Q·Kᵀ/√d)·V of each head, with Q, K and V projected from the inputs by x·Wᵀ + b, and the heads side by side ' +
        'projected once more. Inputs: queries, keys and values; or queries, and keys that are values too; or one for all.',
    ),
  attentionInputs,
  (layer, inputs, site) => {
    const roles = projectRoles(layer.inWeights, layer.inBias, attentionRoles(inputs), site);
    const heads = roles && scaledDotProduct(roles, layer, site);
    const [, , width] = site.shapeOf(heads) ?? [];
    if (width === undefined) return undefined;
    const weights = outWeights(layer.outWeights, width, site);
    const [outputs] = site.shapeOf(weights) ?? [];
    if (outputs === undefined) return undefined;
    const bias =
      layer.outBias === undefined
        ? zeros([outputs], site)
        : shapedTensor(layer.outBias, [[outputs]], site, 'outBias');
    return project(heads, weights, bias, site);
  },
);

function outWeights(name: string, width: number, site: Site): MaybeNode {
  const weights = site.tensor(name, 'outWeights');
  const shape = site.shapeOf(weights);
  if (shape === undefined || (shape.length === 2 && shape[1] === width)) return weights;
  site.fault(
    `${name} has shape ${formatShape(shape)}, but the heads have ${width} features: [outputs,${width}] would fit`,
    'outWeights',
  );
  return undefined;
}

/** The inputs projected to queries, keys and values of n features each. */
function projectRoles(
  weights: RoleTensors,
  bias: RoleTensors | undefined,
  roles: AttentionInputs,
  site: Site,
): AttentionInputs | undefined {
  const features = roleShapes(roles, site).flatMap((shape) => shape?.features ?? []);
  const n = projectedSize(weights, site);
  if (n === undefined || features.length < roleNames.length) return undefined;
  const isOneInput = new Set(roles).size === 1;
  if (isOneInput && typeof weights === 'string' && typeof bias !== 'object') {
    // One product for all three: less to compute, and its weights can be checked unit by unit.
    const matrix = shapedTensor(weights, [[3 * n, features[0]]], site, 'inWeights');
    const vector = bias === undefined ? zeros([3 * n], site) : shapedTensor(bias, [[3 * n]], site, 'inBias');
    return inThree(project(roles[0], matrix, vector, site), 2, site);
  }
  const matrices = tensorsOf(weights, 'inWeights', n, features, site);
  const vectors =
    bias === undefined
      ? roleNames.map(() => zeros([n], site))
      : tensorsOf(bias, 'inBias', n, undefined, site);
  const [query, key, value] = roles.map((input, role) => project(input, matrices[role], vectors[role], site));
  return [query, key, value];
}

/** n, the features of queries, keys and values together for all heads. */
function projectedSize(weights: RoleTensors, site: Site): number | undefined {
  const isStacked = typeof weights === 'string';
  const path = isStacked ? ['inWeights'] : ['inWeights', 'query'];
  const name = isStacked ? weights : weights.query;
  const shape = site.shapeOf(site.tensor(name, ...path));
  if (shape === undefined) return undefined;
  const n = isStacked ? shape[0] / 3 : shape[0];
  if (shape.length === 2 && n > 0 && Number.isInteger(n)) return n;
  const wanted = isStacked ? '[3n,features]' : '[n,features]';
  site.fault(`${name} has shape ${formatShape(shape)}, but ${wanted} is wanted`, ...path);
  return undefined;
}

/** The weights (`features` of each role given) or biases of the three roles. */
function tensorsOf(
  named: RoleTensors,
  field: string,
  n: number,
  features: readonly number[] | undefined,
  site: Site,
): readonly MaybeNode[] {
  const columns = (role: number) => (features === undefined ? [] : [features[role]]);
  if (typeof named !== 'string') {
    return roleNames.map((role, i) => shapedTensor(named[role], [[n, ...columns(i)]], site, field, role));
  }
  if (new Set(features).size > 1) {
    site.fault(
      `${named} serves inputs of ${features?.join(', ')} features: give each its own weights`,
      field,
    );
    return [];
  }
  return inThree(shapedTensor(named, [[3 * n, ...columns(0)]], site, field), 0, site);
}

/** Cuts an axis into three equal pieces. */
function inThree(all: MaybeNode, axis: number, site: Site): AttentionInputs {
  const shape = site.shapeOf(all) ?? [];
  const piece = (role: number) =>
    site.apply('slice', [all], {
      starts: shape.map((length, i) => (i === axis ? (role * length) / 3 : 0)),
      ends: shape.map((length, i) => (i === axis ? ((role + 1) * length) / 3 : length)),
      steps: shape.map(() => 1),
    });
  return [piece(0), piece(1), piece(2)];
}

/** x·Wᵀ + b. */
function project(x: MaybeNode, weights: MaybeNode, bias: MaybeNode, site: Site): MaybeNode {
  return site.apply('add', [site.apply('matmul', [x, weights], { transposeB: true }), bias]);
}

function zeros(shape: Shape, site: Site): MaybeNode {
  return site.constant(shape, new Float64Array(sizeOf(shape)));
}

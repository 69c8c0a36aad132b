import { describe, expect, it } from 'vitest';
import { buildLayers, costOf } from './layers-cost.ts';

const X = [
  [1, -2],
  [0.5, 3],
];
const V = [
  [2, 1],
  [0, -1],
];
const T = [
  [0, 0],
  [0, 0],
];
const mse = { type: 'mse', target: 'T', reduction: 'sum' };

function cost(layers: object[], loss: object | object[] = mse, more: object = {}): number {
  return costOf({ layout: 'batch-first', layers, loss }, { X, T, ...more });
}

const squares = (...values: number[]) => values.reduce((sum, value) => sum + value * value, 0);

describe('layers as an acyclic graph', () => {
  it('take the layer before them, whatever its name, unless they name their inputs', () => {
    const layers = [
      { type: 'tanh', name: 'a' },
      { type: 'relu', name: 'b' },
      { type: 'add', inputs: ['a', 'b'] },
    ];
    const f = (x: number) => Math.tanh(x) + Math.max(Math.tanh(x), 0);
    expect(cost(layers)).toBeCloseTo(squares(...X.flat().map(f)), 13);
  });

  it('take the input of the model and other tensors by their names', () => {
    const layers = [{ type: 'tanh' }, { type: 'multiply', inputs: ['X', 'V'] }, { type: 'relu' }];
    const { graph } = buildLayers({ layout: 'batch-first', layers: layers.slice(1), loss: mse }, { X, T, V });
    expect(graph).toBeDefined();
    expect(cost(layers.slice(1), mse, { V })).toBe(squares(2, 0, 0, 0));
  });

  it('share a parameter by naming it twice', () => {
    const dense = { type: 'dense', weights: 'W' };
    const model = { layout: 'batch-first', layers: [dense, { type: 'tanh' }, dense], loss: mse };
    const { graph } = buildLayers(model, { X, T }, { W: V });
    expect(graph?.nodes.filter(({ op }) => op === 'parameter')).toHaveLength(1);
    const times = (rows: number[][]) => rows.map(([a, b]) => [2 * a, a - b]);
    const expected = times(times(X).map((row) => row.map(Math.tanh)));
    expect(costOf(model, { X, T }, { W: V })).toBeCloseTo(squares(...expected.flat()), 13);
  });

  it('are read by several losses, which are added up with their weights', () => {
    const layers = [
      { type: 'tanh', name: 'a' },
      { type: 'relu', inputs: ['X'] },
    ];
    const losses = [
      { ...mse, input: 'a', weight: 0.5 },
      { type: 'mae', target: 'T', weight: -2, reduction: 'sum' },
    ];
    const expected = 0.5 * squares(...X.flat().map(Math.tanh)) - 2 * (1 + 0.5 + 3);
    expect(cost(layers, losses)).toBeCloseTo(expected, 13);
  });
});

describe('a fault of the graph of layers', () => {
  const end = { type: 'relu', inputs: ['X'] };

  function faultsOf(layers: unknown, loss: unknown = mse, more: object = {}) {
    const model = { layout: 'batch-first', layers, loss };
    const { graph, faults } = buildLayers(model, { X, T, ...more }, { W: V });
    expect(graph).toBeUndefined();
    return faults.map(({ pointer, detail }) => `${pointer} ${detail}`);
  }

  it('names an unknown input, and the nearest name there is', () => {
    expect(
      faultsOf([
        { type: 'tanh', name: 'first' },
        { type: 'add', inputs: ['first', 'frist'] },
      ]),
    ).toEqual([
      '/model/layers/1/inputs/1 layers[1] (add): there is no layer and no tensor "frist"; did you mean "first"?',
    ]);
  });

  it('names an input that comes later, or is the layer itself', () => {
    const layers = [
      { type: 'add', name: 'a', inputs: ['X', 'b'] },
      { type: 'add', name: 'b', inputs: ['a', 'b'] },
    ];
    expect(faultsOf(layers)).toEqual([
      '/model/layers/0/inputs/1 layers[0] (add): "b" is layers[1], which comes later: a layer takes only what comes before it, so that there is no cycle',
      '/model/layers/1/inputs/1 layers[1] (add): "b" is this layer itself: a layer takes only what comes before it, so that there is no cycle',
    ]);
  });

  it('names a layer, or an input, that nothing takes', () => {
    expect(faultsOf([{ type: 'tanh' }, end])).toEqual([
      '/model/layers/0 layers[0] (tanh): no layer and no loss takes it',
    ]);
    expect(faultsOf([{ type: 'relu', inputs: ['V'] }], mse, { V })).toEqual([
      '/model/input input: no layer and no loss takes it',
    ]);
  });

  it('names a name that is taken', () => {
    const layers = [
      { type: 'tanh', name: 'a' },
      { type: 'tanh', name: 'a' },
      { type: 'tanh', name: 'W' },
    ];
    expect(faultsOf(layers)).toEqual([
      '/model/layers/1/name layers[1]: "a" is the name of layers[0] already',
      '/model/layers/2/name layers[2]: "W" is the name of a tensor already',
    ]);
  });

  it('names shapes that cannot be joined', () => {
    const more = { row: [[1, 2, 3]], flat: [1, 2], tall: [[1], [2]] };
    const fault = (type: string, inputs: string[]) => faultsOf([{ type, inputs }], mse, more)[0];
    expect(fault('add', ['X', 'row'])).toBe(
      '/model/layers/0 layers[0] (add): add cannot broadcast shapes [2,2] and [1,3]',
    );
    expect(fault('multiply', ['flat', 'tall'])).toBe(
      '/model/layers/0/inputs layers[0] (multiply): its inputs have shapes [2] and [2,1], of which none broadcasts to another',
    );
    expect(fault('concat', ['X', 'row'])).toBe(
      '/model/layers/0 layers[0] (concat): concat cannot join shapes [2,2] and [1,3] along axis 1',
    );
    expect(faultsOf([{ type: 'concat', inputs: ['X', 'X'], axis: 0 }])).toEqual([
      '/model/layers/0/axis layers[0] (concat): axis 0 is that of the examples',
    ]);
    expect(faultsOf([{ type: 'concat', inputs: ['X', 'X'], axis: 2 }])).toEqual([
      "/model/layers/0/axis layers[0] (concat): there is no axis 2 in its input's shape [2,2]",
    ]);
  });

  it('names a number of inputs that a layer does not take', () => {
    expect(faultsOf([{ type: 'add' }])).toEqual([
      '/model/layers/0/inputs layers[0] (add): takes 2 inputs or more, not 1',
    ]);
    expect(faultsOf([{ type: 'tanh', inputs: ['X', 'X'] }])).toEqual([
      '/model/layers/0/inputs layers[0] (tanh): takes one input, not 2',
    ]);
    expect(faultsOf([{ type: 'tanh', inputs: [] }])).toEqual(['/model/layers/0/inputs must not be empty']);
  });

  it('in one of several losses is named at its place', () => {
    const losses = [{ ...mse, input: 'nowhere' }, { type: 'mse' }, 'mse'];
    expect(faultsOf([end], losses)).toEqual([
      '/model/loss/0/input loss[0] (mse): there is no layer and no tensor "nowhere"',
      '/model/loss/1/target is missing: it must be a string',
      '/model/loss/2 loss[2]: a loss must be an object with a type, not the string "mse"',
    ]);
    expect(faultsOf([end], [])).toEqual(['/model/loss must not be empty']);
  });

  it('does not call a layer unread where its reader is at fault', () => {
    expect(
      faultsOf([
        { type: 'tanh', name: 'a' },
        { type: 'nonsense', inputs: ['a'] },
      ]),
    ).toHaveLength(1);
  });
});

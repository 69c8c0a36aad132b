import { at, fill, type PlainTensor, type PlainTensors } from '../conformance/model-conformance.ts';

interface Course {
  readonly reverse?: boolean;
  readonly last?: boolean;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

/** One step of one example: the states behind it, the hidden state first. */
type Step = (x: (row: number) => number, h: (row: number) => number, states: number[][]) => number[][];

/** Steps through every example by itself. `x(r)` and `h(r)` are row r of the two products, biases included. */
function run(
  { X, Wx, Wh, bx, bh, h: initial, c }: PlainTensors,
  { reverse, last }: Course,
  step: Step,
): PlainTensor {
  const [examples, time, features] = X.shape;
  const size = Wh.shape[1];
  const states = range(examples).map((example) => {
    const start = (tensor: PlainTensor | undefined) =>
      range(size).map((i) => tensor?.values[example * size + i] ?? 0);
    let now = [start(initial), start(c)];
    const hidden: number[][] = [];
    for (const i of range(time)) {
      const t = reverse ? time - 1 - i : i;
      const [before] = now;
      const x = (row: number) =>
        sum(range(features).map((k) => at(Wx, row, k) * at(X, example, t, k))) + (bx?.values[row] ?? 0);
      const h = (row: number) =>
        sum(range(size).map((k) => at(Wh, row, k) * before[k])) + (bh?.values[row] ?? 0);
      now = step(x, h, now);
      hidden[t] = now[0];
    }
    return last ? [now[0]] : hidden;
  });
  return last
    ? fill([examples, size], ([i, j]) => states[i][0][j])
    : fill([examples, time, size], ([i, t, j]) => states[i][t][j]);
}

export function rnnStates(theta: PlainTensors, course: Course, f = Math.tanh): PlainTensor {
  return run(theta, course, (x, h, [before]) => [before.map((_, j) => f(x(j) + h(j)))]);
}

export function lstmStates(theta: PlainTensors, course: Course): PlainTensor {
  return run(theta, course, (x, h, [before, cell]) => {
    const size = before.length;
    const gate = (number: number, j: number) => x(number * size + j) + h(number * size + j);
    const next = cell.map((c, j) => sigmoid(gate(1, j)) * c + sigmoid(gate(0, j)) * Math.tanh(gate(2, j)));
    return [next.map((c, j) => sigmoid(gate(3, j)) * Math.tanh(c)), next];
  });
}

export function gruStates(theta: PlainTensors, course: Course): PlainTensor {
  return run(theta, course, (x, h, [before]) => {
    const size = before.length;
    return [
      before.map((old, j) => {
        const reset = sigmoid(x(j) + h(j));
        const update = sigmoid(x(size + j) + h(size + j));
        const fresh = Math.tanh(x(2 * size + j) + reset * h(2 * size + j));
        return (1 - update) * fresh + update * old;
      }),
    ];
  });
}

/** x·Wᵀ + b of [examples, time, features]. */
export function project(x: PlainTensor, W: PlainTensor, b?: PlainTensor): PlainTensor {
  const [examples, time, features] = x.shape;
  return fill(
    [examples, time, W.shape[0]],
    ([i, t, j]) => sum(range(features).map((k) => at(x, i, t, k) * at(W, j, k))) + (b?.values[j] ?? 0),
  );
}

/** Whether a query sees a key, both told by their time. */
export type Sees = (example: number, query: number, key: number) => boolean;

/** softmax(Q·Kᵀ/√d)·V of every head, entry by entry. */
export function attend([Q, K, V]: readonly PlainTensor[], heads: number, sees: Sees): PlainTensor {
  const [examples, time] = Q.shape;
  const [d, width] = [Q.shape[2] / heads, V.shape[2] / heads];
  return fill([examples, time, V.shape[2]], ([i, t, j]) => {
    const head = Math.floor(j / width);
    const seen = range(K.shape[1]).filter((s) => sees(i, t, s));
    const weights = seen.map((s) =>
      Math.exp(
        sum(range(d).map((k) => at(Q, i, t, head * d + k) * at(K, i, s, head * d + k))) / Math.sqrt(d),
      ),
    );
    return sum(seen.map((s, n) => (weights[n] / sum(weights)) * at(V, i, s, j)));
  });
}

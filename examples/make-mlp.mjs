// Writes a job document for an MLP 256-128-64-10 with tanh, softmax cross-entropy and 32 examples: 41,802 components,
// with the right gradients from backpropagation by hand. The same numbers every time.
//
//   node examples/make-mlp.mjs | npx gradcheck check -
//   node examples/make-mlp.mjs weight-perturbation > job.json     takes seconds instead of a tenth of one

const sizes = [256, 128, 64, 10];
const examples = 32;

/** Standard normal numbers from a seed: mulberry32, then Box and Muller's transform. */
function normals(seed) {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

const normal = normals(7);

function matrix(rows, columns, entry) {
  return Array.from({ length: rows }, (_, i) =>
    Float64Array.from({ length: columns }, (_, j) => entry(i, j)),
  );
}

function transpose(a) {
  return matrix(a[0].length, a.length, (i, j) => a[j][i]);
}

function multiply(a, b) {
  const columns = transpose(b);
  return matrix(a.length, columns.length, (i, j) =>
    a[i].reduce((sum, value, k) => sum + value * columns[j][k], 0),
  );
}

function softmax(row) {
  const largest = Math.max(...row);
  const powers = row.map((value) => Math.exp(value - largest));
  const total = powers.reduce((sum, value) => sum + value, 0);
  return powers.map((value) => value / total);
}

/** A tensor as a job document takes it, every bit kept. */
function toDocument(rows, shape = [rows.length, rows[0].length]) {
  const values = Float64Array.from(rows.flatMap((row) => Array.from(row)));
  return { shape, dtype: 'float64', base64: Buffer.from(values.buffer).toString('base64') };
}

const X = matrix(examples, sizes[0], normal);
const y = Array.from({ length: examples }, (_, example) => example % sizes.at(-1));
const layers = sizes.slice(1).map((width, k) => ({
  W: matrix(sizes[k], width, () => normal() / Math.sqrt(sizes[k])),
  b: matrix(1, width, () => 0.1 * normal()),
}));

// Forward: A[k] enters layer k; tanh between layers, none after the last.
const A = [X];
for (const [k, { W, b }] of layers.entries()) {
  const Z = multiply(A[k], W);
  A.push(
    matrix(examples, W[0].length, (i, j) =>
      k < layers.length - 1 ? Math.tanh(Z[i][j] + b[0][j]) : Z[i][j] + b[0][j],
    ),
  );
}
const P = A.at(-1).map(softmax);
const cost = y.reduce((sum, label, example) => sum - Math.log(P[example][label]), 0) / examples;

// Backward: dZ is the gradient at the output of layer k before its tanh.
const gradients = {};
let dZ = matrix(examples, sizes.at(-1), (i, j) => (P[i][j] - (j === y[i] ? 1 : 0)) / examples);
for (let k = layers.length - 1; k >= 0; k--) {
  const dW = multiply(transpose(A[k]), dZ);
  const db = dZ.reduce((sum, row) => sum.map((value, j) => value + row[j]), new Float64Array(dZ[0].length));
  gradients[`W${k + 1}`] = toDocument(dW);
  gradients[`b${k + 1}`] = toDocument([db], [db.length]);
  const dA = multiply(dZ, transpose(layers[k].W));
  dZ = matrix(examples, sizes[k], (i, j) => dA[i][j] * (1 - A[k][i][j] ** 2));
}

const document = {
  name: `MLP ${sizes.join('-')}`,
  model: {
    format: 'layers',
    input: 'X',
    layout: 'batch-first',
    layers: layers.flatMap((_, k) => [
      { type: 'dense', weights: `W${k + 1}`, bias: `b${k + 1}` },
      ...(k < layers.length - 1 ? [{ type: 'tanh' }] : []),
    ]),
    loss: { type: 'cross-entropy', target: 'y', from: 'logits', reduction: 'mean' },
  },
  data: { X: toDocument(X), y },
  parameters: Object.fromEntries(
    layers.flatMap(({ W, b }, k) => [
      [`W${k + 1}`, toDocument(W)],
      [`b${k + 1}`, toDocument(b, [b[0].length])],
    ]),
  ),
  gradients,
  cost,
  check: { strategy: process.argv[2] ?? 'auto' },
};
process.stdout.write(`${JSON.stringify(document)}\n`);

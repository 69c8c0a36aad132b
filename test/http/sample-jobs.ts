/** J = θ³ at 1: a whole check in a moment. */
export const cubic = {
  model: { format: 'expression', cost: 'theta**3' },
  parameters: { theta: 1 },
  gradients: { theta: 3.5 },
  check: { epsilon: 0.01 },
};

/** J = Σ (u + v)²/2 over vectors of so many components; the claimed v is wrong where `wrong` says by how much. */
export function quadratic(size: number, wrong: ReadonlyMap<number, number> = new Map()) {
  const u = Array.from({ length: size }, (_, i) => Math.sin(i + 1));
  const v = Array.from({ length: size }, (_, i) => Math.cos(3 * i + 1));
  const gradient = u.map((value, i) => value + v[i]);
  return {
    model: { format: 'expression', cost: 'sum((u + v)**2) / 2' },
    parameters: { u, v },
    gradients: { u: gradient, v: gradient.map((value, i) => value + (wrong.get(i) ?? 0)) },
  };
}

/** A network with zero gradients claimed that takes `inputs`² times `inputs` operations and more: minutes of work. */
export function long(inputs = 300) {
  const square = Array.from({ length: inputs }, (_, i) =>
    Array.from({ length: inputs }, (_, j) => Math.sin(i * inputs + j) / inputs),
  );
  const zeros = square.map((row) => row.map(() => 0));
  return {
    name: 'long',
    model: { format: 'expression', cost: 'sum(tanh(A @ tanh(B @ X))**2)' },
    data: { X: square },
    parameters: { A: square, B: square },
    gradients: { A: zeros, B: zeros },
  };
}

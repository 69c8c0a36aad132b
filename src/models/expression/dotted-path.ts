import type { Expression } from './syntax-tree.ts';

/** `['np', 'linalg', 'norm']` for `np.linalg.norm`; undefined for what is not names and dots only. */
export function dottedPath(expression: Expression): string[] | undefined {
  if (expression.kind === 'name') return [expression.name];
  if (expression.kind !== 'attribute') return undefined;
  const path = dottedPath(expression.object);
  path?.push(expression.name);
  return path;
}

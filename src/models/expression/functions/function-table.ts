import { activations } from './activations.ts';
import { creation } from './creation.ts';
import { elementwise } from './elementwise.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { joining } from './joining.ts';
import { products } from './products.ts';
import { reductions } from './reductions.ts';
import { selection } from './selection.ts';
import { shaping } from './shaping.ts';

/** Every function there is, each once. */
export const allFunctions: readonly FunctionDefinition[] = [
  ...elementwise,
  ...activations,
  ...reductions,
  ...products,
  ...shaping,
  ...joining,
  ...selection,
  ...creation,
];

/** Functions by name and alias. */
export const functionTable: ReadonlyMap<string, FunctionDefinition> = new Map(
  allFunctions.flatMap((definition) =>
    [definition.name, ...definition.aliases].map((name) => [name, definition] as const),
  ),
);

/** Those that a tensor has as methods. */
export const methodTable: ReadonlyMap<string, FunctionDefinition> = new Map(
  [...functionTable].filter(([, definition]) => definition.method),
);

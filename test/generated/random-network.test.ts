import { expect, it } from 'vitest';
import { layerKinds } from '../../src/models/layers/layer-registry.ts';
import { lossKinds } from '../../src/models/layers/loss-registry.ts';
import { regularizerKinds } from '../../src/models/layers/regularization.ts';
import { randomNetwork } from './random-network.ts';

const networks = Array.from({ length: 512 }, (_, seed) => randomNetwork(seed));

/** The types of what the models say in one of their fields, be it one or a list. */
function typesIn(field: 'layers' | 'loss' | 'regularization'): Set<unknown> {
  return new Set(
    networks.flatMap(({ document }) => [document.model[field] ?? []].flat().map((part) => part.type)),
  );
}

it('the generated networks have every layer, loss and regulariser there is', () => {
  expect([...layerKinds.byType.keys()].filter((type) => !typesIn('layers').has(type))).toEqual([]);
  expect([...lossKinds.byType.keys()].filter((type) => !typesIn('loss').has(type))).toEqual([]);
  expect([...regularizerKinds.byType.keys()].filter((type) => !typesIn('regularization').has(type))).toEqual(
    [],
  );
});

it('a seed makes the same network again', () => {
  for (const seed of [0, 3, 6]) {
    expect(JSON.stringify(randomNetwork(seed).document)).toBe(JSON.stringify(networks[seed].document));
  }
});

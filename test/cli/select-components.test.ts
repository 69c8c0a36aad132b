import { expect, it } from 'vitest';
import { selectComponents } from '../../src/cli/select-components.ts';

it('limits the check of a document to components and leaves the rest as it is', () => {
  const document = { name: 'a', check: { epsilon: 1e-5, components: { sample: 3 } } };
  expect(JSON.parse(selectComponents(JSON.stringify(document), ['W[0]']))).toEqual({
    name: 'a',
    check: { epsilon: 1e-5, components: { only: ['W[0]'] } },
  });
});

it.each(['node-perturbation', 'directional'])(
  'does not ask for more to be moved than them when the document does by %s',
  (strategy) => {
    const document = { check: { strategy } };
    expect(JSON.parse(selectComponents(JSON.stringify(document), ['W[0]'])).check.strategy).toBe(
      'weight-perturbation',
    );
  },
);

it.each(['{', '[1]', 'null', '"text"'])('leaves what is no job document to its reader: %s', (source) => {
  expect(selectComponents(source, ['W[0]'])).toBe(source);
});

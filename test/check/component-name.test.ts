import fc from 'fast-check';
import { expect, it } from 'vitest';
import { componentName, parseComponentName } from '../../src/check/component-name.ts';
import { reproduction } from '../../src/check/diagnosis/reproduction.ts';

it('a component is found by the name it is given', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, unit: 'grapheme' }),
      fc.array(fc.nat(99), { minLength: 1, maxLength: 4 }),
      (parameter, index) => {
        expect(parseComponentName(componentName(parameter, index))).toEqual({ parameter, index });
      },
    ),
  );
  expect(parseComponentName(componentName('theta', []))).toEqual({ parameter: 'theta', index: [] });
});

it('the command that checks it quotes a name that a shell would take apart', () => {
  expect(reproduction('W2', [2, 0])).toBe('gradcheck check job.json --component W2[2,0]');
  expect(reproduction('theta', [])).toBe('gradcheck check job.json --component theta');
  expect(reproduction("it's a; name", [1])).toBe(
    "gradcheck check job.json --component 'it'\\''s a; name[1]'",
  );
});

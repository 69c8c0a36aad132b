import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatJUnit } from '../../../src/check/report/formats/junit.ts';
import { component, parameter, report } from '../../fixtures/reports.ts';
import { elementsNamed, parseXml } from './parse-xml.ts';

const wrong = parameter(
  'W2',
  [3, 5],
  [component([2, 0], 2, 1, { reproduction: 'gradcheck check job.json' })],
);
const right = parameter('b2', [3], []);
const undecided = {
  ...parameter(
    'k',
    [1],
    [component([0], 1, 1, { verdict: 'inconclusive' as const, flags: ['kink' as const] })],
  ),
  verdict: 'inconclusive' as const,
};

describe('a report as JUnit XML', () => {
  it('has a test case for each parameter: what is wrong fails, what is undecided is skipped', () => {
    const root = parseXml(formatJUnit(report([wrong, right, undecided]), { name: 'my job' }));
    const [suite] = elementsNamed(root, 'testsuite');
    expect(suite.attributes).toMatchObject({
      name: 'my job',
      tests: '3',
      failures: '1',
      skipped: '1',
      errors: '0',
    });
    const cases = elementsNamed(root, 'testcase');
    expect(cases.map(({ attributes }) => attributes.name)).toEqual(['W2 [3,5]', 'b2 [3]', 'k [1]']);
    expect(cases.map(({ children }) => children.map(({ name }) => name))).toEqual([
      ['failure'],
      [],
      ['skipped'],
    ]);
    const [failure] = elementsNamed(root, 'failure');
    expect(failure.attributes.message).toBe('1 of 15 components are wrong');
    expect(failure.text).toContain('W2[2,0]: claimed 2, numeric 1');
    expect(failure.text).toContain('gradcheck check job.json');
  });

  it('tells causes and warnings', () => {
    const explained = {
      ...wrong,
      diagnoses: [
        {
          cause: { kind: 'scaled' as const, factor: 2, part: 'all' as const },
          certainty: 'fact' as const,
          message: 'dW2 is 2 times what it should be',
          explained: 1,
          free: 1,
          group: [],
        },
      ],
    };
    const warnings = [{ code: 'kinks' as const, message: '1 of 15 components lie at a kink' }];
    const root = parseXml(formatJUnit(report([explained], { warnings }), {}));
    expect(elementsNamed(root, 'failure')[0].text).toContain('dW2 is 2 times what it should be');
    expect(elementsNamed(root, 'system-out')[0].text).toContain('kinks: 1 of 15 components lie at a kink');
  });

  it('is well-formed whatever the names are, which come back as they were', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, job) => {
        const odd = parameter(name, [2], [component([1], 2, 1)]);
        const root = parseXml(formatJUnit(report([odd]), { name: job }));
        expect(elementsNamed(root, 'testcase')).toHaveLength(1);
        if (/^[\x20-\x7e]*$/.test(name))
          expect(elementsNamed(root, 'testcase')[0].attributes.name).toBe(`${name} [2]`);
      }),
    );
    const hostile = parameter(`"><failure a='&'>\u0000\n]]>`, [1], []);
    expect(elementsNamed(parseXml(formatJUnit(report([hostile]), {})), 'failure')).toHaveLength(0);
  });
});

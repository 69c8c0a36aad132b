import type { Parameter } from '../check-job.ts';
import { axisName } from '../diagnosis/axis-name.ts';
import { countSlices } from '../diagnosis/slice-counts.ts';
import { isFlagged, PLAIN_PASS } from '../verdict/component-marks.ts';
import type { Conclusions } from '../verdict/conclusions.ts';
import { listed, type WarningCheck } from './warning.ts';

/** Says where the components lie that do not move J: whole rows or columns of them are dead units. */
export const deadComponents: WarningCheck = ({ report, spec, conclusions }) => {
  const { vacuous, checked } = report.components;
  if (vacuous === 0) return undefined;
  const parts = report.parameters.flatMap(({ name, components }) => {
    const parameter = spec.parameters.find((each) => each.name === name);
    if (parameter === undefined || components.vacuous === 0) return [];
    return `${name}: ${describe(parameter, components.vacuous, conclusions)}`;
  });
  const message = `${vacuous} of ${checked} components do not move the cost at this point (${listed(parts)}); their gradients of 0 were not really tested`;
  return { code: 'dead-components', message };
};

function describe({ shape, offset, size }: Parameter, vacuous: number, { marks }: Conclusions): string {
  if (vacuous === size) return 'all';
  const counts = countSlices(shape, size, (i) => {
    const mark = marks[offset + i];
    return mark !== PLAIN_PASS && isFlagged(mark, 'vacuous');
  });
  const whole = counts.flatMap((count, axis) => {
    const perSlice = size / shape[axis];
    const dead = [...count.keys()].filter((index) => perSlice > 1 && count[index] === perSlice);
    if (dead.length === 0) return [];
    const { one, many } = axisName(shape.length, axis);
    return [`${dead.length === 1 ? one : many} ${listed(dead.map(String))}`];
  });
  const where = whole.length === 0 ? '' : `, all of ${whole.join(' and ')}`;
  return `${vacuous} of ${size}${where}`;
}

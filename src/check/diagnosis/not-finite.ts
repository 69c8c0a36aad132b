import type { ParameterDiagnosis } from './cause.ts';
import type { DiagnosedParameter } from './diagnosed-parameter.ts';

/** NaN or infinity among the claimed components: known without any comparison. */
export function notFinite({
  name,
  shape,
  claimed,
  failed,
}: DiagnosedParameter): readonly ParameterDiagnosis[] {
  let components = 0;
  let failing = 0;
  for (let i = 0; i < claimed.length; i++) {
    if (failed[i] === 0) continue;
    failing++;
    if (!Number.isFinite(claimed[i])) components++;
  }
  if (components === 0) return [];
  const which =
    shape.length === 0 ? `d${name} is` : `${components} of ${claimed.length} components of d${name} are`;
  return [
    {
      cause: { kind: 'not-finite', components },
      explained: components / failing,
      free: 0,
      certainty: components === failing ? 'fact' : 'hint',
      group: [],
      message: `${which} NaN or infinite: look for a division by 0, a log of 0 or an overflow.`,
    },
  ];
}

import { componentName } from '../component-name.ts';

/** The command that checks this one component again. */
export function reproduction(parameter: string, index: readonly number[]): string {
  const component = componentName(parameter, index);
  // A name may hold spaces, and what shells give a meaning to.
  const word = /^[\w.,:[\]-]+$/.test(component) ? component : `'${component.replaceAll("'", "'\\''")}'`;
  return `gradcheck check job.json --component ${word}`;
}

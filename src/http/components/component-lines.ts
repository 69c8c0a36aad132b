import { csvHead, csvLine } from '../../check/report/formats/component-csv.ts';
import { listedComponent } from '../../check/report/listed-component.ts';
import type { ComponentSource } from './component-source.ts';

/** Components turned into text at once: a few milliseconds of work. */
const PIECE = 4096;

/** Every checked component of a job as CSV, piece by piece, so that neither memory nor the event loop is held. */
export async function* componentLines(source: ComponentSource): AsyncGenerator<string> {
  yield csvHead(source.methods);
  for (const parameter of source.parameters) {
    const end = parameter.offset + parameter.size;
    for (let start = parameter.offset; start < end; start += PIECE) {
      const lines: string[] = [];
      await source.visit(start, Math.min(end, start + PIECE), (component, values) => {
        const refined = source.refinement(component);
        lines.push(csvLine(listedComponent(parameter, component, values, refined)));
      });
      if (lines.length > 0) yield lines.join('');
    }
  }
}

import { ComponentCsv } from '../../check/report/formats/component-csv.ts';
import { listedComponent } from '../../check/report/listed-component.ts';
import type { ComponentSource } from './component-source.ts';
import type { ComponentSources } from './component-sources.ts';

/** Components turned into text at once: a few milliseconds of work. */
const PIECE = 4096;

/**
 * Every checked component of a job at all its points as CSV, piece by piece, so that neither memory nor the event loop
 * is held.
 * @param first the job at its first point
 */
export async function* componentLines(
  first: ComponentSource,
  sources: ComponentSources,
  jobId: string,
): AsyncGenerator<string> {
  const csv = new ComponentCsv(first.points !== undefined, first.methods);
  yield csv.head;
  yield* linesOf(csv, first);
  for (let point = 2; point <= (first.points ?? 1); point++) {
    yield* linesOf(csv, await sources.open(jobId, point));
  }
}

async function* linesOf(csv: ComponentCsv, source: ComponentSource): AsyncGenerator<string> {
  for (const parameter of source.parameters) {
    const end = parameter.offset + parameter.size;
    for (let start = parameter.offset; start < end; start += PIECE) {
      const lines: string[] = [];
      await source.visit(start, Math.min(end, start + PIECE), (component, values) => {
        const refined = source.refinement(component);
        lines.push(csv.line(listedComponent(parameter, component, values, refined, source.point)));
      });
      if (lines.length > 0) yield lines.join('');
    }
  }
}

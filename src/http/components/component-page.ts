import type { Parameter } from '../../check/check-job.ts';
import {
  type ComponentValues,
  type ListedComponent,
  listedComponent,
} from '../../check/report/listed-component.ts';
import type { Verdict } from '../../check/report/report.ts';
import {
  compareWorstFirst,
  type RankedComponent,
  relativeError,
  WorstComponents,
} from '../../check/report/worst-components.ts';
import type { ComponentSource } from './component-source.ts';

export interface ComponentQuery {
  readonly parameter?: Parameter | undefined;
  readonly order: 'index' | 'worst';
  readonly verdict?: Verdict | undefined;
  /** The last component of the page before, numbered in θ. */
  readonly after?: number | undefined;
  readonly limit: number;
}

export interface ComponentPage {
  readonly components: readonly ListedComponent[];
  /** `after` of the next page; null on the last one. */
  readonly next: number | null;
}

interface JudgedComponent extends RankedComponent {
  readonly values: ComponentValues;
}

/** Lists one page of a job's checked components. The numbers of a job never change, so neither do its pages. */
export async function listComponents(source: ComponentSource, query: ComponentQuery): Promise<ComponentPage> {
  // One more than the page holds tells whether there is a next page.
  const found = await (query.order === 'index' ? findByIndex : findWorst)(source, query, query.limit + 1);
  const components = found.slice(0, query.limit);
  return {
    components: components.map((component) => describeComponent(source, component)),
    next: found.length > query.limit ? components[components.length - 1].component : null,
  };
}

async function findByIndex(
  source: ComponentSource,
  query: ComponentQuery,
  most: number,
): Promise<JudgedComponent[]> {
  const [from, to] = rangeOf(source, query);
  const found: JudgedComponent[] = [];
  await source.visit(
    Math.max(from, (query.after ?? -1) + 1),
    to,
    (component, values) => {
      if (found.length >= most) return;
      if (query.verdict === undefined || values.verdict === query.verdict)
        found.push(judged(component, values));
    },
    () => found.length >= most,
  );
  return found;
}

/** Reads every component for each page, but holds no more than a page of them and never the event loop for long. */
async function findWorst(
  source: ComponentSource,
  query: ComponentQuery,
  most: number,
): Promise<readonly JudgedComponent[]> {
  const [from, to] = rangeOf(source, query);
  const before =
    query.after === undefined ? undefined : judged(query.after, await source.valuesOf(query.after));
  const worst = new WorstComponents<JudgedComponent>(most);
  await source.visit(from, to, (component, values) => {
    if (query.verdict !== undefined && values.verdict !== query.verdict) return;
    const candidate = judged(component, values);
    if (before === undefined || compareWorstFirst(before, candidate) < 0) worst.offer(candidate);
  });
  return worst.list();
}

function rangeOf(source: ComponentSource, { parameter }: ComponentQuery): [from: number, to: number] {
  const first = parameter ?? source.parameters[0];
  const last = parameter ?? source.parameters[source.parameters.length - 1];
  return [first.offset, last.offset + last.size];
}

function judged(component: number, values: ComponentValues): JudgedComponent {
  const { claimed, numeric, verdict } = values;
  return { component, values, verdict, relativeError: relativeError(claimed, numeric) };
}

function describeComponent(source: ComponentSource, { component, values }: JudgedComponent): ListedComponent {
  const { parameters, point } = source;
  const parameter = parameters.findLast(({ offset }) => offset <= component) ?? parameters[0];
  return listedComponent(parameter, component, values, source.refinement(component), point);
}

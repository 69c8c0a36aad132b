import { ProbeProgram } from '../graph/probe-program.ts';
import { pointRegion } from '../graph/region.ts';
import { Tape } from '../graph/tape.ts';
import type { CheckSpec } from './check-job.ts';

/** A compiled job: its tape, and a program for every parameter that the graph reads. */
export interface CompiledJob {
  readonly tape: Tape;
  /** One per parameter of the spec; undefined where the graph does not mention it. */
  readonly programs: readonly (ProbeProgram | undefined)[];
}

// A job is estimated, laid out and planned one after the other; the graph is compiled once for all three.
const compiledSpecs = new WeakMap<CheckSpec, CompiledJob>();

export function compileJob(spec: CheckSpec): CompiledJob {
  const known = compiledSpecs.get(spec);
  if (known !== undefined) return known;
  const compiled = compile(spec);
  compiledSpecs.set(spec, compiled);
  return compiled;
}

function compile(spec: CheckSpec): CompiledJob {
  const tape = new Tape(spec.graph);
  const leaves = new Map(
    spec.graph.nodes.flatMap((node, id) =>
      node.op === 'parameter' && 'name' in node ? [[node.name, id] as const] : [],
    ),
  );
  const programs = spec.parameters.map(({ name }) => {
    const leaf = leaves.get(name);
    return leaf === undefined
      ? undefined
      : new ProbeProgram(tape, { node: leaf }, pointRegion(spec.graph.nodes[leaf].shape));
  });
  return { tape, programs };
}

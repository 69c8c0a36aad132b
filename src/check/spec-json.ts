import type { Tensor } from '../tensors/tensor.ts';
import type { CheckSpec } from './check-job.ts';
import { KeptValues } from './sweep/kept-values.ts';

/**
 * Writes a spec as JSON text. The graph's constants go in as base64 of their float64 bytes, so that every bit of
 * them (−0, NaN) survives.
 */
export function specToJson(spec: CheckSpec): string {
  return textsOfKept.get(spec) ?? writeSpec(spec);
}

function writeSpec(spec: CheckSpec): string {
  const constants = spec.graph.constants.map(({ shape, dtype, values }) => ({
    shape,
    dtype,
    base64: Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64'),
  }));
  return JSON.stringify({ ...spec, graph: { ...spec.graph, constants } });
}

/** The same small model comes again and again, to every thread: so many specs of up to so much text are kept. */
const KEPT = 32;
const LONGEST_KEPT = 2 ** 15;
const keptSpecs = new KeptValues<CheckSpec>(KEPT);
const textsOfKept = new WeakMap<CheckSpec, string>();

/** Reads what `specToJson` wrote. */
export function specFromJson(text: string): CheckSpec {
  return text.length <= LONGEST_KEPT ? keep(text, () => readSpec(text)) : readSpec(text);
}

/** The spec, or an equal one that was seen before, of which more is known already: its text, what was compiled of it. */
export function knownSpec(spec: CheckSpec): CheckSpec {
  const constants = spec.graph.constants.reduce((sum, { values }) => sum + values.byteLength, 0);
  if (constants > LONGEST_KEPT) return spec;
  const text = writeSpec(spec);
  return text.length <= LONGEST_KEPT ? keep(text, () => spec) : spec;
}

function keep(text: string, make: () => CheckSpec): CheckSpec {
  const spec = keptSpecs.of(text, make);
  textsOfKept.set(spec, text);
  return spec;
}

function readSpec(text: string): CheckSpec {
  const spec: CheckSpec & { graph: { constants: readonly StoredConstant[] } } = JSON.parse(text);
  return { ...spec, graph: { ...spec.graph, constants: spec.graph.constants.map(readConstant) } };
}

interface StoredConstant {
  readonly shape: Tensor['shape'];
  readonly dtype: Tensor['dtype'];
  readonly base64: string;
}

function readConstant({ shape, dtype, base64 }: StoredConstant): Tensor {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return { shape, dtype, values: new Float64Array(bytes.buffer) };
}

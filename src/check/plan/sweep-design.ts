import type { NodeId } from '../../graph/graph.ts';
import { parameterUses } from '../../graph/linear-uses.ts';
import { ProbeProgram } from '../../graph/probe-program.ts';
import { pointRegion, type Region } from '../../graph/region.ts';
import { Tape } from '../../graph/tape.ts';
import type { Shape } from '../../tensors/tensor.ts';
import type { CheckSpec } from '../check-job.ts';
import { type DirectionsBlock, directionsBlock } from '../directional/directions-block.ts';
import { noiseRegion } from '../noise/noise-region.ts';
import { type CheckSettings, checksWholeParameters, type Strategy } from '../settings.ts';
import { auditedRuns } from '../sweep/audit.ts';
import { workPerComponent } from '../sweep/differences.ts';
import { type ComponentRun, runsByParameter, selectedRuns } from './selection.ts';
import { type ComparisonBlock, countComponents, type SweepBlock } from './sweep-block.ts';
import { type GroupMember, UnitGroup } from './unit-group.ts';

/** What one probe costs beside its arithmetic, in floating-point operations. */
const PROBE_OVERHEAD = 4000;

/** Work, in floating-point operations, below which no other strategy is looked for: it is done sooner than found. */
const WORTH_A_CHOICE = 2e7;

/** How a sweep is done: by which strategy each parameter, and the blocks of probes that come of it. */
export interface SweepDesign {
  /** Per parameter of the spec. */
  readonly strategies: readonly Strategy[];
  readonly blocks: readonly SweepBlock[];
}

/** A parameter that node-perturbation can check, and what it takes. */
interface Candidate {
  readonly parameter: number;
  readonly members: readonly (GroupMember & { readonly output: NodeId })[];
  /** Moves the parameter where it enters J in other ways, such as a penalty; undefined when there are none. */
  readonly rest: ProbeProgram | undefined;
  /** Floating-point operations of weight-perturbation in its stead. */
  readonly weightFlops: number;
}

/** Designs a job's sweep. A pure function of the spec, from static flop counts. */
export class SweepDesigner {
  readonly tape: Tape;
  /** Moves each parameter by itself; undefined where the graph does not read it. */
  readonly programs: readonly (ProbeProgram | undefined)[];
  /** Moves each checked parameter as a whole; undefined also where it is not checked. */
  readonly noisePrograms: readonly (ProbeProgram | undefined)[];
  readonly #spec: CheckSpec;
  readonly #leaves: ReadonlyMap<string, NodeId>;
  readonly #groups = new Map<NodeId, UnitGroup>();
  /** Work of one component, in that of one pair of points. */
  readonly #pairs: number;

  constructor(spec: CheckSpec) {
    this.#spec = spec;
    this.tape = new Tape(spec.graph);
    this.#leaves = new Map(
      spec.graph.nodes.flatMap((node, id) =>
        node.op === 'parameter' && 'name' in node ? [[node.name, id] as const] : [],
      ),
    );
    this.#pairs = workPerComponent(spec.settings.method);
    this.programs = spec.parameters.map((_, parameter) => this.#program(parameter, pointRegion));
    const checked = new Set(selectedRuns(spec).map(({ parameter }) => parameter));
    this.noisePrograms = spec.parameters.map((_, parameter) =>
      checked.has(parameter) ? this.#program(parameter, noiseRegion) : undefined,
    );
  }

  /** @param strategy another than the spec's, to know what that would take */
  design(strategy = this.#spec.settings.strategy): SweepDesign {
    const runs = runsByParameter(selectedRuns(this.#spec));
    const chosen = this.#nodePerturbed([...runs.keys()], strategy);
    const directed = this.#directed([...runs.keys()], strategy);
    const blocks: SweepBlock[] = [];
    for (const group of this.#chosenGroups(chosen)) {
      blocks.push({
        kind: 'units',
        group,
        probes: group.units,
        flopsPerProbe: PROBE_OVERHEAD + this.#pairs * group.flopsPerUnit,
      });
    }
    for (const [parameter, own] of runs) {
      const candidate = chosen.get(parameter);
      const directions = directed.get(parameter);
      if (candidate !== undefined) blocks.push(...this.#besideUnits(candidate, own));
      else blocks.push(directions ?? this.#componentBlock(parameter, own, this.programs[parameter], 'whole'));
    }
    const strategies = this.#spec.parameters.map((_, parameter): Strategy => {
      if (chosen.has(parameter)) return 'node-perturbation';
      return directed.has(parameter) ? 'directional' : 'weight-perturbation';
    });
    return { strategies, blocks };
  }

  /** What `compareMethods` asks for, by whatever strategy the job is checked. */
  comparisons(): ComparisonBlock[] {
    const { compareMethods = [] } = this.#spec.settings;
    if (compareMethods.length === 0) return [];
    const pairs = compareMethods.reduce((sum, method) => sum + workPerComponent(method), 0);
    return [...runsByParameter(selectedRuns(this.#spec))].map(([parameter, runs]) => {
      const program = this.programs[parameter];
      const flopsPerProbe = PROBE_OVERHEAD + pairs * (program?.flopsPerPair ?? 0);
      return { kind: 'comparison', parameter, program, runs, probes: countComponents(runs), flopsPerProbe };
    });
  }

  /** Whether the job is so much work that another strategy is looked for. */
  get isWorthAChoice(): boolean {
    const selected = [...runsByParameter(selectedRuns(this.#spec)).keys()];
    return this.#weightFlops(selected) >= WORTH_A_CHOICE;
  }

  /** Beside its units: its other uses, and a sample that is checked by weight-perturbation too. */
  #besideUnits(
    { parameter, rest, weightFlops, members }: Candidate,
    runs: readonly ComponentRun[],
  ): SweepBlock[] {
    const blocks: SweepBlock[] = [];
    if (rest !== undefined) blocks.push(this.#componentBlock(parameter, runs, rest, 'term'));
    const flops = members.reduce(
      (sum, { output }) => sum + this.#group(output).units * this.#group(output).flopsPerUnit,
      0,
    );
    const perComponent = weightFlops / Math.max(1, this.#spec.parameters[parameter].size);
    const audited = auditedRuns(this.#spec, parameter, flops / Math.max(1, perComponent));
    blocks.push(this.#componentBlock(parameter, audited, this.programs[parameter], 'audit'));
    return blocks;
  }

  #componentBlock(
    parameter: number,
    runs: readonly ComponentRun[],
    program: ProbeProgram | undefined,
    part: 'whole' | 'term' | 'audit',
  ): SweepBlock {
    const flopsPerProbe = this.#flopsOf(program);
    return {
      kind: 'components',
      parameter,
      program,
      runs,
      role: part === 'audit' ? 'audit' : 'value',
      isWhole: part === 'whole',
      probes: countComponents(runs),
      flopsPerProbe,
    };
  }

  /** The parameters for which node-perturbation is to be used, by position. */
  #nodePerturbed(
    selected: readonly number[],
    strategy: CheckSettings['strategy'],
  ): ReadonlyMap<number, Candidate> {
    const { epsilon } = this.#spec.settings;
    const chosen = new Map<number, Candidate>();
    if ((strategy !== 'auto' && strategy !== 'node-perturbation') || !this.#isWholeAndCentral) return chosen;
    // A step that the client gave is meant for the components of θ; units of a layer have other scales.
    if (strategy === 'auto' && (epsilon !== 'auto' || this.#weightFlops(selected) < WORTH_A_CHOICE))
      return chosen;
    const candidates = selected.flatMap((parameter) => this.#candidate(parameter) ?? []);
    const worthwhile = candidates.filter(
      (candidate) => strategy === 'node-perturbation' || this.#isCheaper(candidate),
    );
    const probed = new Set(worthwhile.flatMap(({ members }) => members.map(({ output }) => output)));
    for (const candidate of candidates) {
      // A bias comes free with the units of its layer.
      if (candidate.members.every(({ output }) => probed.has(output)))
        chosen.set(candidate.parameter, candidate);
    }
    return chosen;
  }

  /** The parameters that are to be moved along directions. */
  #directed(
    selected: readonly number[],
    strategy: CheckSettings['strategy'],
  ): ReadonlyMap<number, DirectionsBlock> {
    const blocks = new Map<number, DirectionsBlock>();
    if (strategy !== 'directional' || !this.#isWholeAndCentral) return blocks;
    for (const parameter of selected) {
      const leaf = this.#leaves.get(this.#spec.parameters[parameter].name);
      if (leaf === undefined) continue;
      const flopsPerComponent = this.#flopsOf(this.programs[parameter]);
      const block = directionsBlock(this.tape, leaf, parameter, PROBE_OVERHEAD, flopsPerComponent);
      if (block !== undefined) blocks.set(parameter, block);
    }
    return blocks;
  }

  /** Only then is there a choice of strategies. */
  get #isWholeAndCentral(): boolean {
    const { method, components } = this.#spec.settings;
    return method === 'central' && checksWholeParameters(components);
  }

  /** Of moving one component by itself. */
  #flopsOf(program: ProbeProgram | undefined): number {
    return PROBE_OVERHEAD + this.#pairs * (program?.flopsPerPair ?? 0);
  }

  #weightFlops(selected: readonly number[]): number {
    return selected.reduce(
      (sum, parameter) =>
        sum + this.#spec.parameters[parameter].size * (this.programs[parameter]?.flopsPerPair ?? 0),
      0,
    );
  }

  #isCheaper({ parameter, members, rest, weightFlops }: Candidate): boolean {
    const outputs = new Set(members.map(({ output }) => output));
    const units = [...outputs].reduce(
      (sum, output) => sum + this.#group(output).units * this.#group(output).flopsPerUnit,
      0,
    );
    const contractions = members.reduce(
      (sum, { output, contraction }) => sum + this.#group(output).units * contraction.flops,
      0,
    );
    const { size } = this.#spec.parameters[parameter];
    return units + contractions + size * (rest?.flopsPerPair ?? 0) < weightFlops;
  }

  #candidate(parameter: number): Candidate | undefined {
    const leaf = this.#leaves.get(this.#spec.parameters[parameter].name);
    const program = this.programs[parameter];
    if (leaf === undefined || program === undefined || !program.reachesCost) return undefined;
    const { linear, other } = parameterUses(this.#spec.graph, leaf);
    const members = linear.flatMap((use) => {
      const contraction = this.#group(use.output).contractionOf(use);
      return contraction === undefined ? [] : [{ parameter, contraction, output: use.output }];
    });
    if (linear.length === 0 || members.length < linear.length) return undefined;
    const { shape } = this.#spec.graph.nodes[leaf];
    const rest =
      other.length === 0
        ? undefined
        : new ProbeProgram(this.tape, { node: leaf, consumers: new Set(other) }, pointRegion(shape));
    return {
      parameter,
      members,
      rest,
      weightFlops: this.#spec.parameters[parameter].size * program.flopsPerPair,
    };
  }

  #chosenGroups(chosen: ReadonlyMap<number, Candidate>): UnitGroup[] {
    const members = new Map<NodeId, GroupMember[]>();
    for (const candidate of chosen.values()) {
      for (const { output, parameter, contraction } of candidate.members) {
        members.set(output, [...(members.get(output) ?? []), { parameter, contraction }]);
      }
    }
    return [...members]
      .sort(([a], [b]) => a - b)
      .map(([output, list]) => this.#group(output).withMembers(list));
  }

  #group(output: NodeId): UnitGroup {
    const group = this.#groups.get(output) ?? new UnitGroup(this.tape, output);
    this.#groups.set(output, group);
    return group;
  }

  #program(parameter: number, region: (shape: Shape) => Region): ProbeProgram | undefined {
    const leaf = this.#leaves.get(this.#spec.parameters[parameter].name);
    if (leaf === undefined) return undefined;
    return new ProbeProgram(this.tape, { node: leaf }, region(this.#spec.graph.nodes[leaf].shape));
  }
}

import type { CheckJob } from '../../../src/check/check-job.ts';
import { diagnose, type JobDiagnosis } from '../../../src/check/diagnosis/diagnose.ts';
import { diagnosedParameters } from '../../../src/check/diagnosis/diagnosed-parameters.ts';
import { readContext } from '../../../src/check/diagnosis/read-context.ts';
import type { SlopeVariant } from '../../../src/check/diagnosis/slope-variant.ts';
import { randomStream } from '../../../src/check/random.ts';
import { completedRun, numericGradient, withStep } from '../../fixtures/numeric-gradient.ts';
import { arbitraryNetwork } from '../arbitrary-network.ts';
import type { BugSite } from './planted-bugs.ts';
import { slopeVariantJobs } from './slope-variant-jobs.ts';

/** A site for bugs, with all that a diagnosis of it needs. */
export interface RandomSite extends BugSite {
  readonly slopeVariants: readonly SlopeVariant[];
}

const activations = ['tanh', 'sigmoid', 'softplus', 'relu'] as const;

/** A seeded network of three layers, the last two weights of one shape. */
export function randomSite(seed: number): RandomSite {
  const random = randomStream(seed);
  const pick = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const width = pick(5, 8);
  const examples = pick(3, 9);
  const kinds = Array.from({ length: 4 }, () => activations[pick(0, 3)]);
  const job = arbitraryNetwork.build({
    widths: [pick(4, 7), width, width, width, 3],
    activations: [...kinds.slice(0, 3), 'identity'],
    loss: random() < 0.5 ? 'mse' : 'cross-entropy',
    examples,
    penalty: true,
    residual: false,
    tied: false,
    seed: pick(0, 1e6),
  });
  const { parameters } = job.spec;
  const weights = parameters.filter(({ shape }) => shape.length === 2);
  const [weight, twin] = random() < 0.5 ? [weights[1], weights[2]] : [weights[2], weights[1]];
  const right = numericGradient(withStep(job, 2e-5));
  const variants = slopeVariantJobs(
    job,
    parameters.map(({ name }) => name),
  );
  const left = variants[pick(0, 2)];
  return {
    job,
    right,
    weight,
    twin,
    examples,
    lambda: 0.2,
    random,
    slopeLeftOut: numericGradient(withStep(left.job, 2e-5)),
    slopeVariants: variants.map(({ activation: { layer, op }, job: altered }) => {
      const numeric = numericGradient(altered);
      return {
        layer,
        op,
        numeric: new Map(
          parameters.map(({ name, offset, size }) => [
            name,
            new Map(numeric.subarray(offset, offset + size).entries()),
          ]),
        ),
      };
    }),
  };
}

/** What is said of a claimed gradient, with verdicts as a check gives them. */
export function diagnoseClaim(site: RandomSite, claimed: Float64Array): JobDiagnosis {
  const job: CheckJob = { ...site.job, claimed };
  const run = completedRun(job);
  const verdicts = new Map(run.report(0).parameters.map(({ name, verdict }) => [name, verdict]));
  const parameters = diagnosedParameters(job, verdicts, run.conclusions);
  return diagnose(parameters, readContext(job, site.slopeVariants));
}

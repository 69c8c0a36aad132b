import { type Faults, pointerTo } from '../../errors/fault.ts';
import { quote } from '../../tensors/describe-json.ts';
import { didYouMean } from '../nearest-name.ts';

/** What names of the job are in the file, and the other way round: `parameterNames` of a model. Others are the same. */
export class JobNames {
  readonly #toFile: ReadonlyMap<string, string>;
  readonly #toJob: ReadonlyMap<string, string>;

  constructor(parameterNames: Readonly<Record<string, string>> = {}) {
    const names = Object.entries(parameterNames);
    this.#toFile = new Map(names);
    this.#toJob = new Map(names.map(([job, file]) => [file, job]));
  }

  inFile(jobName: string): string {
    return this.#toFile.get(jobName) ?? jobName;
  }

  inJob(fileName: string): string {
    return this.#toJob.get(fileName) ?? fileName;
  }

  /** Adds a fault for every name that means nothing in the file, or not one thing. @param known the file's names */
  refuseUnfit(known: ReadonlySet<string>, pointer: string, faults: Faults): void {
    for (const [job, file] of this.#toFile) {
      const fault = this.#unfit(job, file, known);
      if (fault !== undefined) faults.add(pointerTo(pointer, job), fault);
    }
  }

  #unfit(job: string, file: string, known: ReadonlySet<string>): string | undefined {
    if (!known.has(file)) {
      return `the model has no input and no initializer ${quote(file)}${didYouMean(file, known)}`;
    }
    const last = this.inJob(file);
    if (last !== job) return `${quote(file)} is called ${quote(last)} too: it may have one name`;
    // Its own tensor of that name would be taken for the other.
    if (job !== file && known.has(job) && !this.#toJob.has(job)) {
      return `the model has a tensor ${quote(job)} already, which must then have another name here too`;
    }
    return undefined;
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of our own that is gone when it is removed, or else when the process ends. */
export class TemporaryFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'gradcheck-bench-'));
  readonly #removeAtExit = () => rmSync(this.path, { recursive: true, force: true });

  constructor() {
    process.once('exit', this.#removeAtExit);
  }

  remove(): void {
    process.off('exit', this.#removeAtExit);
    this.#removeAtExit();
  }
}

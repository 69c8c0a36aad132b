import { describe, expect, it } from 'vitest';
import { findCycle, parseImports, partOf, readImportGraph } from './import-graph.ts';

/** Modules of Node that compute or tell constants, such as the byte order. */
const pureModules = ['node:buffer', 'node:os', 'node:zlib'];
const core = ['errors', 'tensors', 'kernels', 'graph', 'check'];
/** `kernels` loads its own compiled module from a file, and does no other I/O. */
const pure = ['errors', 'tensors', 'graph', 'check'];

/** What each part may import, beside itself: other parts, or folders of them. */
const below: Record<string, readonly string[]> = {
  errors: [],
  tensors: ['errors'],
  kernels: ['errors', 'tensors'],
  graph: ['errors', 'tensors', 'kernels'],
  check: ['errors', 'tensors', 'kernels', 'graph'],
  models: core,
  threads: [],
  jobs: [...core, 'models', 'threads'],
  config: ['errors'],
  http: [...core, 'models', 'threads', 'jobs', 'config'],
  main: [...core, 'models', 'jobs', 'config', 'http'],
  cli: [...core, 'models', 'jobs', 'config', 'main'],
  // The library: no threads, no stores, no HTTP.
  index: [...core, 'models'],
  // A worker is the far end of the executor or of the store, and shares with it what both must agree on.
  workers: [...core, 'models', 'threads', 'jobs/executor', 'jobs/store'],
};

const graph = readImportGraph(['src', 'workers']);
const edges = [...graph].flatMap(([from, imports]) => imports.map((edge) => ({ from, ...edge })));

describe('the import graph', () => {
  it('is read from real files: at least 30 of them, with at least 60 imports', () => {
    expect(graph.size).toBeGreaterThanOrEqual(30);
    expect(edges.length).toBeGreaterThanOrEqual(60);
  });

  it('has every form of import', () => {
    const source = [
      "import type { A } from './a.ts';",
      "/* import './comment.ts' */",
      "// import './another-comment.ts';",
      "import './b.ts';",
      "export * from './c.ts';",
      "import {\n  d,\n} from './d.ts';",
      "const e = await import('./e.ts');",
    ].join('\n');
    expect(parseImports(source)).toEqual([
      { specifier: './a.ts', typeOnly: true },
      { specifier: './c.ts', typeOnly: false },
      { specifier: './d.ts', typeOnly: false },
      { specifier: './b.ts', typeOnly: false },
      { specifier: './e.ts', typeOnly: false },
    ]);
  });

  it('names files that exist, with their .ts ending', () => {
    const relative = edges.filter(({ file }) => file !== undefined);
    expect(relative.filter(({ found, specifier }) => !found || !specifier.endsWith('.ts'))).toEqual([]);
  });

  it('has only known parts', () => {
    expect([...graph.keys()].filter((file) => below[partOf(file)] === undefined)).toEqual([]);
  });

  it('points downward only', () => {
    const upward = edges.filter(({ from, file, typeOnly }) => {
      if (file === undefined || partOf(file) === partOf(from)) return false;
      // What a worker is sent and answers is typed by the part that runs it.
      if (partOf(from) === 'workers' && typeOnly) return false;
      const allowed = below[partOf(from)] ?? [];
      return !allowed.some((part) => part === partOf(file) || file.startsWith(`src/${part}/`));
    });
    expect(upward.map(({ from, file }) => `${from} → ${file}`)).toEqual([]);
  });

  it('has no cycle of files', () => {
    expect(findCycle(graph)).toBeUndefined();
  });

  it('finds a cycle where there is one', () => {
    const edge = (file: string, typeOnly = false) => ({ specifier: file, typeOnly, file, found: true });
    const cyclic = new Map([
      ['a', [edge('b')]],
      ['b', [edge('c'), edge('a', true)]],
      ['c', [edge('b')]],
    ]);
    expect(findCycle(cyclic)).toEqual(['b', 'c', 'b']);
  });

  it('keeps errors, tensors, graph and check free of I/O, threads and packages', () => {
    const outside = edges.filter(({ from, file, specifier }) => {
      return pure.includes(partOf(from)) && file === undefined && !pureModules.includes(specifier);
    });
    expect(outside.map(({ from, specifier }) => `${from} → ${specifier}`)).toEqual([]);
  });
});

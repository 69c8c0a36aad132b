import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

export interface Import {
  /** What stands between the quotes. */
  readonly specifier: string;
  /** Gone after compiling: such an import cannot close a cycle at run time. */
  readonly typeOnly: boolean;
  /** The imported file, from the project's root; undefined for a package or a module of Node. */
  readonly file: string | undefined;
  /** Whether a file imported by a relative path exists. */
  readonly found: boolean;
}

/** The imports of every TypeScript file below some folders, by the file's path from the project's root. */
export function readImportGraph(folders: readonly string[]): ReadonlyMap<string, readonly Import[]> {
  const graph = new Map<string, readonly Import[]>();
  for (const folder of folders) {
    for (const entry of readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
      const path = join(entry.parentPath, entry.name);
      graph.set(
        fromRoot(path),
        parseImports(readFileSync(path, 'utf8')).map((found) => resolveImport(path, found)),
      );
    }
  }
  return graph;
}

/** Every `import … from`, `export … from`, bare `import` and `import()` of a source text. */
export function parseImports(source: string): { specifier: string; typeOnly: boolean }[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
  const statements = code.matchAll(/^(?:import|export)\s+(type\s)?[^;'"]*?from\s*['"]([^'"]+)['"]/gm);
  const others = code.matchAll(/(?:^import\s*|\bimport\s*\(\s*)['"]([^'"]+)['"]/gm);
  return [
    ...Array.from(statements, ([, type, specifier]) => ({ specifier, typeOnly: type !== undefined })),
    ...Array.from(others, ([, specifier]) => ({ specifier, typeOnly: false })),
  ];
}

function resolveImport(
  importer: string,
  { specifier, typeOnly }: { specifier: string; typeOnly: boolean },
): Import {
  if (!specifier.startsWith('.')) return { specifier, typeOnly, file: undefined, found: true };
  const target = resolve(dirname(importer), specifier);
  return { specifier, typeOnly, file: fromRoot(target), found: existsSync(target) };
}

/** The part that a file belongs to: a folder of `src`, a file right below `src`, or another top folder. */
export function partOf(file: string): string {
  const [top, second] = file.split('/');
  return top === 'src' ? second.replace(/\.ts$/, '') : top;
}

/** One cycle of files, each importing the next while running; undefined when there is none. */
export function findCycle(graph: ReadonlyMap<string, readonly Import[]>): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const { file: next, typeOnly } of graph.get(file) ?? []) {
      const cycle = next === undefined || typeOnly ? undefined : visit(next);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

function fromRoot(path: string): string {
  return relative(projectRoot, path).split(sep).join('/');
}

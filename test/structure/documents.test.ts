import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkGradients } from '../../src/index.ts';
import { layerKinds } from '../../src/models/layers/layer-registry.ts';
import { lossKinds } from '../../src/models/layers/loss-registry.ts';
import { regularizerKinds } from '../../src/models/layers/regularization.ts';
import { projectRoot } from './import-graph.ts';

const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8');
const documents = [
  'README.md',
  ...readdirSync(join(projectRoot, 'docs')).map((name) => `docs/${name}`),
  ...readdirSync(join(projectRoot, 'examples')).map((name) => `examples/${name}`),
].filter((path) => path.endsWith('.md'));

describe.each(documents)('%s', (path) => {
  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = Array.from(
      read(path).matchAll(/npm (?:run )?(?:--silent )?(test|start|(?<=run )[\w:-]+)/g),
      ([, name]) => name,
    );
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it('links only to files that exist', () => {
    const links = Array.from(read(path).matchAll(/\]\((?!https?:)([^)#]+)/g), ([, target]) => target);
    expect(links.filter((target) => !existsSync(join(projectRoot, dirname(path), target)))).toEqual([]);
  });

  it('names only files of the project that exist', () => {
    const named = Array.from(
      read(path).matchAll(/(?<![\w/])(?:src|examples|docs|test|workers|kernels|bench)\/[\w./-]*\w/g),
      ([file]) => file,
    );
    expect(named.filter((file) => !existsSync(join(projectRoot, file)))).toEqual([]);
  });
});

it("the README's job documents can be checked as they are", async () => {
  const blocks = Array.from(read('README.md').matchAll(/```json\n([\s\S]*?)```/g), ([, json]) => json);
  const verdicts = await Promise.all(
    blocks.map(async (json) => (await checkGradients(JSON.parse(json))).verdict),
  );
  expect(verdicts).toEqual(['fail', 'fail']);
});

it('docs/models.md names every layer, loss and regulariser, and its document can be checked as it is', async () => {
  const text = read('docs/models.md');
  const types = [layerKinds, lossKinds, regularizerKinds].flatMap(({ byType }) => [...byType.keys()]);
  expect(types.filter((type) => !text.includes(`\`${type}\``))).toEqual([]);
  const [, json = ''] = text.match(/```json\n([\s\S]*?)```/) ?? [];
  expect((await checkGradients(JSON.parse(json))).verdict).toBe('fail');
});

it('there are documents to look at, and the README names both first commands', () => {
  expect(documents).toContain('README.md');
  expect(read('README.md')).toContain('npm run demo');
  expect(read('README.md')).toContain('npm test');
});

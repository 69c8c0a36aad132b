import { z } from 'zod';

/** What the page shows of an OpenAPI document. */
const contractSchema = z.object({
  info: z.object({ title: z.string(), description: z.string() }),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        summary: z.string().default(''),
        description: z.string().optional(),
        parameters: z
          .array(z.object({ in: z.string(), name: z.string(), description: z.string().default('') }))
          .default([]),
        requestBody: z.unknown().optional(),
        responses: z.record(z.string(), z.object({ description: z.string().default('') })),
      }),
    ),
  ),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

type Contract = z.output<typeof contractSchema>;
type Operation = Contract['paths'][string][string];

/** Writes the contract as one HTML page that loads nothing else. */
export function renderDocs(contract: unknown): string {
  const { info, paths, components } = contractSchema.parse(contract);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => renderOperation(method, path, operation)),
  );
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      html`<details id="schema-${name}"><summary><code>${name}</code></summary><pre>${JSON.stringify(schema, null, 2)}</pre></details>`,
  );
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${info.title}</title>
<style>${new Markup(STYLE)}</style></head>
<body><main>
<h1>${info.title}</h1>
<p>${info.description} The contract as a file: <a href="/openapi.yaml">openapi.yaml</a>.</p>
${operations}
<h2>Schemas</h2>
${schemas}
</main></body></html>
`.text;
}

function renderOperation(method: string, path: string, operation: Operation): Markup {
  const { summary, description, parameters, requestBody, responses } = operation;
  const inputs = parameters.map(
    (parameter) =>
      html`<tr><td><code>${parameter.name}</code></td><td>${parameter.in}</td><td>${parameter.description}</td></tr>`,
  );
  const answers = Object.entries(responses).map(
    ([status, answer]) =>
      html`<tr><td>${status}</td><td>${answer.description}</td><td>${referenceIn(answer)}</td></tr>`,
  );
  return html`<section>
<h2><span class="method">${method.toUpperCase()}</span> <code>${path}</code></h2>
<p>${summary}. ${description ?? ''}</p>
${requestBody === undefined ? [] : [html`<p>Body: ${referenceIn(requestBody)}</p>`]}
${inputs.length === 0 ? [] : [html`<table><thead><tr><th>Parameter</th><th>In</th><th>Meaning</th></tr></thead>${inputs}</table>`]}
<table><thead><tr><th>Answer</th><th>Meaning</th><th>Schema</th></tr></thead>${answers}</table>
</section>
`;
}

/** A link to the first named schema that a part of the contract refers to. */
function referenceIn(part: unknown): Markup {
  const name = /"#\/components\/schemas\/([^"]+)"/.exec(JSON.stringify(part))?.[1];
  return name === undefined ? html`` : html`<a href="#schema-${name}"><code>${name}</code></a>`;
}

/** Text that is HTML already. */
class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Puts values into HTML: text is escaped, markup is not. */
function html(
  literals: TemplateStringsArray,
  ...values: readonly (string | Markup | readonly Markup[])[]
): Markup {
  const written = values.map((value) => {
    if (typeof value === 'string') return escapeHtml(value);
    return [value]
      .flat()
      .map(({ text }) => text)
      .join('\n');
  });
  return new Markup(String.raw({ raw: literals }, ...written));
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; color: #1b1f24; background: #fff; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem; }
h2 { font-size: 1.1rem; margin-top: 2.5rem; border-top: 1px solid #d0d7de; padding-top: 1rem; }
.method { display: inline-block; min-width: 4rem; color: #0550ae; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #eaeef2; }
pre { overflow: auto; background: #f6f8fa; padding: 1rem; font-size: .8rem; }
@media (prefers-color-scheme: dark) {
  body { color: #e6edf3; background: #0d1117; } pre { background: #161b22; } a, .method { color: #79c0ff; }
}
`;

import { Readable } from 'node:stream';
import { z } from 'zod';
import { GradcheckError } from '../../errors/catalogue.ts';
import { writeNpz } from '../../tensors/files/npz-writer.ts';
import { reservedName, writeSafetensors } from '../../tensors/files/safetensors-writer.ts';
import type { TensorOutline, TensorValues } from '../../tensors/files/tensor-outline.ts';
import type { ComponentSource } from '../components/component-source.ts';
import type { ComponentSources } from '../components/component-sources.ts';
import { matchesTag } from '../entity-tag.ts';
import type { HttpApp } from '../http-app.ts';
import { jobParamsSchema, pointSchema } from '../query-schema.ts';
import { sendReportAbsent } from '../report-absent.ts';
import type { ServiceParts } from '../service-parts.ts';

/** A form in which the numeric gradient can be had. */
interface FileForm {
  readonly name: string;
  readonly operationId: string;
  readonly type: string;
  /** @throws GradcheckError not-acceptable when the form cannot hold the tensors. */
  readonly write: (tensors: readonly TensorOutline[], valuesOf: TensorValues) => AsyncIterable<Uint8Array>;
}

const forms: readonly FileForm[] = [
  {
    name: 'numeric.safetensors',
    operationId: 'readNumericSafetensors',
    type: 'application/octet-stream',
    write: (tensors, valuesOf) => {
      if (tensors.every(({ name }) => name !== reservedName)) return writeSafetensors(tensors, valuesOf);
      const detail = `safetensors cannot hold a tensor called "${reservedName}"; ask for numeric.npz`;
      throw new GradcheckError('not-acceptable', detail);
    },
  },
  {
    name: 'numeric.npz',
    operationId: 'readNumericNpz',
    type: 'application/zip',
    write: writeNpz,
  },
];

/** Bytes that wait for a slow reader. */
const BUFFERED = 1 << 20;

/** The numeric gradient of a job that has succeeded, as a file. */
export function numericRoutes(app: HttpApp, { coordinator }: ServiceParts, sources: ComponentSources): void {
  for (const { name, operationId, type, write } of forms) {
    app.get(
      `/v1/jobs/:id/${name}`,
      {
        schema: {
          summary: `Read the numeric gradient of a job that has succeeded, as ${name.replace('numeric', '')}`,
          operationId,
          params: jobParamsSchema,
          querystring: z.strictObject({ point: pointSchema }),
          response: {
            200: {
              description:
                'A float64 tensor for each parameter; NaN where not checked. `ETag` never changes.',
              content: { [type]: { schema: z.unknown() } },
            },
            304: z.undefined().describe('`If-None-Match` names what the client has.'),
          },
        },
      },
      async (request, reply) => {
        const job = await coordinator.get(request.params.id);
        if (job.status !== 'succeeded') return sendReportAbsent(reply, job);
        // The numbers of a job never change.
        const { point } = request.query;
        const ofPoint = point === undefined ? '' : `-${point}`;
        const tag = `"${job.id}${ofPoint}"`;
        reply.header('etag', tag);
        if (matchesTag(request.headers['if-none-match'], tag)) return reply.code(304).send();
        const source = await sources.open(job.id, point);
        const pieces = write(source.parameters, valuesOf(source));
        reply
          .type(type)
          .header('content-disposition', `attachment; filename="${name.replace('.', `${ofPoint}.`)}"`);
        return reply.send(Readable.from(pieces, { objectMode: false, highWaterMark: BUFFERED }));
      },
    );
  }
}

function valuesOf(source: ComponentSource): TensorValues {
  const byName = new Map(source.parameters.map((parameter) => [parameter.name, parameter]));
  return async function* read({ name }) {
    const parameter = byName.get(name);
    if (parameter !== undefined) yield* source.numeric(parameter);
  };
}

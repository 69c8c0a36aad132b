import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { reportFormats } from '../check/report/formats/report-format.ts';
import type { CheckOutcome } from './check-outcome.ts';
import { CommandError, causeOf } from './command-error.ts';
import { formatReportTable } from './report-table.ts';

/** What a report can be printed as; `csv` is every checked component, a line each. */
export const printFormats = ['table', 'json', 'markdown', 'junit', 'csv'] as const;

export type PrintFormat = (typeof printFormats)[number];

type Reported = Extract<CheckOutcome, { kind: 'report' }>;

export interface PrintOptions {
  readonly format: PrintFormat;
  /** A file to be written instead of stdout. */
  readonly output?: string;
}

/** Prints a report. @throws CommandError when the file cannot be written. */
export async function printReport(reported: Reported, { format, output }: PrintOptions): Promise<void> {
  const text = Readable.from(await textOf(reported, format, output));
  if (output === undefined) {
    // Whoever reads stdout may have seen enough.
    for await (const piece of text) if (!process.stdout.write(piece)) await drained();
    return;
  }
  try {
    await pipeline(text, createWriteStream(output));
  } catch (error) {
    throw new CommandError(`cannot write ${output}: ${causeOf(error)}`, { cause: error });
  }
}

async function textOf(
  { report, name, components }: Reported,
  format: PrintFormat,
  output: string | undefined,
): Promise<Iterable<string> | AsyncIterable<string>> {
  const heading = name === undefined ? {} : { name };
  switch (format) {
    case 'table': {
      const color = output === undefined && process.stdout.isTTY && process.stdout.hasColors();
      return [formatReportTable(report, { ...heading, color })];
    }
    case 'json':
      return [`${JSON.stringify(report, null, 2)}\n`];
    case 'csv':
      return components();
    default:
      return [reportFormats[format].format(report, heading)];
  }
}

/** Resolves when stdout takes more, or nobody reads it any more. */
function drained(): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.once('drain', resolve).once('close', resolve).once('error', resolve);
  });
}

import type { Report } from '../report.ts';
import { formatJUnit } from './junit.ts';
import { formatMarkdown } from './markdown.ts';

/** What a report is shown under. */
export interface ReportHeading {
  /** The job's name, if it has one. */
  readonly name?: string;
}

/** A form of the report as text. */
export interface ReportFormat {
  readonly mediaType: string;
  format(report: Report, heading: ReportHeading): string;
}

/** What is listed of every component: component-csv.ts. */
export const CSV_MEDIA_TYPE = 'text/csv';

/** By the names that the command line has for them. The list of components is another thing: component-csv.ts. */
export const reportFormats = {
  markdown: { mediaType: 'text/markdown', format: formatMarkdown },
  junit: { mediaType: 'application/xml', format: formatJUnit },
} as const satisfies Readonly<Record<string, ReportFormat>>;

import type { StatsQuestion } from '../core/figures/answer.ts';
import { type Cell, type Sheet, sheetsOf } from '../core/figures/sheets.ts';
import type { Stats } from './stats.ts';

export const exportFormats = ['csv', 'xlsx'] as const;
export type ExportFormat = (typeof exportFormats)[number];

const contentTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/**
 * One table as RFC 4180 has it, with the mark by which Excel knows UTF-8. Names come from people: what a spreadsheet would take for a formula (a first character
 * of = + - @ and the like) gets an apostrophe before it, so that it stays words; numbers stay numbers.
 */
export async function toCsv({ headers, rows }: Sheet): Promise<Uint8Array> {
  const { stringify } = await import('csv-stringify/sync');
  return Buffer.from(
    stringify([[...headers], ...rows.map((row) => [...row])], {
      ...{ bom: true, record_delimiter: 'windows', escape_formulas: true },
      // Half a line break ends a row for most readers, and what follows it would begin one.
      quoted_match: /[\r\n]/,
    }),
  );
}

/** All tables, one a sheet. Words are stored as words there, never as formulas. */
export async function toXlsx(sheets: readonly Sheet[]): Promise<Uint8Array> {
  const { default: writeExcelFile } = await import('write-excel-file/node');
  return writeExcelFile(
    sheets.map(({ name, headers, rows }) => ({
      ...{ sheet: name, stickyRowsCount: 1, columns: headers.map((title) => ({ width: Math.max(10, title.length + 2) })) },
      data: [headers.map((value) => ({ value, fontWeight: 'bold' as const })), ...rows.map((row) => row.map(toXlsxCell))],
    })),
  ).toBuffer();
}

const toXlsxCell = (value: Cell) => (value === null ? null : typeof value === 'number' ? { value, type: Number } : { value, type: String });

export interface ExportQuestion extends StatsQuestion {
  readonly format: ExportFormat;
  /** Of CSV, which has one table. */
  readonly table: Sheet['name'];
}

export interface ExportedFile {
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
}

/** Figures day by day, as a file. Null: that would be more than `maxRows` rows. */
export async function exportFile(
  stats: Pick<Stats, 'daily' | 'answer' | 'performance'>,
  { range, scope, by, format, table }: ExportQuestion,
  maxRows = Number.POSITIVE_INFINITY,
): Promise<ExportedFile | null> {
  const [days, answer, performance] = await Promise.all([
    stats.daily(range, scope, by),
    stats.answer({ range, scope, by: null }),
    stats.performance(range, scope),
  ]);
  const sheets = sheetsOf(days, answer, by, performance);
  if (sheets.some(({ rows }) => rows.length > maxRows)) return null;
  const one = sheets.find(({ name }) => name === table);
  if (!one) throw new Error('an export has tables');
  return {
    name: `threadmart-${format === 'csv' ? `${table}-` : ''}${range.firstDay}..${range.lastDay}.${format}`,
    mimeType: contentTypes[format],
    bytes: format === 'csv' ? await toCsv(one) : await toXlsx(sheets),
  };
}

import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { arch, cpus } from 'node:os';
import { type Figure, worsening } from './figure.ts';
import { tableOf } from './table.ts';
import { type Language, nameOf } from './texts.ts';

/** The last committed measurement, for programs; the documents hold the same for people. */
const recordFile = new URL('last.json', import.meta.url);
const documents: Readonly<Record<Language, URL>> = {
  en: new URL('../docs/performance.md', import.meta.url),
  'zh-CN': new URL('../docs/performance.zh-CN.md', import.meta.url),
};
/** What stands between these lines of a document is replaced. */
const [begin, end] = ['<!-- bench: begin -->', '<!-- bench: end -->'];

interface Recorded {
  readonly machine: string;
  readonly figures: readonly Figure[];
}

/** JSON knows no NaN: what could not be measured is null there. Six digits are more than any figure has. */
const toJson = (recorded: Recorded): string =>
  `${JSON.stringify(recorded, (_, value: unknown) => (typeof value === 'number' ? rounded(value) : value), 2)}\n`;

const rounded = (value: number): number | null => (Number.isFinite(value) ? Number(value.toPrecision(6)) : null);

async function read(): Promise<Recorded | null> {
  if (!existsSync(recordFile)) return null;
  const { machine, figures } = JSON.parse(await readFile(recordFile, 'utf8')) as Recorded;
  const number = (value: number | null): number => value ?? Number.NaN;
  return {
    machine,
    figures: figures.map((figure) => ({
      ...figure,
      product: number(figure.product),
      against: number(figure.against),
      ratio: number(figure.ratio),
      noise: number(figure.noise),
    })),
  };
}

export function machineName(): string {
  const all = cpus();
  return `${all.length} × ${all[0]?.model.trim() ?? 'unknown'} (${arch()}), Node ${process.versions.node}`;
}

/** Writes record and documents. Figures that were not measured this time stay as they were. */
export async function write(figures: readonly Figure[]): Promise<void> {
  const before = await read();
  const fresh = new Map(figures.map((figure) => [figure.id, figure]));
  const known = new Set(before?.figures.map(({ id }) => id));
  const all = [...(before?.figures ?? []).map((figure) => fresh.get(figure.id) ?? figure), ...figures.filter(({ id }) => !known.has(id))];
  await writeFile(recordFile, toJson({ machine: machineName(), figures: all }));
  for (const [language, file] of Object.entries(documents) as [Language, URL][]) {
    const text = await readFile(file, 'utf8');
    const [head, rest] = text.split(begin);
    const tail = rest?.split(end)[1];
    if (head === undefined || tail === undefined) throw new Error(`${file.pathname} has no ${begin} ... ${end}`);
    await writeFile(file, `${head}${begin}\n\n${tableOf(all, language)}\n\n${machineName()}\n\n${end}${tail}`);
  }
}

/** What got worse since the last record, in words; empty: nothing beyond the noise. Throws where there is no record. */
export async function worse(figures: readonly Figure[]): Promise<readonly string[]> {
  const before = await read();
  if (!before) throw new Error('there is no bench/last.json to compare with; make one with --write');
  const byId = new Map(before.figures.map((figure) => [figure.id, figure]));
  return figures.flatMap((figure) => {
    const last = byId.get(figure.id);
    const times = last ? worsening(figure, last) : null;
    if (!last || times === null) return [];
    const how = Number.isFinite(times) ? `${times.toFixed(2)} times worse` : 'cannot be measured any more';
    return [`${nameOf(figure.id, 'en')}: ratio ${figure.ratio.toFixed(2)}, was ${last.ratio.toFixed(2)}: ${how}`];
  });
}

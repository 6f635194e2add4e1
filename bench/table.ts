import { type Figure, meetsAim } from './figure.ts';
import { head, type Language, nameOf, units } from './texts.ts';

/** The figures as a Markdown table. */
export function tableOf(figures: readonly Figure[], language: Language): string {
  const columns = Object.values(head).map((words) => words[language]);
  const rows = figures.map((figure) => [
    nameOf(figure.id, language),
    shownValue(figure.product, figure.unit, language),
    shownValue(figure.against, figure.unit, language),
    Number.isFinite(figure.ratio) ? figure.ratio.toFixed(2) : '—',
    Number.isFinite(figure.noise) ? `± ${Math.round(figure.noise * 50)} %` : '—',
    aimOf(figure, language),
  ]);
  return [columns, columns.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function shownValue(value: number, unit: Figure['unit'], language: Language): string {
  if (!Number.isFinite(value)) return '—';
  const shown =
    value >= 100 ? Math.round(value).toLocaleString('en-US') : value >= 10 ? value.toFixed(0) : value.toFixed(value < 1 ? 2 : 1);
  return `${shown}${units[unit][language]}`;
}

function aimOf(figure: Figure, language: Language): string {
  const { aim } = figure;
  if (!aim) return '';
  const sign = aim.atLeast === undefined ? '≤' : '≥';
  const bound = Number((aim.atLeast ?? aim.atMost ?? 0).toFixed(2));
  const words = aim.of === 'ratio' ? `${sign} ${bound}` : `${sign} ${bound}${units[figure.unit][language]}`;
  return `${words} ${meetsAim(figure) ? '✓' : '✗'}`;
}

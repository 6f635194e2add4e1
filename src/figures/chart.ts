import { createRequire } from 'node:module';

/** One day of a chart. */
export interface ChartDay {
  readonly day: string;
  readonly opened: number;
  readonly answered: number;
  /** Of the first response; null: nothing was answered. */
  readonly medianMs: number | null;
}

const size = { width: 720, height: 320 } as const;
const font = 'Inter';
/** An opaque ground of its own, so that it reads alike in a light and in a dark chat. */
const colours = {
  ground: '#ffffff',
  words: '#3c4043',
  grid: '#e8eaed',
  opened: '#8ab4f8',
  answered: '#188038',
  median: '#b3261e',
} as const;

/**
 * Inquiries opened and answered, and the median of the first response in minutes, day by day, as a PNG. Its few words are Latin: that is all its font has.
 * The libraries are loaded when the first chart is drawn.
 */
export async function drawChart(days: readonly ChartDay[]): Promise<Uint8Array> {
  const [{ Chart, registerables }, { createCanvas, GlobalFonts }] = await Promise.all([import('chart.js'), import('@napi-rs/canvas')]);
  // A server has no fonts of its own.
  if (!GlobalFonts.has(font)) GlobalFonts.registerFromPath(fontFile(), font);
  Chart.register(...registerables);
  Chart.defaults.font.family = font;
  Chart.defaults.font.size = 13;
  Chart.defaults.color = colours.words;
  const canvas = createCanvas(size.width, size.height);
  const chart = new Chart(canvas as never, {
    type: 'bar',
    data: {
      labels: days.map(({ day }) => day.slice(5)),
      datasets: [
        {
          ...{
            type: 'line',
            label: 'median first response, min',
            yAxisID: 'minutes',
            borderColor: colours.median,
            backgroundColor: colours.median,
          },
          ...{
            borderWidth: 2,
            pointRadius: 2,
            spanGaps: true,
            data: days.map(({ medianMs }) => (medianMs === null ? null : medianMs / 60_000)),
          },
        },
        { label: 'opened', backgroundColor: colours.opened, data: days.map(({ opened }) => opened) },
        { label: 'answered', backgroundColor: colours.answered, data: days.map(({ answered }) => answered) },
      ],
    },
    options: {
      ...{ animation: false, responsive: false, devicePixelRatio: 1, layout: { padding: 12 } },
      plugins: { legend: { position: 'top', labels: { boxWidth: 12 } } },
      scales: {
        x: { grid: { display: false } },
        y: { beginAtZero: true, ticks: { precision: 0 }, grid: { color: colours.grid } },
        minutes: { position: 'right', beginAtZero: true, grid: { display: false } },
      },
    },
    plugins: [
      {
        id: 'ground',
        beforeDraw({ ctx, width, height }) {
          ctx.fillStyle = colours.ground;
          ctx.fillRect(0, 0, width, height);
        },
      },
    ],
  });
  const picture = await canvas.encode('png');
  chart.destroy();
  return picture;
}

const fontFile = (): string => createRequire(import.meta.url).resolve('@fontsource/inter/files/inter-latin-400-normal.woff2');

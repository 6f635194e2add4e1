import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { FigureTally } from '../../src/core/figures/figures.ts';
import { sheetsOf } from '../../src/core/figures/sheets.ts';
import { agentSummaries, summaryOf } from '../../src/core/figures/summary.ts';
import { shopId } from '../../src/core/ids.ts';
import { toCsv, toXlsx } from '../../src/figures/export.ts';

function sheets() {
  const tally = new FigureTally();
  tally.count('opened', 3);
  tally.measure('firstWall').add(1_500);
  tally.agent('=HYPERLINK("http://x.example","Nok")').replies = 2;
  tally.policy('market/response', 'marketplace', { met: 1, missed: 1 });
  const figures = tally.result();
  const summary = summaryOf(figures);
  // Names of shops come from people.
  const groups = ['=1+1', '@SUM(A1)', '-2', '+3', 'Lampen, "Haus"', '灯具店'].map((name, index) => ({
    key: `market:${index}`,
    name,
    ...summary,
  }));
  return sheetsOf([{ day: '2026-11-27', summary, groups }], { agents: agentSummaries(figures), total: summary }, 'shop', [
    {
      ...{ shopId: shopId('market:1'), shopName: '=1+1', marketplace: 'market', firstDay: '2026-11-26', lastDay: '2026-11-26' },
      ...{ sessions: 12, responseRate: 0.955, responseMs: 270_000, satisfaction: null, readAt: new Date('2026-11-27T01:00:00Z') },
    },
  ]);
}

const named = (name: string) => {
  const found = sheets().find((one) => one.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
};

describe('an export', () => {
  it('has a row for each day and group, seconds and shares', () => {
    const { headers, rows } = named('days');
    expect(rows).toHaveLength(6);
    expect(rows.every((row) => row.length === headers.length)).toBe(true);
    const row = Object.fromEntries(headers.map((header, index) => [header, rows[5]?.[index]]));
    expect(row).toMatchObject({
      day: '2026-11-27',
      shop: 'market:5',
      shop_name: '灯具店',
      opened: 3,
      first_response_wall_mean_seconds: 1.5,
    });
    expect(row).toMatchObject({
      first_response_wall_p90_seconds: 2,
      first_response_business_mean_seconds: null,
      clocks_met: 1,
      clocks_missed: 1,
    });
    expect(named('rules').rows).toEqual([['market/response', 'marketplace', 1, 1, 0.5]]);
    const own = named('marketplace');
    expect(own.rows).toEqual([['2026-11-26', 'market:1', '=1+1', 'market', 12, 0.955, 270, null, '2026-11-27T01:00:00.000Z']]);
    expect(own.headers).toHaveLength(own.rows[0]?.length ?? 0);
  });

  it('holds no formulas as CSV, and is read as UTF-8', async () => {
    const bytes = await toCsv(named('days'));
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const lines = strFromU8(bytes.subarray(3)).split('\r\n');
    expect(lines[0]?.startsWith('day,shop,shop_name,opened,')).toBe(true);
    const names = lines.slice(1, 7).map((line) => line.slice('2026-11-27,market:0,'.length));
    for (const [index, start] of ["'=1+1,3", "'@SUM(A1),3", "'-2,3", "'+3,3", '"Lampen, ""Haus""",3', '灯具店,3'].entries())
      expect(names[index]?.startsWith(start)).toBe(true);
    expect(strFromU8(await toCsv(named('agents')))).not.toMatch(/^=|,=/m);
  });

  it('keeps a name of several lines in one cell as CSV', async () => {
    const csv = strFromU8(await toCsv({ name: 'agents', headers: ['agent', 'replies'], rows: [['Nok\n=1+1', 2]] }));
    expect(csv).toBe('agent,replies\r\n"Nok\n=1+1",2\r\n');
  });

  it('has a sheet for each table as XLSX, words as words and numbers as numbers', async () => {
    const files = unzipSync(await toXlsx(sheets()));
    expect(strFromU8(files['xl/workbook.xml'] ?? new Uint8Array())).toMatch(/days[\s\S]*agents[\s\S]*rules[\s\S]*marketplace/);
    const pages = Object.keys(files).filter((name) => /^xl\/worksheets\/sheet\d+\.xml$/.test(name));
    expect(pages).toHaveLength(4);
    for (const page of pages) expect(strFromU8(files[page] ?? new Uint8Array())).not.toContain('<f>');
    expect(strFromU8(files['xl/worksheets/sheet3.xml'] ?? new Uint8Array())).toContain('<v>0.5</v>');
  });
});

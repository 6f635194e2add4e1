import type { Command } from 'commander';
import { Command as CommandClass } from 'commander';
import { harmless, shortTime, table } from '../../core/columns.ts';
import type { Finding } from '../../core/connector.ts';
import type { ChannelRef } from '../../core/settings.ts';
import { answer, asking, type Context } from '../command.ts';
import { findingLines } from '../findings.ts';
import { exitCodes } from '../io.ts';

/** A shop as the API's JSON has it: times are ISO. */
interface ShopAnswer {
  readonly _id: string;
  readonly marketplace: string;
  readonly name: string;
  readonly timezone: string;
  readonly locale: string;
  readonly region: string | null;
  readonly state: string;
  readonly stateReason: string | null;
  readonly stateSince: string;
  readonly accessTokenExpiresAt: string | null;
  readonly refreshTokenExpiresAt: string | null;
}

export function shops(context: Context): Command {
  const { say } = context;
  const group = new CommandClass('shops').description(say('cli.shops'));

  group.addCommand(
    asking(context, 'list', 'cli.shops.list').action((options) =>
      answer(context, options, async (client) => {
        const items: ShopAnswer[] = [];
        for (let cursor: string | null = ''; cursor !== null; ) {
          const page: { items: ShopAnswer[]; nextCursor: string | null } = await client.get(
            `/api/shops?limit=200${cursor && `&cursor=${cursor}`}`,
          );
          items.push(...page.items);
          cursor = page.nextCursor;
        }
        const headers = [say('cli.column.id'), say('cli.column.name'), say('cli.column.state'), say('cli.column.authorized-until')];
        const rows = items.map(({ _id, name, state, stateReason, refreshTokenExpiresAt }) => [
          ...[_id, name, stateReason ? `${state} (${stateReason})` : state, shortTime(refreshTokenExpiresAt)],
        ]);
        return { data: { items }, lines: items.length > 0 ? table(headers, rows) : [say('cli.shops.none')] };
      }),
    ),
  );

  group.addCommand(
    asking(context, 'show', 'cli.shops.show')
      .argument('<id>', say('cli.argument.shop'))
      .action((id: string, options) =>
        answer(context, options, async (client) => {
          const shop = await client.get<ShopAnswer>(`/api/shops/${encodeURIComponent(id)}`);
          const { channel } = await client.get<{ channel: ChannelRef | null }>(`/api/route?shop=${encodeURIComponent(shop._id)}`);
          const fields = [...Object.entries(shop), ['channel', channel ? `${channel.platform}/${channel.id}` : null]] as [
            string,
            string | null,
          ][];
          return {
            data: { ...shop, channel },
            lines: table([say('cli.column.field'), say('cli.column.value')], fields),
          };
        }),
      ),
  );

  group.addCommand(
    asking(context, 'connect', 'cli.shops.connect')
      .argument('<marketplace>', say('cli.argument.marketplace'))
      .action((marketplace: string, options) =>
        answer(context, options, async (client) => {
          const ticket = await client.post<{ url: string; expiresAt: string }>('/api/connect', { json: { marketplace } });
          return {
            data: ticket,
            lines: [say('cli.shops.open-link', { until: shortTime(ticket.expiresAt) ?? '' }), '', harmless(ticket.url)],
          };
        }),
      ),
  );

  group.addCommand(
    asking(context, 'test', 'cli.shops.test')
      .argument('<id>', say('cli.argument.shop'))
      .action((id: string, options) =>
        answer(context, options, async (client) => {
          const tested = await client.post<{ findings: Finding[] }>(`/api/shops/${encodeURIComponent(id)}/test`);
          const failed = tested.findings.some(({ ok }) => !ok);
          return { data: tested, lines: findingLines(context, tested.findings), exitCode: failed ? exitCodes.failed : exitCodes.done };
        }),
      ),
  );
  return group;
}

import { z } from 'zod';
import type { ReminderStep } from '../../core/sla/policy.ts';
import { heldReply } from '../../core/sla/presets.ts';
import type { BusinessHours, PolicySetting } from '../../core/sla/settings.ts';
import { holidays, timeOfDay, week, zone } from './hours.ts';
import { because, duration, durationMs, filled, type Known, oneOf, wholeNumber } from './values.ts';

/** After `50s`, or after `80%` of the time there is. */
const step = z
  .strictObject({
    after: z.string().regex(/^(?:[1-9]\d{0,4}[smhd]|[1-9]\d{0,2}%)$/, because('config.expected.step')),
    to: z.enum(['assignee', 'group', 'supervisor']),
  })
  .transform(
    ({ after, to }): ReminderStep =>
      after.endsWith('%') ? { percent: Number(after.slice(0, -1)), to } : { afterMs: durationMs(after), to },
  );

const policy = ({ marketplaces, slaPolicies = [] }: Known) =>
  z
    .strictObject({
      name: filled.refine(
        (name) => (name.includes('/') ? slaPolicies.includes(name) : /^[a-z0-9-]+$/.test(name)),
        because('config.sla.name'),
      ),
      title: filled.regex(/^.{1,60}$/u, because('config.expected.title')).exactOptional(),
      kind: z.enum(['turn', 'first-response', 'cut-off', 'resolution']).exactOptional(),
      within: duration.exactOptional(),
      receivedUntil: timeOfDay.exactOptional(),
      answeredBy: timeOfDay.exactOptional(),
      hours: z.enum(['always', 'business']).exactOptional(),
      week: week.exactOptional(),
      outside: z.enum(['uncounted', 'paused']).exactOptional(),
      zone: zone.exactOptional(),
      holidays: holidays.exactOptional(),
      reminders: z.array(step).exactOptional(),
      scoredBy: z.enum(['turn', 'inquiry']).exactOptional(),
      target: wholeNumber(1, 100).nullable().exactOptional(),
      off: z.boolean().exactOptional(),
      onlyWhenNamed: z.boolean().exactOptional(),
      marketplaces: z.array(oneOf(marketplaces)).exactOptional(),
      shops: z.array(filled).exactOptional(),
    })
    .transform(({ kind, within, week: own, hours, reminders, ...rest }): PolicySetting => {
      const settled = kind ?? (rest.receivedUntil === undefined ? undefined : 'cut-off');
      const times = own ?? hours;
      return {
        ...rest,
        ...(settled === undefined ? {} : { kind: settled }),
        ...(within === undefined ? {} : { withinMs: within }),
        ...(times === undefined ? {} : { hours: times }),
        ...(reminders === undefined ? {} : { steps: reminders }),
      };
    });

const policies = (known: Known) =>
  z.array(policy(known)).transform((given, context) => {
    const complete = new Set([heldReply.name, ...(known.slaPolicies ?? [])]);
    for (const [index, { name, kind, withinMs, receivedUntil, answeredBy }] of given.entries()) {
      const enough = kind === 'cut-off' ? receivedUntil !== undefined && answeredBy !== undefined : withinMs !== undefined;
      if (!enough && !complete.has(name))
        context.addIssue({ code: 'custom', message: because('config.sla.incomplete'), path: [index], input: given });
      complete.add(name);
    }
    return given;
  });

const words = z.array(filled).nullable().exactOptional();

export const sla = (known: Known) => z.strictObject({ policies: policies(known).exactOptional(), fillers: words, closingWords: words });

const times = { zone: zone.exactOptional(), week: week.nullable().exactOptional(), holidays: holidays.exactOptional() };

export const businessHours = z
  .strictObject({ ...times, shops: z.array(z.strictObject({ shop: filled, ...times })).exactOptional() })
  .transform((given): Partial<BusinessHours> => given);

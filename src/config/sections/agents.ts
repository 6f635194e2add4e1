import { z } from 'zod';
import { week } from './hours.ts';
import { account, because, filled, type Known, locale, timezone, wholeNumber } from './values.ts';

/** One person who answers. */
export const agent = (known: Known) =>
  z
    .strictObject({
      name: filled,
      accounts: z.array(account(known)).default([]),
      email: z.email(because('config.expected.email')).exactOptional(),
      role: z.enum(['agent', 'supervisor']).default('agent'),
      groups: z.array(filled).exactOptional(),
      locale: locale.exactOptional(),
      zone: timezone.exactOptional(),
      hours: week.exactOptional(),
      capacity: wholeNumber(1, 1_000).exactOptional(),
      pingOffDuty: z.boolean().exactOptional(),
    })
    .refine(({ accounts, email }) => accounts.length > 0 || email !== undefined, {
      path: ['accounts'],
      error: because('config.agent-account'),
    })
    .refine(({ hours, zone }) => hours === undefined || zone !== undefined, { path: ['zone'], error: because('config.agent-zone') });

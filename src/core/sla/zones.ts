/** Zones as the runtime's own data has them. A local time is a number as well: the milliseconds that its digits would be in UTC. */

const minuteMs = 60_000;
/** All zones of today change at a full quarter of an hour in UTC, so within one the offset stands. */
const quarterMs = 15 * minuteMs;
/** Times that are asked for lie close together; the few that do not may push the others out. */
const rememberedQuarters = 1_000;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  readonly offsets: Map<number, number>;
}

const zones = new Map<string, Zone>();

/** Making a formatter is a thousand times as much work as using one. */
function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const zone: Zone = { format, offsets: new Map() };
  zones.set(name, zone);
  return zone;
}

/**
 * What is added to UTC there and then, in milliseconds: 20,700,000 in Kathmandu.
 * @throws RangeError: no zone has that name
 */
export function offsetMsAt(zone: string, at: number): number {
  const { format, offsets } = zoneOf(zone);
  const quarter = Math.floor(at / quarterMs);
  const known = offsets.get(quarter);
  if (known !== undefined) return known;
  const start = quarter * quarterMs;
  const part = Object.fromEntries(format.formatToParts(start).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = part;
  const offset = Date.UTC(year, month - 1, day, hour, minute) - start;
  if (offsets.size >= rememberedQuarters) offsets.clear();
  offsets.set(quarter, offset);
  return offset;
}

export const toLocal = (zone: string, at: number): number => at + offsetMsAt(zone, at);

/** The moment at which clocks there show `local`. What is left out when they go forward is as long after the change; of two such moments it is the first. */
export function fromLocal(zone: string, local: number): number {
  const dayMs = 24 * 60 * minuteMs;
  // No zone changes twice within two days: one of these two offsets holds, or none in the gap between them.
  const earlier = local - offsetMsAt(zone, local - dayMs);
  if (toLocal(zone, earlier) === local) return earlier;
  const later = local - offsetMsAt(zone, local + dayMs);
  return toLocal(zone, later) === local ? later : earlier;
}

/** The next moment after `at`, not after `until`, at which the offset is another; `until` when there is none. */
export function nextChange(zone: string, at: number, until: number): number {
  const offset = offsetMsAt(zone, at);
  if (offsetMsAt(zone, until - 1) === offset) return until;
  let [same, other] = [Math.floor(at / quarterMs), Math.floor((until - 1) / quarterMs)];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (offsetMsAt(zone, middle * quarterMs) === offset) same = middle;
    else other = middle;
  }
  return other * quarterMs;
}

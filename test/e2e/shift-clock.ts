/**
 * Loaded before the service (`--import`) where `CLOCK_AHEAD_MS` is set: its machine's clock is wrong by so much, below zero for one that is behind.
 * Everything in the process sees it, what others wrote too (Agenda asks the clock by itself); what counts time from one moment to another does not.
 */
const aheadMs = Number(process.env['CLOCK_AHEAD_MS']);
if (!Number.isFinite(aheadMs)) throw new Error('CLOCK_AHEAD_MS is no number');
const SystemDate = Date;

class ShiftedDate extends SystemDate {
  constructor(...parts: readonly unknown[]) {
    if (parts.length === 0) super(ShiftedDate.now());
    else super(...(parts as [number]));
  }

  static override now(): number {
    return SystemDate.now() + aheadMs;
  }
}

globalThis.Date = ShiftedDate as DateConstructor;

/** Words of a time axis: counted back from now, or the city's own clock. */
import { dayOf, shortTime, toLocal } from "../../lib/format.ts";

export interface Tick {
  readonly at: number;
  readonly text: string;
}

/** Wall time, counted back from the right edge. */
export function agoTicks(from: number, to: number): Tick[] {
  const step = to - from > 120 ? 60 : 15;
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => ({ at: to - index * step, text: ago(index * step) })).reverse();
}

function ago(seconds: number): string {
  if (seconds < 5) {
    return "now";
  }
  return seconds < 60 ? `${seconds} s ago` : `${Math.round(seconds / 60)} min ago`;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY];
const MOST = 7;
/** Seconds from midnight of UTC to the city's, on the day of a moment. */
function midnight(at: number): number {
  const ahead = Date.parse(`${toLocal(new Date(at * 1000).toISOString())}:00Z`) / 1000 - Math.floor(at / MINUTE) * MINUTE;
  return (DAY - ahead) % DAY;
}

/** Simulated time in the city: hours, or days where more is shown than three of them. */
export function cityTicks(from: number, to: number): Tick[] {
  const step = STEPS.find((width) => (to - from) / width <= MOST) ?? 30 * DAY;
  const shift = step >= DAY ? midnight(to) : 0;
  const first = Math.ceil((from - shift) / step) * step + shift;
  const ticks: Tick[] = [];
  for (let at = first; at <= to; at += step) {
    const iso = new Date(at * 1000).toISOString();
    ticks.push({ at, text: to - from > 3 * DAY ? dayOf(iso) : shortTime(iso) });
  }
  return ticks;
}

/** Numbers and times as people read them. */
import { place } from "./place.ts";

const LOCALE = "en-US";

const clocksOf = (timeZone: string) => ({
  timeZone,
  clock: new Intl.DateTimeFormat(LOCALE, { timeZone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }),
  short: new Intl.DateTimeFormat(LOCALE, { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  weekday: new Intl.DateTimeFormat(LOCALE, { timeZone, weekday: "long" }),
  day: new Intl.DateTimeFormat(LOCALE, { timeZone, weekday: "short", month: "short", day: "numeric" }),
  parts: new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
});

let made = clocksOf(place.latest().timeZone);

/** Of the city that is shown; making them takes far longer than asking them. */
function clocks(): typeof made {
  const { timeZone } = place.latest();
  made = made.timeZone === timeZone ? made : clocksOf(timeZone);
  return made;
}

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat(LOCALE, { notation: "compact", maximumFractionDigits: 1 });

const NONE = "–";
const DAY_MS = 86_400_000;

/** Simulated time in the city: `18:04:09`. */
export const clockTime = (iso: string): string => clocks().clock.format(new Date(iso));
/** The same of a moment of the real world, where the page is read. */
export const hereTime = (iso: string): string => new Date(iso).toLocaleTimeString(LOCALE, { hourCycle: "h23" });
/** `18:04`. */
export const shortTime = (iso: string): string => clocks().short.format(new Date(iso));
/** `Friday`. */
export const weekdayOf = (iso: string): string => clocks().weekday.format(new Date(iso));
/** `Fri, Jun 5`. */
export const dayOf = (iso: string): string => clocks().day.format(new Date(iso));

/** `2026-06-05T18:30`, as a form field has it. */
export function toLocal(iso: string): string {
  const parts = Object.fromEntries(clocks().parts.formatToParts(new Date(iso)).map(({ type, value }) => [type, value]));
  return `${parts.year ?? ""}-${parts.month ?? ""}-${parts.day ?? ""}T${parts.hour ?? ""}:${parts.minute ?? ""}`;
}

/** `20:15`, and the day where it is not today's. */
export function when(iso: string, today: string): string {
  const time = shortTime(iso);
  if (dayOf(iso) === dayOf(today)) {
    return time;
  }
  const near = Math.abs(Date.parse(iso) - Date.parse(today)) < 6 * DAY_MS;
  return `${near ? weekdayOf(iso) : dayOf(iso)} ${time}`;
}

/** Few digits, never more than people can take in at a glance. */
export function amount(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) {
    return NONE;
  }
  const size = Math.abs(value);
  if (size >= 100_000) {
    return compact.format(value);
  }
  return size < 100 && !Number.isInteger(value) ? tenths.format(value) : whole.format(value);
}

export const percent = (share: number | null): string => (share === null ? NONE : `${tenths.format(share * 100)} %`);

/** 0 is as fast as possible. */
export function speed(multiplier: number | null): string {
  if (multiplier === null) {
    return NONE;
  }
  return multiplier === 0 ? "max" : `${amount(multiplier)}×`;
}

export function milliseconds(value: number | null | undefined): string {
  if (value === null || value === undefined) {
    return NONE;
  }
  return value >= 1000 ? `${tenths.format(value / 1000)} s` : `${whole.format(value)} ms`;
}

/** `1 h 20 min`, `45 min`, `30 s`. */
export function duration(seconds: number): string {
  if (seconds < 90) {
    return `${whole.format(seconds)} s`;
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `fast_food` → `fast food`. */
export const plain = (name: string): string => name.replaceAll(/[_.]/g, " ");

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `3 people`, `1 person`. */
export const counted = (number: number, one: string, many: string): string => `${whole.format(number)} ${number === 1 ? one : many}`;

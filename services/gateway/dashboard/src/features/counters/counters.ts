/** The figures beside the map: what each is called and how it is read from the statistics. */
import { amount, milliseconds, percent } from "../../lib/format.ts";
import type { Figures } from "../../lib/rates.ts";

export interface Counter {
  readonly name: string;
  readonly title: string;
  readonly hint: string;
  readonly read: (stats: Figures) => number | null;
  readonly print: (value: number | null) => string;
  /** Whether its change over a minute says something. */
  readonly telling?: boolean;
  /** Worth worrying about. */
  readonly alarming?: (value: number) => boolean;
}

const sum = (numbers: Readonly<Record<string, number>>): number => Object.values(numbers).reduce((all, one) => all + one, 0);

/** The slowest service is how far the city is behind; its sum would count the same records again. */
const worst = (numbers: Readonly<Record<string, number>>): number => Math.max(0, ...Object.values(numbers));

/** Not the conversion of the Flow view, which is of interests expressed. */
function booked({ conversion: funnel }: Figures): number | null {
  const sessions = funnel.sessions ?? 0;
  return sessions === 0 ? null : (funnel.bookings_confirmed ?? 0) / sessions;
}

export const COUNTERS: readonly Counter[] = [
  { name: "events", title: "Events / s", hint: "All events of the city, mean of the last 10 s", read: (s) => s.events_per_second, print: amount, telling: true },
  { name: "active-users", title: "Active people", hint: "People with the app open", read: (s) => s.active_users, print: amount, telling: true },
  { name: "bookings", title: "Bookings / min", hint: "Tables confirmed per minute of wall time", read: (s) => s.bookings_per_minute, print: amount, telling: true },
  { name: "recommendations", title: "Suggestions / s", hint: "Recommendations made, mean of the last 10 s", read: (s) => s.recommendations_per_second, print: amount, telling: true },
  { name: "booked", title: "Booked / session", hint: "Tables confirmed, of sessions opened", read: booked, print: percent },
  { name: "population", title: "Population", hint: "People who live in this city", read: (s) => s.population, print: amount },
  { name: "latency-p50", title: "Latency p50", hint: "From record timestamp to this page's socket, median", read: (s) => s.latency_ms.p50, print: milliseconds },
  { name: "latency-p99", title: "Latency p99", hint: "The slowest hundredth", read: (s) => s.latency_ms.p99, print: milliseconds, alarming: (value) => value > 2000 },
  { name: "lag", title: "Lag", hint: "Records the slowest service has not read yet", read: (s) => worst(s.lag), print: amount, alarming: (value) => value > 5000 },
  { name: "dlq", title: "Dead letters", hint: "Records no service could read", read: (s) => sum(s.dlq), print: amount, alarming: (value) => value > 0 },
];

/** Change over the samples given, as a share; null where it says nothing. */
export function trend(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  const first = known[0];
  const last = known.at(-1);
  if (known.length < 5 || first === undefined || last === undefined || first === 0) {
    return null;
  }
  const share = (last - first) / Math.abs(first);
  return Math.abs(share) < 0.03 ? 0 : share;
}

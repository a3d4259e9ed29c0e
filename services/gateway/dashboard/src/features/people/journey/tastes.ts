/** How a person's tastes moved, from the rows of `preferences`. */
import type { ChartLine } from "../../../components/chart/drawing.ts";
import type { TasteVersion } from "../../../generated/api.ts";
import { capital, plain } from "../../../lib/format.ts";
import type { CityEvent } from "../../../lib/types.ts";

const PREFIX = "taste_";
const COLOURS = ["booking", "browsing", "social", "dining", "review", "suggestion"];

export interface Course {
  /** Seconds of simulated time. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
}

/** Tastes of an event, by name. */
export const tastesOf = (event: CityEvent): [string, number][] =>
  Object.entries(event).flatMap(([name, value]) => (name.startsWith(PREFIX) && typeof value === "number" ? [[name.slice(PREFIX.length), value] as [string, number]] : []));

/** Those that moved most, at most `most`, oldest row first. */
export function courseOf(rows: readonly CityEvent[], most: number = COLOURS.length): Course {
  const ordered = [...rows].sort((one, other) => one.simulation_time.localeCompare(other.simulation_time) || (one.version ?? 0) - (other.version ?? 0));
  const names = [...new Set(ordered.flatMap((row) => tastesOf(row).map(([name]) => name)))];
  const known = ordered.map((row) => new Map(tastesOf(row)));
  const moved = names
    .map((name) => ({ name, by: span(known.flatMap((row) => row.get(name) ?? [])) }))
    .sort((one, other) => other.by - one.by || one.name.localeCompare(other.name))
    .slice(0, Math.min(most, COLOURS.length));
  return {
    times: ordered.map(({ simulation_time }) => Date.parse(simulation_time) / 1000),
    lines: moved.map(({ name }, index) => ({
      title: capital(plain(name)),
      colour: COLOURS[index] ?? "city",
      values: known.map((row) => row.get(name) ?? null),
    })),
  };
}

const span = (values: readonly number[]): number => (values.length === 0 ? 0 : Math.max(...values) - Math.min(...values));

/** What moved the tastes how far, the most first. */
export function movers(rows: readonly CityEvent[]): { readonly reason: string; readonly shift: number; readonly times: number }[] {
  const byReason = new Map<string, { shift: number; times: number }>();
  for (const { reason, shift } of rows) {
    if (reason !== undefined && shift !== undefined) {
      const known = byReason.get(reason) ?? { shift: 0, times: 0 };
      byReason.set(reason, { shift: known.shift + shift, times: known.times + 1 });
    }
  }
  return [...byReason].map(([reason, sums]) => ({ reason, ...sums })).sort((one, other) => other.shift - one.shift);
}

/** Versions as the rows of `preferences` they were. */
export function rowsOf(versions: readonly TasteVersion[]): CityEvent[] {
  return versions.map(({ event_id, simulation_time, version, reason, shift, tastes }) => {
    const columns = Object.fromEntries(Object.entries(tastes).map(([name, value]) => [`${PREFIX}${name}`, value]));
    return { topic: "preferences", event_type: "preference.updated", offset: version, event_id, simulation_time, version, reason: reason ?? undefined, shift: shift ?? undefined, ...columns } as unknown as CityEvent;
  });
}

/** Events by windows of simulated time, as one flat list of rows: a heading for each window, then its events. */
import { familyOf, type Family } from "../../lib/families.ts";
import { dayOf, shortTime } from "../../lib/format.ts";
import type { CityEvent } from "../../lib/types.ts";

export interface Heading {
  readonly kind: "heading";
  readonly key: string;
  readonly title: string;
  readonly count: number;
  /** Events of each family, the most first. */
  readonly families: readonly (readonly [Family, number])[];
}

export type Row = Heading | { readonly kind: "event"; readonly key: string; readonly event: CityEvent };

export const WIDTHS = [0, 1, 5, 15, 60] as const;

/** Windows of so many minutes; none for 0. Events come newest first. */
export function rowsOf(events: readonly CityEvent[], minutes: number): Row[] {
  if (minutes <= 0) {
    return events.map(row);
  }
  const width = minutes * 60_000;
  const windows: { start: number; events: CityEvent[] }[] = [];
  for (const event of events) {
    const start = Math.floor(Date.parse(event.simulation_time) / width) * width;
    const last = windows.at(-1);
    if (last?.start === start) {
      last.events.push(event);
    } else {
      windows.push({ start, events: [event] });
    }
  }
  return windows.flatMap((window) => [heading(window.start, width, window.events), ...window.events.map(row)]);
}

const row = (event: CityEvent): Row => ({ kind: "event", key: event.event_id, event });

function heading(start: number, width: number, events: readonly CityEvent[]): Heading {
  const counts = new Map<Family, number>();
  events.forEach((event) => counts.set(familyOf(event), (counts.get(familyOf(event)) ?? 0) + 1));
  const from = new Date(start).toISOString();
  return {
    kind: "heading",
    key: `w/${start}/${events[0]?.event_id ?? ""}`,
    title: `${dayOf(from)}, ${shortTime(from)}–${shortTime(new Date(start + width).toISOString())}`,
    count: events.length,
    families: [...counts].sort(([one, a], [other, b]) => b - a || one.localeCompare(other)),
  };
}

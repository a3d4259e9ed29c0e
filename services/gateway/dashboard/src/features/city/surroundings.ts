/** What the city does by itself, as the gateway tells it. */
import { useAsked, type Question } from "../../lib/asked.ts";
import type { Environment, Venue } from "../../lib/types.ts";

export type { SpecialEvent } from "../../generated/api.ts";

export type Surroundings = Environment;

const EVERY_MS = 4000;

export const useSurroundings = (): Question<Surroundings> => useAsked<Surroundings>("/environment", { everyMs: EVERY_MS });

/** What trends now. A venue that did when its row was loaded and does no longer has 0; before anything is told, rows say it. */
export function trendsOf(surroundings: Surroundings | null, venues: readonly Venue[]): ReadonlyMap<string, number> {
  if (surroundings === null) {
    return new Map();
  }
  const over = venues.filter(({ trending }) => (trending ?? 0) > 0).map(({ venue_id }): [string, number] => [venue_id, 0]);
  return new Map([...over, ...surroundings.trending.map(({ venue_id, value }): [string, number] => [venue_id, value])]);
}

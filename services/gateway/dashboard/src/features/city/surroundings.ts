/** What the city does by itself, as the gateway tells it. */
import { useAsked, type Question } from "../../lib/asked.ts";
import type { Venue } from "../../lib/types.ts";

export interface SpecialEvent {
  readonly name: string;
  readonly kind: string | null;
  readonly latitude: number;
  readonly longitude: number;
  readonly radius_km: number;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly crowd: number | null;
  readonly phase: string;
}

export interface Surroundings {
  readonly weather: { readonly condition: string; readonly temperature_c: number; readonly precipitation_mm: number | null; readonly wind_kph: number | null } | null;
  readonly traffic: { readonly condition: string; readonly delay_minutes: number | null } | null;
  readonly holiday: { readonly name: string; readonly since: string } | null;
  readonly special_events: readonly SpecialEvent[];
  readonly promotions: readonly { readonly venue_id: string; readonly venue_name: string | null; readonly value: number | null }[];
  readonly trending: readonly { readonly venue_id: string; readonly venue_name: string | null; readonly value: number }[];
}

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

/** What the map is fitted to: the shapes of New York, or where the venues of any other city lie. */
import { useMemo } from "react";
import { useLuna } from "../../lib/context.ts";
import { NEW_YORK, place } from "../../lib/place.ts";
import { useStore } from "../../lib/store.ts";
import type { Venue } from "../../lib/types.ts";

export interface Town {
  /** South-west and north-east corner, longitude and latitude. */
  readonly corners: readonly [readonly [number, number], readonly [number, number]];
  readonly names: readonly { readonly name: string; readonly at: readonly [number, number] }[];
}

/** `shapes` where the page has the city's. */
export type Land = "shapes" | Town;

/** Degrees to which corners and names are rounded: a new venue among the others moves nothing. */
const STEP = 0.01;
const rounded = (degrees: number, way: (steps: number) => number): number => Number((way(degrees / STEP) * STEP).toFixed(2));

type Placed = Pick<Venue, "longitude" | "latitude" | "borough">;

/** Null where there is no venue to tell. */
export function townOf(venues: readonly Placed[]): Town | null {
  if (venues.length === 0) {
    return null;
  }
  const parts = new Map<string, Placed[]>();
  for (const venue of venues) {
    const of = parts.get(venue.borough ?? "") ?? [];
    of.push(venue);
    parts.set(venue.borough ?? "", of);
  }
  const mean = (of: readonly Placed[], read: (venue: Placed) => number) => of.reduce((sum, venue) => sum + read(venue), 0) / of.length;
  const least = (read: (venue: Placed) => number) => venues.reduce((low, venue) => Math.min(low, read(venue)), Number.POSITIVE_INFINITY);
  const most = (read: (venue: Placed) => number) => venues.reduce((high, venue) => Math.max(high, read(venue)), Number.NEGATIVE_INFINITY);
  return {
    corners: [
      [rounded(least(longitude), Math.floor), rounded(least(latitude), Math.floor)],
      [rounded(most(longitude), Math.ceil), rounded(most(latitude), Math.ceil)],
    ],
    names: [...parts]
      .filter(([name]) => name !== "")
      .map(([name, of]) => ({ name, at: [rounded(mean(of, longitude), Math.round), rounded(mean(of, latitude), Math.round)] as const }))
      .sort((one, other) => one.name.localeCompare(other.name)),
  };
}

const longitude = (venue: Placed): number => venue.longitude;
const latitude = (venue: Placed): number => venue.latitude;

/** Null until the venues of a city without shapes are known. */
export function useLand(): Land | null {
  const luna = useLuna();
  const { city } = useStore(place, (known) => known);
  const venues = useStore(luna.directory, (known) => known.venues);
  const told = useMemo(() => (city === NEW_YORK.city ? '"shapes"' : JSON.stringify(townOf(venues))), [city, venues]);
  return useMemo(() => JSON.parse(told) as Land | null, [told]); // as long as it says the same it is the same: the map is laid anew with another
}

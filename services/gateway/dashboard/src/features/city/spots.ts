/** Venues on the map: larger the better known, ringed while they trend. */
import type { Venue } from "../../lib/types.ts";
import type { Geography } from "./geography.ts";
import { kindOf, type Palette } from "./palette.ts";

export interface Spot {
  readonly venue: Venue;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** How strongly it trends; 0 when it does not. */
  readonly trend: number;
}

/** A trend is worth a ring from here on; among those that trend, the first few. */
const TRENDING = 1;
const MOST_RINGS = 24;

/** By popularity, the best known first. */
export function spotsOf(venues: Iterable<Venue>, trends: ReadonlyMap<string, number>, { project, zoom }: Geography): Spot[] {
  const nearer = Math.min(2.4, Math.sqrt(zoom));
  return [...venues]
    .map((venue) => {
      const [x, y] = project(venue.longitude, venue.latitude);
      const trend = trends.get(venue.venue_id) ?? venue.trending ?? 0;
      return { venue, x, y, radius: (1.2 + Math.min(2.6, Math.sqrt(venue.rating_count) / 6)) * nearer, trend };
    })
    .sort((a, b) => b.venue.rating_count - a.venue.rating_count);
}

const REACH_PX = 14;

/** The spot under a point, the nearest within reach. */
export function nearestSpot(spots: readonly Spot[], x: number, y: number): Spot | null {
  let best: Spot | null = null;
  let least = REACH_PX;
  for (const spot of spots) {
    const distance = Math.hypot(spot.x - x, spot.y - y) - spot.radius;
    if (distance < least) {
      least = distance;
      best = spot;
    }
  }
  return best;
}

export function drawSpots(context: CanvasRenderingContext2D, spots: readonly Spot[], palette: Palette): void {
  context.globalAlpha = 0.72;
  for (const { venue, x, y, radius } of spots) {
    context.fillStyle = palette.venues[kindOf(venue)];
    context.beginPath();
    context.arc(x, y, radius, 0, Math.PI * 2);
    context.fill();
  }
  context.strokeStyle = palette.accent;
  const trending = spots.filter(({ trend }) => trend >= TRENDING).sort((a, b) => b.trend - a.trend);
  for (const { x, y, radius, trend } of trending.slice(0, MOST_RINGS)) {
    context.globalAlpha = 0.9;
    context.lineWidth = Math.min(2.2, 0.7 + trend * 0.5);
    context.beginPath();
    context.arc(x, y, radius + 3, 0, Math.PI * 2);
    context.stroke();
  }
  context.globalAlpha = 1;
}

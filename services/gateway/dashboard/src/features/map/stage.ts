/** Draws life on three canvases, outside React: heat, venues, marks. Runs only while something moves. */
import { familyOf } from "../../lib/families.ts";
import type { People } from "../../lib/people.ts";
import type { CityEvent, Venue } from "../../lib/types.ts";
import type { Geography } from "./geography.ts";
import { Heat } from "./heat.ts";
import { Life } from "./life.ts";
import { kindOf, paletteNow, type Palette } from "./palette.ts";
import { Tally } from "./tally.ts";

export interface Layers {
  readonly root: HTMLElement;
  readonly heat: HTMLCanvasElement;
  readonly venues: HTMLCanvasElement;
  readonly life: HTMLCanvasElement;
}

export interface Spot {
  readonly venue: Venue;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

const HEAT_EVERY_MS = 150;
const COUNT_EVERY_MS = 250;
const REACH_PX = 14;
const WEIGHT = { browsing: 0.35, social: 0.3, booking: 1, dining: 1.2, review: 0.8, suggestion: 0, city: 0, system: 0 } as const;

export class Stage {
  readonly tally = new Tally();
  readonly #layers: Layers;
  readonly #people: People;
  readonly #life = new Life();
  readonly #still = window.matchMedia("(prefers-reduced-motion: reduce)");
  #palette: Palette;
  #geography: Geography | null = null;
  #heat: Heat | null = null;
  #venues: ReadonlyMap<string, Venue> = new Map();
  #spots: readonly Spot[] = [];
  #ratio = 1;
  #frame = 0;
  #heated = 0;
  #counted = 0;

  constructor(layers: Layers, people: People) {
    this.#layers = layers;
    this.#people = people;
    this.#palette = paletteNow();
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  /** All that was drawn belongs to another telling. */
  clear(): void {
    this.#life.clear();
    this.tally.clear();
    if (this.#geography !== null) {
      this.lay(this.#geography);
    }
  }

  recolour(): void {
    this.#palette = paletteNow();
    this.#drawVenues();
    this.#drawHeat();
  }

  lay(geography: Geography): void {
    this.#geography = geography;
    this.#ratio = Math.min(2, window.devicePixelRatio || 1);
    for (const canvas of [this.#layers.venues, this.#layers.life]) {
      canvas.width = Math.round(geography.width * this.#ratio);
      canvas.height = Math.round(geography.height * this.#ratio);
    }
    this.#heat = new Heat(geography.width, geography.height);
    this.#layers.heat.width = this.#heat.columns;
    this.#layers.heat.height = this.#heat.rows;
    this.#place();
  }

  show(venues: readonly Venue[]): void {
    this.#venues = new Map(venues.map((venue) => [venue.venue_id, venue]));
    this.#place();
  }

  /** The venue under the pointer, the nearest within reach. */
  nearest(x: number, y: number): Spot | null {
    let best: Spot | null = null;
    let reach = REACH_PX;
    for (const spot of this.#spots) {
      const distance = Math.hypot(spot.x - x, spot.y - y) - spot.radius;
      if (distance < reach) {
        reach = distance;
        best = spot;
      }
    }
    return best;
  }

  /** Venues by popularity, for the keyboard. */
  ranked(): readonly Spot[] {
    return this.#spots;
  }

  hear(events: readonly CityEvent[]): void {
    const now = performance.now();
    events.forEach((event, index) => {
      this.tally.count(event);
      this.#mark(event, now + (index / events.length) * 75);
    });
    this.#wake();
  }

  #mark(event: CityEvent, born: number): void {
    const family = familyOf(event);
    const weight = WEIGHT[family];
    const point = weight === 0 ? null : this.#whereIs(event);
    if (point === null) {
      return;
    }
    this.#heat?.add(point[0], point[1], weight);
    this.#life.add("pulse", family, born, point);
    if (event.event_type === "booking.confirmed") {
      this.#life.add("ring", family, born, point);
    } else if (event.event_type === "invite.sent") {
      const place = this.#people.placeOf(event.other_user_id);
      const origin = this.#people.placeOf(event.user_id);
      if (place !== undefined && origin !== undefined && this.#geography !== null) {
        const { project } = this.#geography;
        this.#life.add("arc", family, born, project(origin.longitude, origin.latitude), project(place.longitude, place.latitude));
      }
    }
  }

  #whereIs(event: CityEvent): readonly [number, number] | null {
    const venue = event.venue_id === undefined ? undefined : this.#venues.get(event.venue_id);
    const own = event.latitude !== undefined && event.longitude !== undefined ? { latitude: event.latitude, longitude: event.longitude } : undefined;
    const place = own ?? venue ?? this.#people.placeOf(event.user_id);
    return place === undefined || this.#geography === null ? null : this.#geography.project(place.longitude, place.latitude);
  }

  #wake(): void {
    if (this.#frame === 0) {
      this.#frame = requestAnimationFrame(this.#draw);
    }
  }

  readonly #draw = (): void => {
    const now = performance.now();
    const context = this.#layers.life.getContext("2d");
    if (context !== null && this.#geography !== null) {
      context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
      context.clearRect(0, 0, this.#geography.width, this.#geography.height);
      this.#life.draw(context, now, this.#palette, this.#still.matches);
    }
    let warm = true;
    if (now - this.#heated >= HEAT_EVERY_MS) {
      warm = this.#heat?.cool(Math.min(1000, now - this.#heated)) ?? false;
      this.#heated = now;
      this.#drawHeat();
    }
    if (now - this.#counted >= COUNT_EVERY_MS) {
      this.#counted = now;
      this.#layers.root.dataset.pulses = String(this.#life.drawn);
    }
    this.#frame = warm || this.#life.alive > 0 ? requestAnimationFrame(this.#draw) : 0;
  };

  #drawHeat(): void {
    const context = this.#layers.heat.getContext("2d");
    if (context !== null) {
      this.#heat?.draw(context, this.#palette.heat, this.#palette.heatStrength);
    }
  }

  #place(): void {
    const geography = this.#geography;
    if (geography === null) {
      return;
    }
    this.#spots = [...this.#venues.values()]
      .map((venue) => {
        const [x, y] = geography.project(venue.longitude, venue.latitude);
        return { venue, x, y, radius: 1.1 + Math.min(2.2, Math.sqrt(venue.rating_count) / 10) };
      })
      .sort((a, b) => b.venue.rating_count - a.venue.rating_count);
    this.#drawVenues();
  }

  #drawVenues(): void {
    const context = this.#layers.venues.getContext("2d");
    if (context === null || this.#geography === null) {
      return;
    }
    context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    context.clearRect(0, 0, this.#geography.width, this.#geography.height);
    context.globalAlpha = 0.62;
    for (const { venue, x, y, radius } of this.#spots) {
      context.fillStyle = this.#palette.venues[kindOf(venue)];
      context.beginPath();
      context.arc(x, y, radius, 0, Math.PI * 2);
      context.fill();
    }
  }
}

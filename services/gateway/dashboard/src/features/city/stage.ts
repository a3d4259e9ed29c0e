/** Draws life on canvases, outside React: heat, bookings, venues, marks and people. Runs only while something moves. */
import { familyOf } from "../../lib/families.ts";
import type { People } from "../../lib/people.ts";
import type { CityEvent, Venue } from "../../lib/types.ts";
import { drawDensity } from "./density.ts";
import type { Geography } from "./geography.ts";
import { Heat, WEIGHT } from "./heat.ts";
import type { LayerId } from "./layers.ts";
import { Life } from "./life.ts";
import { paletteNow, type Palette } from "./palette.ts";
import { Points, type Cell } from "./points.ts";
import { drawSpots, spotsOf, type Spot } from "./spots.ts";
import { Tally } from "./tally.ts";
import { Walkers } from "./walkers.ts";

export type CanvasName = "heat" | "bookings" | "venues" | "life";

export interface Layers {
  readonly root: HTMLElement;
  readonly canvas: Readonly<Record<CanvasName, HTMLCanvasElement>>;
}

const HEAT_EVERY_MS = 150;
const COUNT_EVERY_MS = 250;

export class Stage {
  readonly tally = new Tally();
  readonly points = new Points();
  readonly #layers: Layers;
  readonly #people: People;
  readonly #life = new Life();
  readonly #walkers = new Walkers();
  readonly #still = window.matchMedia("(prefers-reduced-motion: reduce)");
  #palette: Palette;
  #geography: Geography | null = null;
  #heat: Heat | null = null;
  #venues: ReadonlyMap<string, Venue> = new Map();
  #trends: ReadonlyMap<string, number> = new Map();
  #spots: readonly Spot[] = [];
  #on: ReadonlySet<LayerId> = new Set();
  /** Null while the heat glows and cools with what happens now. */
  #cells: readonly Cell[] | null = null;
  #bookings: readonly Cell[] = [];
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
  }

  /** All that was drawn belongs to another telling. */
  forget(): void {
    this.#life.clear();
    this.#walkers.clear();
    this.points.forget();
    this.tally.clear();
    this.coolDown();
  }

  /** The heat begins anew. */
  coolDown(): void {
    this.#cells = this.#cells === null ? null : [];
    if (this.#geography !== null) {
      this.lay(this.#geography);
    }
  }

  recolour(): void {
    this.#palette = paletteNow();
    this.#drawVenues();
    this.#drawHeat();
    this.#drawBookings();
  }

  lay(geography: Geography): void {
    this.#geography = geography;
    this.#ratio = Math.min(2, window.devicePixelRatio || 1);
    for (const name of ["bookings", "venues", "life"] as const) {
      const canvas = this.#layers.canvas[name];
      canvas.width = Math.round(geography.width * this.#ratio);
      canvas.height = Math.round(geography.height * this.#ratio);
    }
    this.#heat = new Heat(geography.width, geography.height);
    this.#layers.canvas.heat.width = this.#heat.columns;
    this.#layers.canvas.heat.height = this.#heat.rows;
    this.#place();
    this.#warm();
    this.#drawBookings();
  }

  show(venues: readonly Venue[], trends: ReadonlyMap<string, number>): void {
    this.#venues = new Map(venues.map((venue) => [venue.venue_id, venue]));
    this.#trends = trends;
    this.#place();
  }

  choose(on: ReadonlySet<LayerId>): void {
    this.#on = on;
  }

  /** The heat of a window of time; null lets it glow with what happens now. */
  paint(cells: readonly Cell[] | null): void {
    const before = this.#cells;
    this.#cells = cells;
    if (this.#geography !== null && (before !== null || cells !== null)) {
      this.#heat = new Heat(this.#geography.width, this.#geography.height);
      this.#warm();
    }
  }

  book(cells: readonly Cell[]): void {
    this.#bookings = cells;
    this.#drawBookings();
  }

  /** Venues by popularity. */
  get spots(): readonly Spot[] {
    return this.#spots;
  }

  hear(events: readonly CityEvent[]): void {
    const now = performance.now();
    events.forEach((event, index) => {
      this.tally.count(event);
      this.#mark(event, now + (index / events.length) * 75);
    });
    if (this.#frame === 0) {
      this.#frame = requestAnimationFrame(this.#draw);
    }
  }

  #mark(event: CityEvent, born: number): void {
    const family = familyOf(event);
    const weight = WEIGHT[family];
    const place = weight === 0 ? undefined : this.#whereIs(event);
    if (place === undefined) {
      return;
    }
    const { longitude, latitude } = place;
    const booking = event.event_type === "booking.confirmed";
    this.points.add({ time: Date.parse(event.simulation_time), longitude, latitude, weight, booking });
    if (this.#geography === null) {
      return;
    }
    const { project } = this.#geography;
    const point = project(longitude, latitude);
    if (this.#cells === null) {
      this.#heat?.add(point[0], point[1], weight);
    }
    this.#life.add("pulse", family, born, point);
    if (event.user_id !== undefined && family !== "booking") {
      this.#walkers.seen(event.user_id, longitude, latitude, born);
    }
    if (booking) {
      this.#life.add("ring", family, born, point);
    } else if (event.event_type === "invite.sent") {
      const friend = this.#people.placeOf(event.other_user_id);
      const own = this.#people.placeOf(event.user_id);
      if (friend !== undefined && own !== undefined) {
        this.#life.add("arc", family, born, project(own.longitude, own.latitude), project(friend.longitude, friend.latitude));
      }
    }
  }

  #whereIs(event: CityEvent): { readonly longitude: number; readonly latitude: number } | undefined {
    if (event.latitude !== undefined && event.longitude !== undefined) {
      return { latitude: event.latitude, longitude: event.longitude };
    }
    return (event.venue_id === undefined ? undefined : this.#venues.get(event.venue_id)) ?? this.#people.placeOf(event.user_id);
  }

  readonly #draw = (): void => {
    const now = performance.now();
    const context = this.#cleared("life");
    let walking = 0;
    if (context !== null && this.#geography !== null) {
      this.#life.draw(context, now, this.#palette, this.#still.matches);
      walking = this.#on.has("people") ? this.#walkers.draw(context, this.#geography.project, now, this.#palette.walker, this.#still.matches) : 0;
    }
    let warm = true;
    if (now - this.#heated >= HEAT_EVERY_MS && this.#cells === null) {
      warm = this.#heat?.cool(Math.min(1000, now - this.#heated)) ?? false;
      this.#heated = now;
      this.#drawHeat();
    }
    if (now - this.#counted >= COUNT_EVERY_MS) {
      this.#counted = now;
      this.#layers.root.dataset.pulses = String(this.#life.drawn);
      this.#layers.root.dataset.walking = String(walking);
    }
    this.#frame = warm || walking > 0 || this.#life.alive > 0 ? requestAnimationFrame(this.#draw) : 0;
  };

  /** The heat of a window is laid out once and stays. */
  #warm(): void {
    if (this.#cells !== null && this.#geography !== null && this.#heat !== null) {
      for (const { longitude, latitude, weight } of this.#cells) {
        const [x, y] = this.#geography.project(longitude, latitude);
        this.#heat.add(x, y, weight);
      }
      this.#heat.settle();
    }
    this.#drawHeat();
  }

  #drawHeat(): void {
    const context = this.#layers.canvas.heat.getContext("2d");
    if (context !== null) {
      this.#heat?.draw(context, this.#palette.heat, this.#palette.heatStrength * (this.#cells === null ? 1 : 1.7));
    }
  }

  #drawBookings(): void {
    const context = this.#cleared("bookings");
    if (context !== null && this.#geography !== null) {
      drawDensity(context, this.#bookings, this.#geography.project, this.#geography.zoom, this.#palette.families.get("booking") ?? this.#palette.accent);
    }
  }

  #place(): void {
    this.#spots = this.#geography === null ? [] : spotsOf(this.#venues.values(), this.#trends, this.#geography);
    this.#drawVenues();
  }

  #drawVenues(): void {
    const context = this.#cleared("venues");
    if (context !== null) {
      drawSpots(context, this.#spots, this.#palette);
    }
  }

  #cleared(name: CanvasName): CanvasRenderingContext2D | null {
    const context = this.#geography === null ? null : this.#layers.canvas[name].getContext("2d");
    if (context !== null && this.#geography !== null) {
      context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
      context.clearRect(0, 0, this.#geography.width, this.#geography.height);
    }
    return context;
  }
}

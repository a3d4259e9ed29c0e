/** Where and when life was seen on this page: bounded, oldest first out. */
import type { Cell as Told } from "../../generated/api.ts";

export interface Point {
  /** Simulated, milliseconds. */
  readonly time: number;
  readonly longitude: number;
  readonly latitude: number;
  readonly weight: number;
  readonly booking: boolean;
}

export type Cell = Pick<Told, "longitude" | "latitude" | "weight">;

const MOST = 40_000;
/** Degrees of a cell: about 0.4 km either way in New York. */
const WIDE = 0.005;
const HIGH = 0.004;

export class Points {
  readonly #points: Point[] = [];
  #next = 0;
  /** Nothing before this counts: the heat was cleared then. */
  #from = Number.NEGATIVE_INFINITY;

  add(point: Point): void {
    this.#points[this.#next] = point;
    this.#next = (this.#next + 1) % MOST;
  }

  /** What was seen until now no longer counts. */
  clear(now: number): void {
    this.#from = now;
  }

  forget(): void {
    this.#points.length = 0;
    this.#next = 0;
    this.#from = Number.NEGATIVE_INFINITY;
  }

  get cleared(): boolean {
    return this.#from !== Number.NEGATIVE_INFINITY;
  }

  /** Weights by cell since a simulated moment; bookings alone where asked. */
  cells(since: number, bookings: boolean): Cell[] {
    const sums = new Map<string, Cell>();
    const from = Math.max(since, this.#from);
    for (const { time, longitude, latitude, weight, booking } of this.#points) {
      if (time > from && (booking || !bookings)) {
        const column = Math.round(longitude / WIDE);
        const row = Math.round(latitude / HIGH);
        const key = `${column}/${row}`;
        const known = sums.get(key);
        sums.set(key, { longitude: column * WIDE, latitude: row * HIGH, weight: (known?.weight ?? 0) + (bookings ? 1 : weight) });
      }
    }
    return [...sums.values()];
  }
}

/** Where life has been lately: a coarse grid that cools, drawn a few times a second. */
export const CELL = 5;
/** How much a deed of each family warms its place. */
export const WEIGHT = { browsing: 0.35, social: 0.3, booking: 1, dining: 1.2, review: 0.8, suggestion: 0, city: 0, system: 0 } as const;
const HALF_LIFE_MS = 9000;
const REACH = 3;
const SPREAD = 1.25;
/** A round spot, strongest in its middle. */
const KERNEL: readonly (readonly [number, number, number])[] = Array.from({ length: (2 * REACH + 1) ** 2 }, (_, index) => {
  const right = (index % (2 * REACH + 1)) - REACH;
  const down = Math.floor(index / (2 * REACH + 1)) - REACH;
  return [right, down, Math.exp(-(right * right + down * down) / (2 * SPREAD * SPREAD))] as const;
}).filter(([, , share]) => share > 0.02);
const COLD = 0.004;
/** Warmth that is drawn at full strength on a quiet day; a busy city is measured by its own busiest corner. */
const QUIET = 5;

export class Heat {
  readonly columns: number;
  readonly rows: number;
  readonly #cells: Float32Array;
  readonly #image: ImageData;
  #peak = QUIET;

  constructor(width: number, height: number) {
    this.columns = Math.max(1, Math.ceil(width / CELL));
    this.rows = Math.max(1, Math.ceil(height / CELL));
    this.#cells = new Float32Array(this.columns * this.rows);
    this.#image = new ImageData(this.columns, this.rows);
  }

  add(x: number, y: number, weight: number): void {
    const column = Math.floor(x / CELL);
    const row = Math.floor(y / CELL);
    for (const [right, down, share] of KERNEL) {
      const c = column + right;
      const r = row + down;
      if (c >= 0 && r >= 0 && c < this.columns && r < this.rows) {
        const index = r * this.columns + c;
        this.#cells[index] = (this.#cells[index] ?? 0) + weight * share;
      }
    }
  }

  /** What is drawn at full strength is the warmest corner. */
  settle(): void {
    this.#peak = this.#cells.reduce((most, cell) => Math.max(most, cell), 0.001);
  }

  /** False when all is cold. */
  cool(elapsedMs: number): boolean {
    const factor = 0.5 ** (elapsedMs / HALF_LIFE_MS);
    let warm = false;
    let most = 0;
    for (let index = 0; index < this.#cells.length; index += 1) {
      const left = (this.#cells[index] ?? 0) * factor;
      this.#cells[index] = left < COLD ? 0 : left;
      warm ||= left >= COLD;
      most = Math.max(most, left);
    }
    this.#peak += (Math.max(QUIET, most) - this.#peak) * 0.15;
    return warm;
  }

  /** The brightness is relative to the busiest corner, so that a busy hour does not burn out the map. */
  draw(context: CanvasRenderingContext2D, [red, green, blue]: readonly [number, number, number], strength: number): void {
    const { data } = this.#image;
    for (let index = 0; index < this.#cells.length; index += 1) {
      const shown = Math.min(1, (this.#cells[index] ?? 0) / this.#peak) ** 0.7;
      const place = index * 4;
      data[place] = red;
      data[place + 1] = green;
      data[place + 2] = blue;
      data[place + 3] = shown * strength * 255;
    }
    context.putImageData(this.#image, 0, 0);
  }
}

/** People on their way from where they were last seen to where they are now. Bounded; the oldest give way. */
import type { Project } from "./geography.ts";

interface Walk {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly born: number;
  readonly lasts: number;
}

const MOST_WALKS = 160;
const MOST_PEOPLE = 8000;
/** Degrees; nearer is not worth a walk. */
const NEAR = 0.002;
const SLOWEST_MS = 5200;
const FASTEST_MS = 1600;
const MS_A_DEGREE = 26_000;

export class Walkers {
  readonly #last = new Map<string, readonly [number, number]>();
  readonly #walks: Walk[] = [];
  #next = 0;

  /** Somebody was seen; true when that is somewhere else. */
  seen(person: string, longitude: number, latitude: number, now: number): boolean {
    const before = this.#last.get(person);
    this.#last.delete(person);
    this.#last.set(person, [longitude, latitude]);
    const eldest = this.#last.size > MOST_PEOPLE ? this.#last.keys().next().value : undefined;
    if (eldest !== undefined) {
      this.#last.delete(eldest);
    }
    const way = before === undefined ? 0 : Math.hypot(before[0] - longitude, before[1] - latitude);
    if (before === undefined || way < NEAR) {
      return false;
    }
    this.#walks[this.#next] = { from: before, to: [longitude, latitude], born: now, lasts: Math.min(SLOWEST_MS, FASTEST_MS + way * MS_A_DEGREE) };
    this.#next = (this.#next + 1) % MOST_WALKS;
    return true;
  }

  clear(): void {
    this.#last.clear();
    this.#walks.length = 0;
    this.#next = 0;
  }

  /** Walks under way, each with a trail; how many. `still` shows where they arrive. */
  draw(context: CanvasRenderingContext2D, project: Project, now: number, colour: string, still: boolean): number {
    let under = 0;
    context.fillStyle = colour;
    context.strokeStyle = colour;
    context.lineCap = "round";
    for (const { from, to, born, lasts } of this.#walks) {
      const age = (now - born) / lasts;
      if (age < 0 || age >= 1) {
        continue;
      }
      under += 1;
      const [fromX, fromY] = project(from[0], from[1]);
      const [toX, toY] = project(to[0], to[1]);
      const at = still ? 1 : age < 0.5 ? 2 * age * age : 1 - 2 * (1 - age) ** 2;
      const tail = Math.max(0, at - 0.16);
      const x = fromX + (toX - fromX) * at;
      const y = fromY + (toY - fromY) * at;
      context.globalAlpha = 0.34 * (1 - age);
      context.lineWidth = 1.2;
      context.beginPath();
      context.moveTo(fromX + (toX - fromX) * tail, fromY + (toY - fromY) * tail);
      context.lineTo(x, y);
      context.stroke();
      context.globalAlpha = age > 0.85 ? (1 - age) / 0.15 : 0.9;
      context.beginPath();
      context.arc(x, y, 1.7, 0, Math.PI * 2);
      context.fill();
    }
    context.globalAlpha = 1;
    return under;
  }
}

/** Short-lived marks on the map: pulses, rings of confirmed bookings, arcs of invitations. Bounded; the oldest give way. */
import type { Family } from "../../lib/families.ts";
import type { Palette } from "./palette.ts";

interface Mark {
  readonly kind: "pulse" | "ring" | "arc";
  readonly family: Family;
  readonly x: number;
  readonly y: number;
  readonly toX: number;
  readonly toY: number;
  readonly born: number;
}

const MOST = 260;
const LIFE_MS = { pulse: 1300, ring: 2400, arc: 1700 } as const;

export class Life {
  readonly #marks: (Mark | undefined)[] = [];
  #next = 0;
  #alive = 0;
  /** Pulses drawn so far. */
  drawn = 0;

  get alive(): number {
    return this.#alive;
  }

  add(kind: Mark["kind"], family: Family, born: number, [x, y]: readonly [number, number], [toX, toY]: readonly [number, number] = [x, y]): void {
    this.#marks[this.#next] = { kind, family, x, y, toX, toY, born };
    this.#next = (this.#next + 1) % MOST;
    this.#alive = Math.max(this.#alive, 1);
    this.drawn += kind === "pulse" ? 1 : 0;
  }

  clear(): void {
    this.#marks.length = 0;
    this.#next = 0;
    this.#alive = 0;
  }

  /** `still` draws without movement, for people who asked for less of it. */
  draw(context: CanvasRenderingContext2D, now: number, palette: Palette, still: boolean): void {
    this.#alive = 0;
    for (let index = 0; index < this.#marks.length; index += 1) {
      const mark = this.#marks[index];
      if (mark === undefined) {
        continue;
      }
      const age = (now - mark.born) / LIFE_MS[mark.kind];
      if (age >= 1) {
        this.#marks[index] = undefined;
        continue;
      }
      this.#alive += 1;
      if (age >= 0) {
        DRAW[mark.kind](context, mark, age, palette, still);
      }
    }
    context.globalAlpha = 1;
  }
}

type Draw = (context: CanvasRenderingContext2D, mark: Mark, age: number, palette: Palette, still: boolean) => void;

const drawPulse: Draw = (context, mark, age, palette, still) => {
  const sprite = palette.sprites.get(mark.family);
  if (sprite === undefined) {
    return;
  }
  const eased = 1 - (1 - age) ** 3;
  const radius = still ? 8 : 4 + 10 * eased;
  context.globalAlpha = (1 - age) ** 1.6 * 0.85;
  context.drawImage(sprite, mark.x - radius, mark.y - radius, radius * 2, radius * 2);
};

const drawRing: Draw = (context, mark, age, palette, still) => {
  context.strokeStyle = palette.families.get(mark.family) ?? palette.accent;
  for (const delay of [0, 0.16]) {
    const own = (age - delay) / (1 - delay);
    if (own > 0) {
      context.globalAlpha = (1 - own) ** 1.4;
      context.lineWidth = 1.8 - own;
      context.beginPath();
      context.arc(mark.x, mark.y, still ? 10 : 3 + 15 * (1 - (1 - own) ** 3), 0, Math.PI * 2);
      context.stroke();
    }
  }
};

const drawArc: Draw = (context, mark, age, palette, still) => {
  const head = still ? 1 : Math.min(1, age * 1.8);
  const tail = still ? 0 : Math.max(0, age * 1.8 - 0.8);
  const bend = Math.hypot(mark.toX - mark.x, mark.toY - mark.y) * 0.22;
  const midX = (mark.x + mark.toX) / 2;
  const midY = (mark.y + mark.toY) / 2 - bend;
  context.strokeStyle = palette.families.get(mark.family) ?? palette.accent;
  context.globalAlpha = (1 - age) * 0.8;
  context.lineWidth = 1.3;
  context.beginPath();
  for (let step = 0; step <= 16; step += 1) {
    const t = tail + (head - tail) * (step / 16);
    const x = (1 - t) ** 2 * mark.x + 2 * (1 - t) * t * midX + t ** 2 * mark.toX;
    const y = (1 - t) ** 2 * mark.y + 2 * (1 - t) * t * midY + t ** 2 * mark.toY;
    if (step === 0) {
      context.moveTo(x, y);
    } else {
      context.lineTo(x, y);
    }
  }
  context.stroke();
};

const DRAW: Readonly<Record<Mark["kind"], Draw>> = { pulse: drawPulse, ring: drawRing, arc: drawArc };

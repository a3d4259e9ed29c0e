/** What moves over the graph: invitations fly, friendships light up, groups glow. Drawn on a canvas above it. */
import type { Happening } from "./society.ts";

export interface Spot {
  readonly x: number;
  readonly y: number;
}

export interface Inks {
  readonly social: string;
  readonly accent: string;
  readonly good: string;
  readonly bad: string;
  readonly ink: string;
  readonly ground: string;
}

interface Effect {
  readonly happening: Happening;
  readonly since: number;
}

/** Wall time that each is seen, in milliseconds. */
export const LASTS: Readonly<Record<Happening["kind"], number>> = { friendship: 3200, invitation: 1500, answer: 1500, group: 6500 };

/** More at once is a blur and costs frames. */
const MOST = 90;
const WORDS_APART = 18;

export class Effects {
  #alive: Effect[] = [];

  get count(): number {
    return this.#alive.length;
  }

  add(happening: Happening, now: number): void {
    this.#alive.push({ happening, since: now });
    if (this.#alive.length > MOST) {
      this.#alive.splice(0, this.#alive.length - MOST);
    }
  }

  /** Those still to be seen, with how far each has come, 0 to 1. */
  at(now: number): { readonly happening: Happening; readonly share: number }[] {
    this.#alive = this.#alive.filter(({ happening, since }) => now - since < LASTS[happening.kind]);
    return this.#alive.map(({ happening, since }) => ({ happening, share: Math.max(0, (now - since) / LASTS[happening.kind]) }));
  }

  clear(): void {
    this.#alive = [];
  }
}

const fading = (share: number): number => Math.min(1, (1 - share) * 1.6) * Math.min(1, share * 12 + 0.2);
const eased = (share: number): number => 1 - (1 - share) ** 2;

type Where = (userId: string) => Spot | null;

export class Brush {
  readonly #context: CanvasRenderingContext2D;
  readonly #where: Where;
  readonly #inks: Inks;
  /** Whether nothing may move: the same things are shown where they end. */
  readonly #still: boolean;
  readonly #width: number;
  /** Where words stand already: others that would lie across them are left out. */
  readonly #taken: Spot[] = [];

  constructor(context: CanvasRenderingContext2D, where: Where, inks: Inks, still: boolean, width: number) {
    this.#context = context;
    this.#where = where;
    this.#inks = inks;
    this.#still = still;
    this.#width = width;
  }

  draw({ happening, share }: { readonly happening: Happening; readonly share: number }): void {
    const context = this.#context;
    context.save();
    context.globalAlpha = fading(share);
    context.lineCap = "round";
    if (happening.kind === "group") {
      this.#group(happening.members, happening.title, share);
    } else {
      const a = this.#where(happening.a);
      const b = this.#where(happening.b);
      if (a !== null && b !== null) {
        this.#pair(happening, a, b, share);
      }
    }
    context.restore();
  }

  #pair(happening: Exclude<Happening, { kind: "group" }>, a: Spot, b: Spot, share: number): void {
    switch (happening.kind) {
      case "friendship":
        this.#line(a, this.#still ? b : between(a, b, eased(Math.min(1, share * 2.5))), this.#inks.accent, 2.5);
        this.#ring(a, this.#inks.accent, 8 + 14 * eased(share));
        this.#ring(b, this.#inks.accent, 8 + 14 * eased(share));
        break;
      case "invitation":
        this.#flight(a, b, this.#inks.social, share);
        break;
      case "answer":
        this.#flight(a, b, happening.yes ? this.#inks.good : this.#inks.bad, share);
        if (share > 0.85) {
          this.#ring(b, happening.yes ? this.#inks.good : this.#inks.bad, 7 + 30 * (share - 0.85));
        }
        break;
    }
  }

  #flight(a: Spot, b: Spot, ink: string, share: number): void {
    const head = this.#still ? b : between(a, b, eased(share));
    const tail = this.#still ? a : between(a, b, eased(Math.max(0, share - 0.22)));
    this.#line(tail, head, ink, 2);
    this.#dot(head, ink, 3.6);
  }

  #group(members: readonly string[], title: string, share: number): void {
    const spots = members.map((id) => this.#where(id)).filter((spot) => spot !== null);
    const first = spots[0];
    if (first === undefined || spots.length < 2) {
      return;
    }
    const context = this.#context;
    const strength = context.globalAlpha;
    context.globalAlpha = strength * 0.28;
    spots.slice(1).forEach((spot) => this.#line(first, spot, this.#inks.accent, 9));
    context.globalAlpha = strength;
    spots.forEach((spot) => this.#ring(spot, this.#inks.accent, this.#still ? 12 : 11 + 2 * Math.sin(share * 24)));
    const centre = { x: mean(spots.map(({ x }) => x)), y: mean(spots.map(({ y }) => y)) };
    this.#words(title, centre);
  }

  #words(text: string, at: Spot): void {
    const context = this.#context;
    context.font = '600 12px "Inter Variable", sans-serif';
    const half = context.measureText(text).width / 2;
    const [x, y] = [Math.min(Math.max(at.x, half + 4), this.#width - half - 4), at.y];
    if (this.#taken.some((other) => Math.abs(other.x - x) < 2 * half && Math.abs(other.y - y) < WORDS_APART)) {
      return;
    }
    this.#taken.push({ x, y });
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = this.#inks.ground; // a plate: names of people lie under it
    context.beginPath();
    context.roundRect(x - half - 6, y - 28, 2 * half + 12, 20, 6);
    context.fill();
    context.fillStyle = this.#inks.ink;
    context.fillText(text, x, y - 18);
  }

  #line(a: Spot, b: Spot, ink: string, width: number): void {
    const context = this.#context;
    context.strokeStyle = ink;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(a.x, a.y);
    context.lineTo(b.x, b.y);
    context.stroke();
  }

  #ring({ x, y }: Spot, ink: string, radius: number): void {
    const context = this.#context;
    context.strokeStyle = ink;
    context.lineWidth = 1.8;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.stroke();
  }

  #dot({ x, y }: Spot, ink: string, radius: number): void {
    const context = this.#context;
    context.fillStyle = ink;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

export const between = (a: Spot, b: Spot, share: number): Spot => ({ x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share });

/** Rain, snow, fog and night over the map. Draws only while something falls, and stands still for those who want less movement. */
import type { Weather } from "../../lib/types.ts";

interface Drop {
  x: number;
  y: number;
  readonly depth: number;
}

const DROPS: Readonly<Record<string, number>> = { rain: 90, storm: 170, snow: 110 };
const FRAME_MS = 33;

export class Sky {
  readonly #canvas: HTMLCanvasElement;
  readonly #still: boolean;
  #weather: Weather | null = null;
  #colour = "#8fb4d6";
  #drops: Drop[] = [];
  #frame = 0;
  #drawn = 0;

  constructor(canvas: HTMLCanvasElement, still: boolean) {
    this.#canvas = canvas;
    this.#still = still;
  }

  show(weather: Weather | null, colour: string): void {
    this.#weather = weather;
    this.#colour = colour;
    const wanted = DROPS[weather?.condition ?? ""] ?? 0;
    this.#drops = Array.from({ length: wanted }, (_, index) => ({ x: fraction(index * 0.618), y: fraction(index * 0.7548), depth: 0.4 + 0.6 * fraction(index * 0.377) }));
    this.#draw(0);
    this.#wake();
  }

  fit(width: number, height: number): void {
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#draw(0);
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  #wake(): void {
    if (this.#frame === 0 && this.#drops.length > 0 && !this.#still) {
      this.#drawn = performance.now();
      this.#frame = requestAnimationFrame(this.#fall);
    }
  }

  readonly #fall = (now: number): void => {
    if (now - this.#drawn >= FRAME_MS) {
      this.#draw(Math.min(100, now - this.#drawn) / 1000);
      this.#drawn = now;
    }
    this.#frame = this.#drops.length > 0 ? requestAnimationFrame(this.#fall) : 0;
  };

  #draw(seconds: number): void {
    const context = this.#canvas.getContext("2d");
    if (context === null) {
      return;
    }
    const { width, height } = this.#canvas;
    context.clearRect(0, 0, width, height);
    if (this.#weather?.condition === "fog") {
      context.globalAlpha = 0.16;
      context.fillStyle = this.#colour;
      context.fillRect(0, 0, width, height);
    }
    const snow = this.#weather?.condition === "snow";
    const wind = (this.#weather?.wind_kph ?? 8) / 60;
    const speed = snow ? 0.07 : 0.9;
    context.fillStyle = this.#colour;
    context.strokeStyle = this.#colour;
    for (const drop of this.#drops) {
      drop.y = fraction(drop.y + seconds * speed * drop.depth);
      drop.x = fraction(drop.x + seconds * speed * wind * drop.depth * 0.35);
      const x = drop.x * width;
      const y = drop.y * height;
      context.globalAlpha = 0.32 * drop.depth;
      context.beginPath();
      if (snow) {
        context.arc(x, y, 1.5 * drop.depth, 0, Math.PI * 2);
        context.fill();
      } else {
        context.moveTo(x, y);
        context.lineTo(x - wind * 5 * drop.depth, y - 13 * drop.depth);
        context.stroke();
      }
    }
    context.globalAlpha = 1;
  }
}

const fraction = (value: number): number => value - Math.floor(value);

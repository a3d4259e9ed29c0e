/** Colours of the theme as canvases need them, and the soft dot of each family. */
import { LIVING, type Family } from "../../lib/families.ts";
import { token } from "../../lib/theme.ts";
import type { Venue } from "../../lib/types.ts";

export type VenueKind = "table" | "bar" | "cafe" | "quick";

export const VENUE_KINDS: readonly { readonly kind: VenueKind; readonly title: string }[] = [
  { kind: "table", title: "Restaurants" },
  { kind: "bar", title: "Bars" },
  { kind: "cafe", title: "Cafés and bakeries" },
  { kind: "quick", title: "Quick bites" },
];

const KIND_OF: Readonly<Record<string, VenueKind>> = {
  restaurant: "table", bar: "bar", cafe: "cafe", bakery: "cafe", dessert: "cafe", fast_food: "quick", healthy: "quick",
};

export const kindOf = (venue: Pick<Venue, "category">): VenueKind => KIND_OF[venue.category] ?? "table";

export interface Palette {
  readonly families: ReadonlyMap<Family, string>;
  readonly sprites: ReadonlyMap<Family, HTMLCanvasElement>;
  readonly venues: Readonly<Record<VenueKind, string>>;
  readonly accent: string;
  readonly walker: string;
  readonly heat: readonly [number, number, number];
  readonly heatStrength: number;
}

const SPRITE = 64;

function spriteOf(colour: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SPRITE;
  const context = canvas.getContext("2d");
  if (context !== null) {
    const middle = SPRITE / 2;
    const glow = context.createRadialGradient(middle, middle, 0, middle, middle, middle);
    glow.addColorStop(0, `${colour}ff`);
    glow.addColorStop(0.2, `${colour}a8`);
    glow.addColorStop(0.45, `${colour}2c`);
    glow.addColorStop(1, `${colour}00`);
    context.fillStyle = glow;
    context.fillRect(0, 0, SPRITE, SPRITE);
  }
  return canvas;
}

const channels = (hex: string): readonly [number, number, number] => [
  Number.parseInt(hex.slice(1, 3), 16), Number.parseInt(hex.slice(3, 5), 16), Number.parseInt(hex.slice(5, 7), 16),
];

export function paletteNow(): Palette {
  const families = new Map(LIVING.map((family) => [family, token(family)]));
  const dark = document.documentElement.dataset.theme !== "light";
  return {
    families,
    sprites: new Map([...families].map(([family, colour]) => [family, spriteOf(colour)])),
    venues: { table: token("venue-table"), bar: token("venue-bar"), cafe: token("venue-cafe"), quick: token("venue-quick") },
    accent: token("accent"),
    walker: token("ink"),
    heat: channels(token("heat")),
    heatStrength: dark ? 0.34 : 0.3,
  };
}

/** Finding what somebody means from a few letters of its name. */
import type { IconName } from "../components/Icon.tsx";
import { capital, plain } from "./format.ts";
import { cityName } from "./place.ts";
import { go } from "./route.ts";
import type { Venue } from "./types.ts";

export interface PaletteCommand {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly icon: IconName;
  readonly key?: string;
  readonly run: () => void;
}

const MOST_PLACES = 6;

/** How well a name answers to letters: 0 not at all; the start of a word counts more than its middle. */
export function fit(name: string, text: string): number {
  const where = name.toLowerCase().indexOf(text);
  if (where >= 0) {
    return where === 0 ? 4 : /\W/.test(name[where - 1] ?? "") ? 3 : 2;
  }
  let from = 0;
  for (const letter of text) {
    from = name.toLowerCase().indexOf(letter, from) + 1;
    if (from === 0) {
      return 0;
    }
  }
  return 1;
}

/** Best first; all of them while nothing is written. */
export function found(commands: readonly PaletteCommand[], text: string): PaletteCommand[] {
  const wanted = text.trim().toLowerCase();
  return commands
    .map((command) => ({ command, score: wanted === "" ? 1 : Math.max(2 * fit(command.title, wanted), command.hint.toLowerCase().includes(wanted) ? 1 : 0) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ command }) => command);
}

/** Venues called so, and the search for a person of that name. */
export function placesNamed(venues: readonly Venue[], text: string): PaletteCommand[] {
  const wanted = text.trim();
  if (wanted.length < 2) {
    return [];
  }
  const places = venues
    .filter(({ name }) => fit(name, wanted.toLowerCase()) > 1)
    .slice(0, MOST_PLACES)
    .map(({ venue_id, name, category, borough }): PaletteCommand => ({
      id: venue_id, title: name, hint: `${capital(plain(category))}, ${borough ?? cityName()}`, icon: "map", run: () => go("city", [], { venue: venue_id }),
    }));
  return [...places, { id: "find-person", title: `Find “${wanted}” among the people`, hint: "Opens the search of People", icon: "people", run: () => go("people", [], { find: wanted }) }];
}

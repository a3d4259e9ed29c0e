/** The city that is shown, its name and its clock: New York until the gateway tells of another. */
import { Store, type Schedule } from "./store.ts";

export interface Place {
  /** As the simulator knows it: `new_york`. */
  readonly city: string;
  readonly name: string;
  readonly timeZone: string;
}

export const NEW_YORK: Place = { city: "new_york", name: "New York", timeZone: "America/New_York" };

const atOnce: Schedule = (task) => task();

export const place = new Store<Place>(NEW_YORK, atOnce);

/** What the gateway says of the city; a zone that this browser does not know changes nothing. */
export function settle(city: string | null | undefined, timeZone: string | null | undefined): void {
  const known = place.latest();
  if (typeof city === "string" && typeof timeZone === "string" && (city !== known.city || timeZone !== known.timeZone) && isZone(timeZone)) {
    place.set({ city, name: city.split("_").map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" "), timeZone });
  }
}

export const cityName = (): string => place.latest().name;

function isZone(timeZone: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

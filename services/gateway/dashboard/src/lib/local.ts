/** A time in a form field, on the clock of the city, as the moment it is. */
import { toLocal } from "./format.ts";

export { toLocal };

const MINUTE_MS = 60_000;

/** The ISO time at which the minute of a local one begins. The hour that a change of clocks skips is read an hour on. */
export function fromLocal(local: string): string {
  const wanted = Date.parse(`${local}:00Z`);
  let guess = wanted;
  for (let round = 0; round < 2; round += 1) {
    guess += wanted - Date.parse(`${toLocal(new Date(guess).toISOString())}:00Z`);
  }
  return new Date(guess).toISOString();
}

/** The last moment of that minute. */
export const throughLocal = (local: string): string => new Date(Date.parse(fromLocal(local)) + MINUTE_MS - 1).toISOString();

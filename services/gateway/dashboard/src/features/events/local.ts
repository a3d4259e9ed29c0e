/** A time in a form field, on the clock of the city, as the moment it is. */
import { toLocal } from "../../lib/format.ts";

const MINUTE_MS = 60_000;

/** The ISO time of a local one, to the end of that minute. The hour that a change of clocks skips is read an hour on. */
export function fromLocal(local: string): string {
  const wanted = Date.parse(`${local}:00Z`);
  let guess = wanted;
  for (let round = 0; round < 2; round += 1) {
    guess += wanted - Date.parse(`${toLocal(new Date(guess).toISOString())}:00Z`);
  }
  return new Date(guess + MINUTE_MS - 1).toISOString();
}

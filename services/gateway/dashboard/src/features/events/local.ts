/** Times of New York in a form field, and back. */
const PARTS = new Intl.DateTimeFormat("en-CA", {
  timeZone: "America/New_York", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});

/** `2026-06-05T18:30` of an ISO time. */
export function toLocal(iso: string): string {
  const parts = Object.fromEntries(PARTS.formatToParts(new Date(iso)).map(({ type, value }) => [type, value]));
  return `${parts.year ?? ""}-${parts.month ?? ""}-${parts.day ?? ""}T${parts.hour ?? ""}:${parts.minute ?? ""}`;
}

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

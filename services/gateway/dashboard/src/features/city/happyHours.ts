/** When a venue has happy hours, in words. */
import type { Venue } from "../../lib/types.ts";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MINUTES_AN_HOUR = 60;
const HOURS_A_DAY = 24;

/** `Happy hour 17–19 Mon–Fri, 25 % off`; empty where there never is one. */
export function happyWords({ happy_hours, happy_hour_discount }: Pick<Venue, "happy_hours" | "happy_hour_discount">): string {
  const ranges = happy_hours?.split(",") ?? [];
  const days = ranges.flatMap((range, day) => (range === "-" ? [] : [day]));
  const first = days[0];
  const last = days.at(-1);
  if (first === undefined || last === undefined) {
    return "";
  }
  const hours = ranges[first]?.split("-").map((minute) => (Number(minute) / MINUTES_AN_HOUR) % HOURS_A_DAY);
  const whole = days.length > 2 && last - first === days.length - 1;
  const on = whole ? `${DAYS[first]}–${DAYS[last]}` : days.map((day) => DAYS[day]).join(", ");
  const off = happy_hour_discount === null ? "" : `, ${Math.round(happy_hour_discount)} % off`;
  return `Happy hour ${hours?.join("–")} ${on}${off}`;
}

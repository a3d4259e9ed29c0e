/** A receipt in words. */
import type { Receipt } from "../../lib/control.ts";
import { milliseconds, shortTime, weekdayOf } from "../../lib/format.ts";

export function receiptWords({ status, label, latencyMs, effectiveTime, reason, by }: Receipt): string {
  switch (status) {
    case "pending":
      return `${label}: waiting for the simulator…`;
    case "acknowledged": {
      const from = effectiveTime === undefined ? "" : `, effective ${weekdayOf(effectiveTime)} ${shortTime(effectiveTime)}`;
      return `${label}: acknowledged${by === "rest" ? " over REST" : ""}${from}${latencyMs === undefined ? "" : ` (${milliseconds(latencyMs)})`}`;
    }
    case "refused":
      return `${label}: refused. ${reason ?? "No reason was given"}`;
    case "unanswered":
      return `${label}: ${reason ?? "no answer"}`;
  }
}

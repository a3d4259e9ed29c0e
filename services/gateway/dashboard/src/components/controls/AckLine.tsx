/** What became of the latest command. */
import { Icon } from "../Icon.tsx";
import { useLuna } from "../../lib/context.ts";
import { useStore } from "../../lib/store.ts";
import { receiptWords } from "./words.ts";
import "./ack.css";

export function AckLine() {
  const luna = useLuna();
  const latest = useStore(luna.control.receipts, (all) => all[0]);
  const away = useStore(luna.controlLink, (link) => link.kind === "waiting" || (link.kind === "connecting" && link.attempt > 0));
  if (latest === undefined) {
    return (
      <p className="ack" data-testid="ack" data-status="none" role="status">
        {away ? "The control socket is away: commands go over REST." : "Every command is answered by the simulator; its answer appears here."}
      </p>
    );
  }
  return (
    <p className={`ack ack-${latest.status}`} data-testid="ack" data-status={latest.status} data-control={latest.control} role="status">
      {latest.status === "pending" ? <span className="ack-dot" aria-hidden="true" /> : <Icon name={latest.status === "acknowledged" ? "check" : "alert"} />}
      <span>{receiptWords(latest)}</span>
    </p>
  );
}

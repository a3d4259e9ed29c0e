/** The latest commands and their answers. */
import { receiptWords } from "../../components/controls/words.ts";
import { Icon } from "../../components/Icon.tsx";
import { Panel } from "../../components/Panel.tsx";
import { useLuna } from "../../lib/context.ts";
import { useStore } from "../../lib/store.ts";

export function Orders() {
  const luna = useLuna();
  const receipts = useStore(luna.control.receipts, (all) => all);
  return (
    <Panel title="Orders" note="Newest first">
      {receipts.length === 0 ? (
        <p className="form-note">Every command is answered by the simulator; the answers gather here.</p>
      ) : (
        <ol className="orders" data-testid="orders">
          {receipts.map((receipt) => (
            <li key={receipt.id} className={`ack ack-${receipt.status}`} data-status={receipt.status} data-control={receipt.control}>
              {receipt.status === "pending" ? <span className="ack-dot" aria-hidden="true" /> : <Icon name={receipt.status === "acknowledged" ? "check" : "alert"} />}
              <span>{receiptWords(receipt)}</span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

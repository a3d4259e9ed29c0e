/** What became of the latest order of a panel, beside the form that gave it. */
import { receiptWords } from "../../../components/controls/words.ts";
import { Icon } from "../../../components/Icon.tsx";
import { useLuna } from "../../../lib/context.ts";
import { useStore } from "../../../lib/store.ts";

/** `controls` are those whose orders are told; `name` starts the test id. */
export function Outcome({ controls, name }: { readonly controls: ReadonlySet<string>; readonly name: string }) {
  const luna = useLuna();
  const latest = useStore(luna.control.receipts, (all) => all.find(({ control }) => controls.has(control)));
  return (
    <div role="status">
      {latest === undefined ? null : (
        <p className={`ack ack-${latest.status}`} data-testid={`${name}-outcome`} data-status={latest.status}>
          {latest.status === "pending" ? <span className="ack-dot" aria-hidden="true" /> : <Icon name={latest.status === "acknowledged" ? "check" : "alert"} />}
          <span>{receiptWords(latest)}</span>
        </p>
      )}
    </div>
  );
}

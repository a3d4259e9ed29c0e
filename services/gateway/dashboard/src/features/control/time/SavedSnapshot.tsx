/** One snapshot: what it is of, the way back to it, and its end. */
import { useEffect, useRef } from "react";
import { Confirm } from "../../../components/Confirm.tsx";
import { useLuna } from "../../../lib/context.ts";
import type { Route } from "../../../lib/route.ts";
import { factsOf, moment, type Snapshot } from "./moments.ts";
import { DELETE, RESTORE } from "./useSnapshots.ts";

interface Properties {
  readonly snapshot: Snapshot;
  /** The address that names it, if one does. */
  readonly marked: Route | null;
  /** Why this page may neither restore nor delete; empty where it may. */
  readonly refusal: string;
  /** Whether such an order is under way. */
  readonly busy: boolean;
}

export function SavedSnapshot({ snapshot, marked, refusal, busy }: Properties) {
  const luna = useLuna();
  const { snapshot_id: id, name, description, restorable, reason } = snapshot;
  const place = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (marked !== null) {
      place.current?.focus();
    }
  }, [marked]);
  const when = moment(snapshot.simulation_time);
  return (
    <li ref={place} className={`saved ${marked === null ? "" : "saved-marked"}`} tabIndex={-1} aria-current={marked !== null} data-testid={`saved-${name}`} data-time={snapshot.simulation_time}>
      <div className="saved-words">
        <b>{name}</b>
        {description === "" ? null : <span>{description}</span>}
        <small>{factsOf(snapshot)}</small>
        {restorable ? null : <small className="time-fault">Cannot be restored: {reason ?? "the simulator does not say why"}.</small>}
      </div>
      <div className="saved-acts">
        <Confirm
          name={`restore-${name}`} label="Restore" of={name} icon="reset" busy={busy} disabled={refusal !== "" || !restorable}
          question={`Go back to ${name}?`} words={`A new branch begins from this snapshot, ${when}, in all services. The present telling is left for everybody who watches; it stays on the topics.`}
          keep="Keep this city" sure={`Restore ${name}`} onSure={() => luna.control.give({ type: "restore_snapshot", payload: { snapshot: id } }, RESTORE, `Restore ${name}`)}
        />
        <Confirm
          name={`delete-${name}`} label="Delete" of={name} icon="clear" busy={busy} disabled={refusal !== ""}
          question={`Delete ${name}?`} words={`The city as it was at ${when} cannot be brought back from it any more. What is told now is untouched.`}
          keep="Keep it" sure={`Delete ${name}`} onSure={() => luna.control.give({ type: "delete_snapshot", payload: { snapshot: id } }, DELETE, `Delete ${name}`)}
        />
      </div>
    </li>
  );
}

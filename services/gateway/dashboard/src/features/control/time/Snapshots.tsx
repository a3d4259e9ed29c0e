/** Moments of the city that were kept: a new one, and a way back to each. */
import { Panel } from "../../../components/Panel.tsx";
import { Empty } from "../../../components/States.tsx";
import { amount, counted } from "../../../lib/format.ts";
import { usePending } from "../../../lib/receipts.ts";
import { useRoute } from "../../../lib/route.ts";
import { Arrival } from "./Arrival.tsx";
import { Outcome } from "./Outcome.tsx";
import type { Rights } from "./rights.ts";
import { SavedSnapshot } from "./SavedSnapshot.tsx";
import { TakeSnapshot } from "./TakeSnapshot.tsx";
import { Told } from "./Told.tsx";
import { DELETE, RESTORE, SNAPSHOT_CONTROLS, useSnapshots } from "./useSnapshots.ts";

const NONE: readonly string[] = [];

export function Snapshots({ rights }: { readonly rights: Rights }) {
  const question = useSnapshots();
  const route = useRoute();
  const marked = route.query.snapshot;
  const restoring = usePending(RESTORE);
  const deleting = usePending(DELETE);
  const answer = question.status === "ready" ? question.answer : null;
  const again = (
    <button type="button" className="button button-quiet" data-testid="snapshots-again" onClick={question.again}>
      Look again
    </button>
  );
  return (
    <Panel title="Snapshots" note={answer === null ? undefined : counted(answer.total, "kept", "kept")} actions={again}>
      <Arrival part="take">
        <TakeSnapshot taken={answer?.snapshots.map(({ name }) => name) ?? NONE} refusal={rights.steering} />
      </Arrival>
      <Outcome controls={SNAPSHOT_CONTROLS} name="snapshot" />
      {rights.leaving === "" || rights.steering !== "" ? null : <p className="form-note" data-testid="snapshots-refusal">{rights.leaving}</p>}
      <Arrival part="kept">
        <Told question={question} what="the snapshots">
          {({ snapshots, total }) => (
            <>
              {marked === undefined || snapshots.some(({ name }) => name === marked) ? null : <p className="form-note saved-note" role="status" data-testid="snapshot-absent">{`No snapshot is called ${marked}.`}</p>}
              {snapshots.length === 0 ? (
                <Empty title="No snapshots yet" words="Take one above: the city can be brought back to that moment, with all its people and tables." />
              ) : (
                <ul className="saved-list" aria-label="Snapshots" tabIndex={0} data-testid="snapshots">
                  {snapshots.map((snapshot) => (
                    <SavedSnapshot key={snapshot.snapshot_id} snapshot={snapshot} marked={snapshot.name === marked ? route : null} refusal={rights.leaving} busy={restoring || deleting} />
                  ))}
                </ul>
              )}
              {total > snapshots.length ? <p className="form-note saved-note">{`The newest ${amount(snapshots.length)} of ${amount(total)}.`}</p> : null}
            </>
          )}
        </Told>
      </Arrival>
    </Panel>
  );
}

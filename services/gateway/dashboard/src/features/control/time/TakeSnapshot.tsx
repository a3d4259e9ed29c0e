/** Keeps the whole city, of all services, as it is between two ticks. */
import { useId, useState, type SubmitEvent } from "react";
import { Icon } from "../../../components/Icon.tsx";
import { useLuna } from "../../../lib/context.ts";
import { usePending } from "../../../lib/receipts.ts";
import { useStore } from "../../../lib/store.ts";
import { LONGEST_DESCRIPTION, LONGEST_NAME, faultOfName } from "./moments.ts";
import { TAKE } from "./useSnapshots.ts";

const USUAL = "The state of every service is kept, between two ticks.";
const HELD = "The city is held until every service has saved.";

interface Properties {
  /** Names there are. */
  readonly taken: readonly string[];
  /** Why this page may not; empty where it may. */
  readonly refusal: string;
}

export function TakeSnapshot({ taken, refusal }: Properties) {
  const luna = useLuna();
  const pending = usePending(TAKE);
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const note = useId();
  const fault = faultOfName(name, taken);
  const kept = useStore(luna.control.receipts, (all) => all.find(({ control, status }) => control === TAKE && status === "acknowledged")?.result?.name);
  const wrong = name !== "" && name !== kept && fault !== "" && !pending;
  const words = refusal !== "" ? refusal : pending ? HELD : wrong ? fault : name !== "" && name === kept ? `Kept as ${name}; the next one needs another name.` : USUAL;
  const take = (event: SubmitEvent) => {
    event.preventDefault();
    if (fault === "" && refusal === "") {
      luna.control.give({ type: "create_snapshot", payload: { name, description: description.trim() } }, TAKE, `Snapshot ${name}`);
    }
  };
  return (
    <form className="form" onSubmit={take}>
      <div className="form-row form-fields">
        <label className="form-field form-field-words">
          Name
          <input className="field" type="text" autoComplete="off" spellCheck={false} maxLength={LONGEST_NAME} placeholder="before-lunch" value={name} aria-invalid={wrong} aria-describedby={note} disabled={refusal !== ""} data-testid="snapshot-name" onChange={(event) => setName(event.target.value)} />
        </label>
        <label className="form-field form-field-wide">
          Description
          <input className="field" type="text" autoComplete="off" maxLength={LONGEST_DESCRIPTION} placeholder="What it is of, if you like" value={description} disabled={refusal !== ""} data-testid="snapshot-description" onChange={(event) => setDescription(event.target.value)} />
        </label>
        <button type="submit" className="button" data-testid="snapshot-take" disabled={fault !== "" || refusal !== "" || pending} aria-busy={pending}>
          <Icon name="plus" />
          Take a snapshot
        </button>
      </div>
      <p id={note} className={`form-note ${wrong ? "time-fault" : ""}`} role="status" data-testid="snapshot-note">
        {words}
      </p>
    </form>
  );
}

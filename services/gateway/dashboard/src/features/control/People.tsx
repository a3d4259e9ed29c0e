/** New people for the city. */
import { useState, type SubmitEvent } from "react";
import { Icon } from "../../components/Icon.tsx";
import { Panel } from "../../components/Panel.tsx";
import { useLuna } from "../../lib/context.ts";
import { amount, counted } from "../../lib/format.ts";
import { usePending } from "../../lib/receipts.ts";
import { useStore } from "../../lib/store.ts";

const MOST_PEOPLE = 1000;

export function People() {
  const luna = useLuna();
  const population = useStore(luna.state, (state) => state?.population ?? null);
  const pending = usePending("spawn");
  const [count, setCount] = useState("50");
  const [befriend, setBefriend] = useState(true);
  const number = Number(count);
  const valid = Number.isInteger(number) && number >= 1 && number <= MOST_PEOPLE;
  const spawn = (event: SubmitEvent) => {
    event.preventDefault();
    if (valid) {
      luna.control.give({ type: "spawn_users", payload: { count: number, befriend } }, "spawn", `Add ${counted(number, "person", "people")}`);
    }
  };
  return (
    <Panel title="People" note={population === null ? undefined : `${amount(population)} live here`}>
      <form className="form" onSubmit={spawn}>
        <div className="form-line">
          <label htmlFor="spawn-count">
            Newcomers
            <small>1 to {amount(MOST_PEOPLE)} at once</small>
          </label>
          <input id="spawn-count" className="field" type="number" inputMode="numeric" min={1} max={MOST_PEOPLE} value={count} aria-invalid={!valid} onChange={(event) => setCount(event.target.value)} />
          <button type="submit" className="button" data-testid="spawn" disabled={!valid || pending} aria-busy={pending}>
            <Icon name="people" />
            Add people
          </button>
        </div>
        <label className="form-check">
          <input type="checkbox" checked={befriend} onChange={(event) => setBefriend(event.target.checked)} />
          They know each other
        </label>
      </form>
    </Panel>
  );
}

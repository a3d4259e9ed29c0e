/** The city's data as a whole: made from a seed, or thrown away. */
import { useState } from "react";
import { Confirm } from "../../components/Confirm.tsx";
import { Panel } from "../../components/Panel.tsx";
import { useLuna } from "../../lib/context.ts";
import { usePending } from "../../lib/receipts.ts";

const FIELDS = [
  { name: "seed", title: "Seed", usual: "42", least: 0 },
  { name: "users", title: "People", usual: "500", least: 1 },
  { name: "venues", title: "Venues", usual: "200", least: 1 },
] as const;

type Name = (typeof FIELDS)[number]["name"];

export function City() {
  const luna = useLuna();
  const pending = usePending("seed");
  const [given, setGiven] = useState<Readonly<Record<Name, string>>>({ seed: "42", users: "500", venues: "200" });
  const numbers = { seed: Number(given.seed), users: Number(given.users), venues: Number(given.venues) };
  const valid = FIELDS.every(({ name, least }) => given[name] !== "" && Number.isInteger(numbers[name]) && numbers[name] >= least);
  return (
    <Panel title="Data" note="Equal words make an equal city">
      <div className="form form-row">
        {FIELDS.map(({ name, title, usual, least }) => (
          <label key={name} className="form-field">
            {title}
            <input className="field" type="number" inputMode="numeric" min={least} placeholder={usual} value={given[name]} data-testid={`data-${name}`} onChange={(event) => setGiven({ ...given, [name]: event.target.value })} />
          </label>
        ))}
        <Confirm
          name="seed" label="Seed" icon="bolt" busy={pending} disabled={!valid}
          question="Make a city from this seed?" words={`${given.users} people and ${given.venues} venues from seed ${given.seed}, on a new branch. The present telling ends.`}
          keep="Keep this city" sure="Seed the city" onSure={() => luna.control.give({ type: "seed", payload: numbers }, "seed", `Seed ${given.seed}`)}
        />
      </div>
    </Panel>
  );
}

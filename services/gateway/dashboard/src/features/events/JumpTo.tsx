/** Another time to look at, on the clock of the city; back to live with one click. */
import { useState } from "react";
import { useLuna } from "../../lib/context.ts";
import { throughLocal, toLocal } from "../../lib/local.ts";
import { cityName } from "../../lib/place.ts";
import { refine } from "../../lib/route.ts";
import { useStore } from "../../lib/store.ts";

export function JumpTo({ at }: { readonly at: string }) {
  const luna = useLuna();
  const now = useStore(luna.state, (state) => (state?.simulation_time ?? "").slice(0, 16));
  const [wanted, setWanted] = useState("");
  const value = wanted !== "" ? wanted : at !== "" ? toLocal(at) : "";
  return (
    <form
      className="events-jump"
      onSubmit={(event) => {
        event.preventDefault();
        refine({ at: value === "" ? null : throughLocal(value), since: null });
      }}
    >
      <input className="field" type="datetime-local" aria-label={`Time in ${cityName()} to look at`} value={value} max={now === "" ? undefined : toLocal(`${now}:00Z`)} onChange={({ target }) => setWanted(target.value)} data-testid="events-at" />
      <button type="submit" className="button" disabled={value === ""}>
        Jump
      </button>
      {at === "" ? null : (
        <button
          type="button"
          className="button button-primary"
          onClick={() => {
            setWanted("");
            refine({ at: null, since: null });
          }}
        >
          Back to live
        </button>
      )}
    </form>
  );
}

/** What the simulation is doing. */
import { useLuna } from "../../lib/context.ts";
import { useStore } from "../../lib/store.ts";
import { destinationOf } from "../../lib/travel.ts";
import type { Phase } from "../../lib/types.ts";

const WORDS: Readonly<Record<Phase, string>> = {
  starting: "Starting",
  backfill: "Living its past",
  running: "Running",
  paused: "Paused",
  stopped: "Stopped",
  unknown: "Waiting",
};

export function PhaseChip() {
  const luna = useLuna();
  const phase = useStore(luna.state, (state) => state?.phase ?? "unknown");
  const travels = useStore(luna.state, (state) => destinationOf(state?.reason) !== null);
  return (
    <span className={`chip phase phase-${phase}`} data-testid="phase" data-phase={phase} role="status">
      <span className="chip-dot" aria-hidden="true" />
      {phase === "backfill" && travels ? "Travelling" : WORDS[phase]}
    </span>
  );
}

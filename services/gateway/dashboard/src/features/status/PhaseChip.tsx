/** What the simulation is doing. */
import { useLuna } from "../../lib/context.ts";
import { useStore } from "../../lib/store.ts";
import type { Phase } from "../../lib/types.ts";

const WORDS: Readonly<Record<Phase, string>> = {
  starting: "Starting",
  backfill: "Living its first days",
  running: "Running",
  paused: "Paused",
  stopped: "Stopped",
  unknown: "Waiting",
};

export function PhaseChip() {
  const luna = useLuna();
  const phase = useStore(luna.state, (state) => state?.phase ?? "unknown");
  return (
    <span className={`chip phase phase-${phase}`} data-testid="phase" data-phase={phase} role="status">
      <span className="chip-dot" aria-hidden="true" />
      {WORDS[phase]}
    </span>
  );
}

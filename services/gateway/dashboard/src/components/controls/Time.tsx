/** Holds time, lets it go on, and says how fast it runs. */
import { useState, type CSSProperties } from "react";
import { useLuna } from "../../lib/context.ts";
import type { Command } from "../../lib/commands.ts";
import { amount, speed } from "../../lib/format.ts";
import { usePending } from "../../lib/receipts.ts";
import { useStore } from "../../lib/store.ts";
import { Icon } from "../Icon.tsx";
import { SPEEDS, nextPlace, placeOf, speedTitle } from "./speeds.ts";
import "./time.css";

export function PauseResume() {
  const luna = useLuna();
  const paused = useStore(luna.state, (state) => state?.phase === "paused");
  const idle = useStore(luna.state, (state) => state?.phase !== "paused" && state?.phase !== "running");
  const pausing = usePending("pause");
  const resuming = usePending("resume");
  return (
    <div className="pair" role="group" aria-label="Time">
      <button type="button" className="button" data-testid="pause" disabled={idle || paused || pausing} aria-busy={pausing} onClick={() => luna.control.give({ type: "pause" }, "pause", "Pause")}>
        <Icon name="pause" />
        Pause
      </button>
      <button type="button" className={`button ${paused ? "button-primary" : ""}`} data-testid="resume" disabled={idle || !paused || resuming} aria-busy={resuming} onClick={() => luna.control.give({ type: "resume" }, "resume", "Resume")}>
        <Icon name="play" />
        Resume
      </button>
    </div>
  );
}

/** Where the slider rests before the city has said its speed. */
const USUAL = SPEEDS.indexOf(60);

export function Speed() {
  const luna = useLuna();
  const target = useStore(luna.state, (state) => state?.speed_target ?? null);
  const achieved = useStore(luna.state, (state) => state?.speed_achieved ?? null);
  const [held, setHeld] = useState<number | null>(null);
  const running = target === null ? null : placeOf(target);
  const place = held ?? running ?? USUAL;
  const choose = (index: number) => {
    const chosen = SPEEDS[index] ?? 60;
    const command: Command = { type: "set_speed", payload: { multiplier: chosen } };
    luna.control.give(command, "speed", `Speed ${speedTitle(chosen)}`);
    setHeld(null);
  };
  const settle = () => {
    if (held !== null && held !== running) {
      choose(held);
    }
    setHeld(null);
  };
  return (
    <div className="control" data-testid="speed">
      <div className="control-head">
        <PauseResume />
        <span className="control-now">
          <b data-testid="speed-target">{speed(target)}</b>
          <span title="What the machine really does">{achieved === null ? "" : `${amount(achieved)}× achieved`}</span>
        </span>
      </div>
      <input
        type="range"
        className="slider"
        min={0}
        max={SPEEDS.length - 1}
        step={Number.isInteger(place) ? 1 : "any"}
        value={place}
        style={{ "--share": place / (SPEEDS.length - 1) } as CSSProperties}
        aria-label="Speed"
        aria-valuetext={held === null ? speed(target) : speedTitle(SPEEDS[held] ?? 60)}
        onChange={(event) => setHeld(nextPlace(Number(event.target.value), place))}
        onPointerUp={settle}
        onKeyUp={settle}
        onBlur={settle}
      />
      <div className="presets" role="group" aria-label="Speeds">
        {SPEEDS.map((preset, index) => (
          <button key={preset} type="button" data-testid={`speed-${preset}`} className="preset" aria-label={speedTitle(preset)} aria-pressed={index === running} onClick={() => choose(index)}>
            {preset}
          </button>
        ))}
      </div>
    </div>
  );
}

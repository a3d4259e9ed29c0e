/** Begins the city anew, after being asked twice. */
import { useRef } from "react";
import { Icon } from "../../components/Icon.tsx";
import { useLuna } from "../../lib/context.ts";
import "./reset.css";

export function Reset() {
  const luna = useLuna();
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" className="button button-quiet" data-testid="reset" onClick={() => dialog.current?.showModal()}>
        <Icon name="reset" />
        Reset
      </button>
      <dialog ref={dialog} className="dialog" aria-labelledby="reset-title">
        <h2 id="reset-title">Begin the city anew?</h2>
        <p>Everyone starts over on a new branch. What has happened stays on the topics and is no longer shown.</p>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            Keep this city
          </button>
          <button
            type="button"
            className="button button-danger"
            data-testid="reset-confirm"
            onClick={() => {
              luna.control.give({ type: "reset" }, "reset", "Reset");
              dialog.current?.close();
            }}
          >
            Reset the city
          </button>
        </div>
      </dialog>
    </>
  );
}

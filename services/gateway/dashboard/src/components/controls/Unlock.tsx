/** Asks for the token where the gateway lets only its holders control. */
import { useState, type SubmitEvent } from "react";
import { useLuna } from "../../lib/context.ts";
import { useStore } from "../../lib/store.ts";
import "./unlock.css";

export function Unlock() {
  const luna = useLuna();
  const reason = useStore(luna.control.locked, (known) => known);
  const [token, setToken] = useState("");
  if (reason === "") {
    return null;
  }
  const unlock = (event: SubmitEvent) => {
    event.preventDefault();
    luna.unlock(token.trim());
  };
  return (
    <form className="unlock" data-testid="unlock" onSubmit={unlock}>
      <label htmlFor="unlock-token">You may watch, not control: {reason}.</label>
      <input id="unlock-token" className="field" type="password" autoComplete="off" placeholder="Token" value={token} onChange={(event) => setToken(event.target.value)} />
      <button type="submit" className="button" disabled={token.trim() === ""}>
        Unlock
      </button>
    </form>
  );
}

/** Whether the page hears the city, and when it tries again. */
import { useEffect, useState } from "react";
import { Icon } from "../../components/Icon.tsx";
import { useLuna } from "../../lib/context.ts";
import type { Link } from "../../lib/socket.ts";
import { useStore } from "../../lib/store.ts";

function useSecondsUntil(moment: number | null): number | null {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (moment === null) {
      return undefined;
    }
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [moment]);
  return moment === null ? null : Math.max(0, Math.ceil((moment - now) / 1000));
}

type Health = "live" | "behind" | "connecting" | "away";

const WORDS: Readonly<Record<Health, string>> = {
  live: "Live",
  behind: "Catching up",
  connecting: "Connecting",
  away: "Not connected",
};

function healthOf(link: Link, fresh: boolean): Health {
  if (link.kind === "open") {
    return fresh ? "live" : "behind";
  }
  return link.kind === "waiting" || link.attempt > 0 ? "away" : "connecting";
}

export function Connection() {
  const luna = useLuna();
  const link = useStore(luna.streamLink, (known) => known);
  const fresh = useStore(luna.state, (state) => state === null || (state.caught_up && state.connected));
  const health = healthOf(link, fresh);
  return (
    <span className={`connection connection-${health}`} data-testid="connection" data-state={health} role="status">
      <span className="connection-dot" aria-hidden="true" />
      {WORDS[health]}
    </span>
  );
}

export function ConnectionBanner() {
  const luna = useLuna();
  const link = useStore(luna.streamLink, (known) => known);
  const kafkaAway = useStore(luna.state, (state) => state !== null && !state.connected);
  const until = link.kind === "waiting" ? link.until : null;
  const seconds = useSecondsUntil(until);
  if (link.kind === "open" && kafkaAway) {
    return <Banner words="The gateway cannot reach Kafka. What you see is the last it heard." />;
  }
  if (link.kind === "open" || (link.kind === "connecting" && link.attempt === 0)) {
    return null;
  }
  const words = seconds === null ? "Not connected, trying now…" : `Not connected, trying again in ${seconds} s`;
  return <Banner words={words} action={() => luna.hurry()} />;
}

function Banner({ words, action }: { readonly words: string; readonly action?: () => void }) {
  return (
    <div className="banner" role="alert" data-testid="banner">
      <Icon name="alert" />
      <span>{words}</span>
      {action === undefined ? null : (
        <button type="button" className="button" onClick={action}>
          Try now
        </button>
      )}
    </div>
  );
}

/** How the page hears the city and speaks to it, and when it tries the better way again. */
import { useEffect, useState } from "react";
import { Icon } from "../../components/Icon.tsx";
import { useLuna } from "../../lib/context.ts";
import type { Path } from "../../lib/fallback.ts";
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

type Health = "live" | "behind" | "events" | "polling" | "connecting" | "away";

const WORDS: Readonly<Record<Health, string>> = {
  live: "Live",
  behind: "Catching up",
  events: "Live over SSE",
  polling: "Polling",
  connecting: "Connecting",
  away: "Not connected",
};

export function healthOf(link: Link, path: Path, fresh: boolean): Health {
  if (link.kind === "open") {
    return fresh ? "live" : "behind";
  }
  if (path === "events" || path === "polling") {
    return path;
  }
  return link.kind === "waiting" || link.attempt > 0 ? "away" : "connecting";
}

export function Connection() {
  const luna = useLuna();
  const link = useStore(luna.streamLink, (known) => known);
  const path = useStore(luna.path, (known) => known);
  const fresh = useStore(luna.state, (state) => state === null || (state.caught_up && state.connected));
  const health = healthOf(link, path, fresh);
  return (
    <span className={`connection connection-${health}`} data-testid="connection" data-state={health} role="status">
      <span className="connection-dot" aria-hidden="true" />
      {WORDS[health]}
    </span>
  );
}

const STANDING_IN: Readonly<Partial<Record<Path, string>>> = {
  events: "The live socket is away. Events come over server-sent events",
  polling: "The live socket is away. The page asks every few seconds",
};

export function ConnectionBanner() {
  const luna = useLuna();
  const link = useStore(luna.streamLink, (known) => known);
  const path = useStore(luna.path, (known) => known);
  const speechless = useStore(luna.controlLink, ({ kind }) => kind !== "open");
  const kafkaAway = useStore(luna.state, (state) => state !== null && !state.connected);
  const until = link.kind === "waiting" ? link.until : null;
  const seconds = useSecondsUntil(until);
  if (link.kind === "open" && kafkaAway) {
    return <Banner words="The gateway cannot reach Kafka. What you see is the last it heard." />;
  }
  if (link.kind === "open" || (link.kind === "connecting" && link.attempt === 0)) {
    return null;
  }
  const again = seconds === null ? "trying now…" : `trying again in ${seconds} s`;
  const standingIn = STANDING_IN[path];
  const words = standingIn === undefined ? `Not connected, ${again}` : `${standingIn}${speechless ? "; commands go by REST" : ""}. ${again.charAt(0).toUpperCase()}${again.slice(1)}`;
  return <Banner words={words} mild={standingIn !== undefined} action={() => luna.hurry()} />;
}

function Banner({ words, mild = false, action }: { readonly words: string; readonly mild?: boolean; readonly action?: () => void }) {
  return (
    <div className={`banner ${mild ? "banner-mild" : ""}`} role="alert" data-testid="banner">
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

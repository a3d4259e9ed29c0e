/** A part of this section that an address leads to: `#/control/time/travel` puts the keyboard there. */
import { useEffect, useRef, type ReactNode } from "react";
import { useRoute } from "../../../lib/route.ts";

const SECTION = "time";
/** Where `#/control/time` leads. */
const FIRST = "take";

export type Part = "take" | "kept" | "travel" | "replays";

/** Whoever follows an address to it arrives in its first field, even when the page was there already. */
export function Arrival({ part, children }: { readonly part: Part; readonly children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const route = useRoute();
  useEffect(() => {
    const [section, wanted = FIRST] = route.rest;
    if (section === SECTION && wanted === part && route.query.snapshot === undefined) {
      (place.current?.querySelector<HTMLElement>("input:enabled") ?? place.current)?.focus();
    }
  }, [route, part]);
  return (
    <div ref={place} className="time-part" tabIndex={-1} data-testid={`time-${part}`}>
      {children}
    </div>
  );
}

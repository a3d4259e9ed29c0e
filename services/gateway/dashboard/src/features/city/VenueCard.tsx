/** A venue in a few words, and on a click its recent life. */
import { useEffect, useState, type CSSProperties } from "react";
import { Icon } from "../../components/Icon.tsx";
import { Sentence } from "../../components/Sentence.tsx";
import { useLuna } from "../../lib/context.ts";
import { familyOf } from "../../lib/families.ts";
import { capital, counted, plain, shortTime } from "../../lib/format.ts";
import { priceSigns } from "../../lib/money.ts";
import { cityName } from "../../lib/place.ts";
import type { CityEvent, Venue } from "../../lib/types.ts";
import { happyWords } from "./happyHours.ts";
import type { Spot } from "./spots.ts";
import type { Seen } from "./tally.ts";
import type { Size } from "./useSize.ts";
import "./venue.css";

const CARD = { width: 292, height: 300 };

function kindWords(venue: Venue): string {
  const cuisine = venue.cuisine === null || venue.cuisine === venue.category ? "" : `${capital(plain(venue.cuisine))} `;
  return capital(`${cuisine}${plain(venue.category)}`);
}

function Facts({ venue }: { readonly venue: Venue }) {
  return (
    <span className="venue-facts">
      {kindWords(venue)} · {priceSigns(venue.price_tier)} · {venue.rating.toFixed(1)} stars ({venue.rating_count})
    </span>
  );
}

function SeenHere({ seen }: { readonly seen: Seen }) {
  const words = [
    seen.views > 0 ? counted(seen.views, "look", "looks") : "",
    seen.bookings > 0 ? counted(seen.bookings, "table booked", "tables booked") : "",
    seen.visits > 0 ? counted(seen.visits, "visit", "visits") : "",
    seen.reviews > 0 ? counted(seen.reviews, "review", "reviews") : "",
  ].filter((part) => part !== "");
  return <span className="venue-seen">{words.length === 0 ? "Quiet since this page opened" : words.join(" · ")}</span>;
}

export function VenueTip({ spot, seen, width }: { readonly spot: Spot; readonly seen: Seen; readonly width: number }) {
  const style: CSSProperties = { left: Math.min(Math.max(spot.x, 130), width - 130), top: spot.y - 12 };
  return (
    <div className="venue-tip" style={style} role="tooltip">
      <strong>{spot.venue.name}</strong>
      <Facts venue={spot.venue} />
      <SeenHere seen={seen} />
    </div>
  );
}

interface CardProperties {
  readonly spot: Spot;
  readonly seen: Seen;
  /** What it holds today, in words; empty for nothing. */
  readonly holds: string;
  readonly size: Size;
  readonly onClose: () => void;
  readonly onInspect: (event: CityEvent) => void;
}

type Recent = readonly CityEvent[] | "loading" | "failed";

function useRecent(venueId: string): Recent {
  const luna = useLuna();
  const [recent, setRecent] = useState<Recent>("loading");
  useEffect(() => {
    let wanted = true;
    luna.recentAt(venueId).then(
      (events) => wanted && setRecent(events),
      () => wanted && setRecent("failed"),
    );
    return () => {
      wanted = false;
    };
  }, [luna, venueId]);
  return recent;
}

export function VenueCard({ spot, seen, holds, size, onClose, onInspect }: CardProperties) {
  const recent = useRecent(spot.venue.venue_id);
  const happy = happyWords(spot.venue);
  const style: CSSProperties = {
    left: Math.max(8, Math.min(spot.x + 14, size.width - CARD.width - 8)),
    top: Math.max(8, Math.min(spot.y - 40, size.height - CARD.height - 8)),
  };
  return (
    <aside className="venue-card" style={style} aria-label={spot.venue.name}>
      <header>
        <strong>{spot.venue.name}</strong>
        <button type="button" className="button button-quiet icon-button" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <Facts venue={spot.venue} />
      <span className="venue-facts">
        {spot.venue.borough ?? cityName()} · {counted(spot.venue.seats, "seat", "seats")}
        {spot.venue.ambiance === null ? "" : ` · ${plain(spot.venue.ambiance)}`}
      </span>
      {happy === "" ? null : <span className="venue-facts">{happy}</span>}
      {holds === "" ? null : (
        <span className="venue-facts" data-testid="venue-holds">
          {holds}
        </span>
      )}
      <SeenHere seen={seen} />
      <RecentEvents recent={recent} onInspect={onInspect} />
    </aside>
  );
}

function RecentEvents({ recent, onInspect }: { readonly recent: Recent; readonly onInspect: (event: CityEvent) => void }) {
  if (recent === "loading" || recent === "failed") {
    return <p className="venue-note">{recent === "loading" ? "Asking what happened here…" : "Its recent events could not be had."}</p>;
  }
  if (recent.length === 0) {
    return <p className="venue-note">Nothing has happened here yet.</p>;
  }
  return (
    <ul className="venue-events">
      {recent.map((event) => (
        <li key={event.event_id}>
          <button type="button" className={`family-${familyOf(event)}`} onClick={() => onInspect(event)}>
            <time>{shortTime(event.simulation_time)}</time>
            <span>
              <Sentence event={event} />
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

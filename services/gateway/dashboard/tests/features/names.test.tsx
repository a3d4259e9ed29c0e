import { describe, expect, it } from "vitest";
import type { ReactNode } from "react";
import { PersonLink } from "../../src/components/Person.tsx";
import { Rows } from "../../src/components/records/Rows.tsx";
import { Environment } from "../../src/features/city/Environment.tsx";
import { EventMarks } from "../../src/features/city/EventMarks.tsx";
import type { Geography } from "../../src/features/city/geography.ts";
import type { Spot } from "../../src/features/city/spots.ts";
import type { SpecialEvent, Surroundings } from "../../src/features/city/surroundings.ts";
import { VenueCard, VenueTip } from "../../src/features/city/VenueCard.tsx";
import type { Venue } from "../../src/lib/types.ts";
import { anEvent } from "../stage.ts";
import { shown } from "../shown.tsx";

const EVIL = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>`;
const nothing = () => undefined;
const seen = { views: 1, bookings: 0, visits: 0, reviews: 0 };

const venue = {
  venue_id: "v00001", name: EVIL, category: EVIL, cuisine: null, borough: EVIL, latitude: 40.7, longitude: -74, price_tier: 2, rating: 4, rating_count: 9,
  seats: 40, ambiance: EVIL, trending: 1, happy_hours: null, happy_hour_discount: null,
};
const spot: Spot = { venue: venue as unknown as Venue, x: 0, y: 0, radius: 2, trend: 1 };
const festival: SpecialEvent = {
  venue_id: null, venue_name: null, name: EVIL, kind: EVIL, latitude: 40.7, longitude: -74, radius_km: 1, starts_at: "2026-06-05T22:00:00Z", ends_at: "2026-06-05T23:00:00Z", crowd: 5, phase: "started",
};
const around: Surroundings = {
  city: "new_york", weather: null, traffic: { condition: EVIL, delay_minutes: 2, since: "2026-06-05T04:00:00Z" }, holiday: { name: EVIL, kind: EVIL, since: "2026-06-05T04:00:00Z" }, special_events: [festival, { ...festival, venue_id: "v00001", venue_name: EVIL }],
  promotions: [], trending: [{ venue_id: "v00001", venue_name: EVIL, value: 1 }],
};
const geography = { width: 100, height: 100, kilometre: 3, project: () => [5, 5] } as unknown as Geography;
const acts = [
  anEvent({ user_name: EVIL, venue_name: EVIL }),
  anEvent({ topic: "bookings", event_type: "booking.confirmed", user_name: EVIL, venue_name: EVIL, party_size: 2, start_time: "2026-06-06T00:15:00Z" }),
  anEvent({ topic: "social_interactions", event_type: "friend.accepted", user_name: EVIL, other_user_name: EVIL }),
  anEvent({ topic: "system_metrics", event_type: "notification.dispatched", user_name: EVIL, text: EVIL }),
];

describe("a name with markup in it", () => {
  it.each<[string, ReactNode]>([
    ["a person's link", <PersonLink userId={`"><img src=x onerror=1>`} name={EVIL} persona={EVIL} />],
    ["rows of events", <Rows events={acts} inspected={null} onInspect={nothing} />],
    ["a venue's tip", <VenueTip spot={spot} seen={seen} width={300} />],
    ["a venue's card", <VenueCard spot={spot} seen={seen} holds={EVIL} size={{ width: 800, height: 600 }} onClose={nothing} onInspect={nothing} />],
    ["the surroundings", <Environment question={{ status: "ready", answer: around, stale: "", again: nothing }} />],
    ["marks of special events", <EventMarks events={[festival]} geography={geography} />],
  ])("is shown as text by %s", async (_, element) => {
    const page = await shown(element);
    expect(page.textContent).toContain(EVIL);
    expect(page.querySelector("script, [onerror], img:not(.face)")).toBeNull();
    expect(window).not.toHaveProperty("pwned");
  });

  it("has nowhere to become markup: the page sets no HTML from text", () => {
    const sources = import.meta.glob<string>("../../src/**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });
    const html = /dangerouslySetInnerHTML|\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|createContextualFragment|srcdoc|setHTMLUnsafe|\beval\(/i;
    expect(Object.keys(sources).length).toBeGreaterThan(100);
    expect(Object.entries(sources).filter(([, text]) => html.test(text)).map(([path]) => path)).toEqual([]);
  });
});

/** What kind of life an event is: one colour each, everywhere on the page. */
import type { CityEvent, EventType, TopicName } from "./types.ts";

export type Family = "browsing" | "social" | "booking" | "dining" | "review" | "suggestion" | "city" | "system";

/** Those that happen somewhere and are drawn on the map. */
export const LIVING: readonly Family[] = ["browsing", "social", "booking", "dining", "review"];

export const FAMILY_TITLES: Readonly<Record<Family, string>> = {
  browsing: "Browsing",
  social: "Social",
  booking: "Booking",
  dining: "Dining",
  review: "Review",
  suggestion: "Suggestion",
  city: "City",
  system: "System",
};

const OF_TOPIC: Readonly<Record<TopicName, Family>> = {
  user_actions: "browsing",
  social_interactions: "social",
  bookings: "booking",
  bookings_by_user: "booking",
  recommendations: "suggestion",
  environment: "city",
  system_metrics: "system",
  simulation_control: "system",
  users: "system",
  venues: "system",
  preferences: "suggestion",
  ground_truth: "city",
  journeys: "suggestion",
  requests: "system",
  replies: "system",
  replay: "system",
};

const OF_TYPE: Readonly<Partial<Record<EventType, Family>>> = {
  "visit.started": "dining",
  "visit.ended": "dining",
  "booking.seated": "dining",
  "booking.completed": "dining",
  "review.submitted": "review",
  "friends.checked": "social",
};

export function familyOf(event: Pick<CityEvent, "topic" | "event_type">): Family {
  return OF_TYPE[event.event_type] ?? OF_TOPIC[event.topic];
}

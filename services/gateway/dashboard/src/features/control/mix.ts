/** Shares of what people do in the app: as seen so far, and as they would be with some of them ordered. */
import type { CityEvent, EventType, TopicName } from "../../lib/types.ts";

export const ACTIONS = ["browse", "view", "search", "save", "like", "check_friends", "interest", "invite", "respond", "book"] as const;

export type Action = (typeof ACTIONS)[number];
export type Mix = Readonly<Record<Action, number>>;
export type Wanted = Readonly<Partial<Record<Action, number>>>;

export const TITLES: Readonly<Record<Action, string>> = {
  browse: "Browse", view: "Look at a venue", search: "Search", save: "Save", like: "Like",
  check_friends: "Look what friends do", interest: "Say where to go", invite: "Invite", respond: "Answer friends", book: "Book",
};

/** Colour of each action on the bar, a token of the theme. */
export const COLOURS: Readonly<Record<Action, string>> = {
  browse: "browsing", view: "venue-quick", search: "suggestion", save: "venue-cafe", like: "review",
  check_friends: "venue-bar", interest: "dining", invite: "social", respond: "system", book: "booking",
};

const TOLD_BY: Readonly<Record<Action, readonly (readonly [TopicName, EventType])[]>> = {
  browse: [["user_actions", "venue.browsed"]],
  view: [["user_actions", "venue.viewed"]],
  search: [["user_actions", "search.performed"]],
  save: [["user_actions", "venue.saved"]],
  like: [["user_actions", "venue.liked"]],
  check_friends: [["user_actions", "friends.checked"]],
  interest: [["user_actions", "interest.expressed"]],
  invite: [["social_interactions", "invite.sent"]],
  respond: [["social_interactions", "invite.accepted"], ["social_interactions", "invite.declined"]],
  book: [["bookings", "booking.requested"]],
};

export type Counted = Readonly<Partial<Record<string, Readonly<Record<string, number>>>>>;

const mixOf = (shareOf: (action: Action) => number): Mix => Object.fromEntries(ACTIONS.map((action) => [action, shareOf(action)])) as Mix;

/** How many of each type, by topic, of those events that one wants. */
export function countedOf(events: readonly CityEvent[], wanted: (event: CityEvent) => boolean): Counted {
  const counts: Record<string, Record<string, number>> = {};
  for (const event of events) {
    if (wanted(event)) {
      const types = (counts[event.topic] ??= {});
      types[event.event_type] = (types[event.event_type] ?? 0) + 1;
    }
  }
  return counts;
}

/** Null where nobody has done anything yet. */
export function observed(events: Counted): Mix | null {
  const counts = mixOf((action) => TOLD_BY[action].reduce((sum, [topic, type]) => sum + (events[topic]?.[type] ?? 0), 0));
  const all = sum(counts);
  return all === 0 ? null : mixOf((action) => counts[action] / all);
}

/** As the simulator does it: what is ordered holds, the others keep their proportions among themselves. */
export function mixed(mix: Mix, wanted: Wanted): Mix {
  const free = ACTIONS.filter((action) => wanted[action] === undefined);
  const taken = sum(wanted);
  const rest = free.reduce((all, action) => all + mix[action], 0);
  return mixOf((action) => wanted[action] ?? (rest === 0 ? 0 : (mix[action] * Math.max(0, 1 - taken)) / rest));
}

/** What is wrong with an order; empty when it can be given. */
export function faultOf(wanted: Wanted): string {
  const given = Object.keys(wanted).length;
  const total = sum(wanted);
  if (given === 0) {
    return "Move a slider: what is not moved keeps its proportion.";
  }
  if (total > 1 + 1e-9) {
    return `The shares add up to ${Math.round(total * 100)} %, more than everything.`;
  }
  if (given === ACTIONS.length && total < 1 - 1e-9) {
    return `Every share is set, and they add up to ${Math.round(total * 100)} % only.`;
  }
  return "";
}

const sum = (shares: Wanted): number => Object.values(shares).reduce((all, share) => all + share, 0);

/** Who knows whom and how much they have to do with each other: the gateway's graph, moved on by live events. */
import type { GraphNode, SocialGraph } from "../../../generated/api.ts";
import type { CityEvent } from "../../../lib/types.ts";

export type Person = GraphNode;

export interface Tie {
  readonly a: string;
  readonly b: string;
  /** Invitations, answers and meetings of the two that this page knows of. */
  interactions: number;
}

/** What an event shows on the graph. */
export type Happening =
  | { readonly kind: "friendship"; readonly a: string; readonly b: string }
  | { readonly kind: "invitation"; readonly a: string; readonly b: string }
  | { readonly kind: "answer"; readonly a: string; readonly b: string; readonly yes: boolean }
  | { readonly kind: "group"; readonly members: readonly string[]; readonly title: string };

/** Simulated time in which somebody's activity halves. */
const HALF_LIFE_MS = 45 * 60_000;

export const pairOf = (a: string, b: string): string => (a < b ? `${a}|${b}` : `${b}|${a}`);

export const membersOf = (event: CityEvent): string[] => (event.member_ids ?? "").split(",").filter((id) => id !== "");

export class Society {
  readonly people = new Map<string, Person>();
  /** Friendships by pair. */
  readonly ties = new Map<string, Tie>();
  readonly #interactions = new Map<string, number>();
  readonly #activity = new Map<string, { level: number; at: number }>();
  readonly #heard = new Set<string>();
  #now = 0;

  /** The gateway's graph, anew: who is no longer in it is gone; what is known of pairs stays. */
  load({ nodes, edges, interactions }: SocialGraph): void {
    this.people.clear();
    nodes.forEach((person) => this.people.set(person.user_id, person));
    this.ties.clear();
    edges.forEach(([a, b], index) => {
      const pair = pairOf(a, b);
      this.#interactions.set(pair, Math.max(interactions[index] ?? 0, this.#interactions.get(pair) ?? 0));
      this.#tie(a, b);
    });
  }

  /** Moves on by one event; what there is to see of it, if anything. An event told twice counts once. */
  hear(event: CityEvent): Happening | null {
    if (this.#heard.has(event.event_id)) {
      return null;
    }
    this.#remember(event.event_id);
    this.#now = Math.max(this.#now, Date.parse(event.simulation_time));
    if (event.topic !== "social_interactions" && event.topic !== "user_actions" && event.topic !== "bookings") {
      return null;
    }
    if (event.user_id !== undefined) {
      this.#stir(event.user_id, Date.parse(event.simulation_time));
    }
    return this.#happening(event);
  }

  /** Recent doings of somebody; each counts half after 45 simulated minutes. */
  activityOf(userId: string): number {
    const known = this.#activity.get(userId);
    return known === undefined ? 0 : known.level * 2 ** ((known.at - this.#now) / HALF_LIFE_MS);
  }

  interactionsOf(a: string, b: string): number {
    return this.#interactions.get(pairOf(a, b)) ?? 0;
  }

  /** Friends of somebody among the people shown. */
  friendsOf(userId: string): string[] {
    return [...this.ties.values()].flatMap(({ a, b }) => (a === userId ? [b] : b === userId ? [a] : []));
  }

  /** Who did most lately, most first. */
  busiest(most: number): Person[] {
    return [...this.people.values()]
      .map((person) => ({ person, level: this.activityOf(person.user_id) }))
      .filter(({ level }) => level > 0.05)
      .sort((one, other) => other.level - one.level || one.person.user_id.localeCompare(other.person.user_id))
      .slice(0, most)
      .map(({ person }) => person);
  }

  clear(): void {
    this.people.clear();
    this.ties.clear();
    this.#interactions.clear();
    this.#activity.clear();
    this.#heard.clear();
    this.#now = 0;
  }

  #happening(event: CityEvent): Happening | null {
    const { user_id: a, other_user_id: b } = event;
    if (event.event_type === "group.formed") {
      const members = membersOf(event);
      members.forEach((one, index) => members.slice(index + 1).forEach((other) => this.#count(one, other)));
      return { kind: "group", members, title: `Group of ${members.length}${event.venue_name === undefined ? "" : ` · ${event.venue_name}`}` };
    }
    if (event.topic !== "social_interactions" || a === undefined || b === undefined) {
      return null;
    }
    this.#count(a, b);
    switch (event.event_type) {
      case "friend.accepted":
        if (this.people.has(a) && this.people.has(b)) {
          this.#tie(a, b);
        }
        return { kind: "friendship", a, b };
      case "invite.sent":
      case "friend.requested":
        return { kind: "invitation", a, b };
      case "invite.accepted":
      case "invite.declined":
        return { kind: "answer", a, b, yes: event.event_type === "invite.accepted" };
      default:
        return null;
    }
  }

  #tie(a: string, b: string): void {
    const pair = pairOf(a, b);
    if (!this.ties.has(pair)) {
      this.ties.set(pair, { a, b, interactions: this.#interactions.get(pair) ?? 0 });
    }
  }

  #count(a: string, b: string): void {
    const pair = pairOf(a, b);
    const count = (this.#interactions.get(pair) ?? 0) + 1;
    this.#interactions.set(pair, count);
    const tie = this.ties.get(pair);
    if (tie !== undefined) {
      tie.interactions = count;
    }
  }

  #stir(userId: string, at: number): void {
    const known = this.#activity.get(userId);
    if (known === undefined || at >= known.at) {
      const faded = known === undefined ? 0 : known.level * 2 ** ((known.at - at) / HALF_LIFE_MS);
      this.#activity.set(userId, { level: faded + 1, at });
    } else {
      known.level += 2 ** ((at - known.at) / HALF_LIFE_MS);
    }
  }

  #remember(eventId: string): void {
    this.#heard.add(eventId);
    if (this.#heard.size > MOST_HEARD) {
      const eldest = this.#heard.values().next().value;
      if (eldest !== undefined) {
        this.#heard.delete(eldest);
      }
    }
  }
}

/** Event ids kept to know a repetition: those of a few minutes. */
const MOST_HEARD = 50_000;

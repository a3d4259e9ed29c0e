/** Figures the page counts itself while it is open, in buckets of wall time: flow without waiting for a window to close. */
import { Ring } from "../../lib/ring.ts";
import type { CityEvent } from "../../lib/types.ts";
import { mean, type Bucket, type Course, type Figures } from "./figures.ts";

export const LIVE_WIDTH_S = 5;
/** Four minutes. */
const KEPT = 48;

interface Tally {
  readonly at: number;
  events: number;
  sessions: number;
  invites: number;
  bookings: number;
  visits: number;
  recommendations: number;
  interests: number;
  accepted: number;
  ignored: number;
  /** How often each person acted. */
  readonly acts: Map<string, number>;
  readonly groups: number[];
  readonly inviteSeconds: number[];
  readonly bookingSeconds: number[];
  readonly shifts: number[];
  socialShift: number;
}

/** Asked when figures are shown: who somebody is may become known after the act. */
type PersonaOf = (userId: string) => string | null;

const SOCIAL = /social|friend|influence/;

export class LiveFlow {
  readonly #buckets = new Ring<Tally>(KEPT);
  readonly #requested = new Map<string, number>();

  /** Events that came before anybody counted, by the time they were written; a backfill's are of another time. */
  begin(events: readonly CityEvent[], nowS: number): void {
    const written = ({ record_timestamp }: CityEvent): number => (record_timestamp ?? 0) / 1000;
    [...events]
      .filter((event) => written(event) <= nowS && nowS - written(event) < KEPT * LIVE_WIDTH_S)
      .sort((one, other) => written(one) - written(other))
      .forEach((event) => this.add([event], written(event)));
  }

  /** Time goes on without events too: an empty bucket is a figure. */
  add(events: readonly CityEvent[], nowS: number): void {
    const tally = this.#bucketAt(Math.floor(nowS / LIVE_WIDTH_S) * LIVE_WIDTH_S);
    events.forEach((event) => this.#count(tally, event));
  }

  /** The bucket that is still being filled is in the total, not yet in the line. */
  course(personaOf: PersonaOf): Course {
    const tallies = this.#buckets.toArray();
    return { buckets: tallies.slice(0, -1).map((tally) => ({ at: tally.at, ...figuresOf([tally], personaOf) })), total: figuresOf(tallies, personaOf), width: LIVE_WIDTH_S };
  }

  clear(): void {
    this.#buckets.clear();
    this.#requested.clear();
  }

  #bucketAt(at: number): Tally {
    let newest = this.#buckets.at(this.#buckets.size - 1);
    if (newest === undefined || at - newest.at > KEPT * LIVE_WIDTH_S) {
      newest = empty(at);
      this.#buckets.push(newest);
    }
    while (newest.at < at) {
      newest = empty(newest.at + LIVE_WIDTH_S);
      this.#buckets.push(newest);
    }
    return newest;
  }

  #count(tally: Tally, event: CityEvent): void {
    tally.events += 1;
    if (event.user_id !== undefined && (event.topic === "user_actions" || event.topic === "social_interactions")) {
      tally.acts.set(event.user_id, (tally.acts.get(event.user_id) ?? 0) + 1);
    }
    switch (event.event_type) {
      case "session.started":
        tally.sessions += 1;
        break;
      case "interest.expressed":
        tally.interests += 1;
        break;
      case "visit.started":
        tally.visits += 1;
        break;
      case "recommendation.generated":
        tally.recommendations += 1;
        break;
      case "recommendation.accepted":
        tally.accepted += 1;
        break;
      case "recommendation.ignored":
        tally.ignored += 1;
        break;
      case "preference.updated":
        this.#tastes(tally, event);
        break;
      default:
        this.#together(tally, event);
    }
  }

  #together(tally: Tally, event: CityEvent): void {
    switch (event.event_type) {
      case "invite.sent":
        tally.invites += 1;
        break;
      case "invite.accepted":
      case "invite.declined":
        tally.inviteSeconds.push(...known(event.latency_seconds));
        break;
      case "group.formed":
        tally.groups.push(...known(event.party_size));
        break;
      case "booking.requested":
        tally.bookings += 1;
        this.#ask(event);
        break;
      case "booking.confirmed":
      case "booking.declined":
      case "booking.waitlisted":
        this.#answer(tally, event);
        break;
      default:
        break;
    }
  }

  #tastes(tally: Tally, { shift, reason }: CityEvent): void {
    if (shift !== undefined) {
      tally.shifts.push(shift);
      tally.socialShift += SOCIAL.test(reason ?? "") ? shift : 0;
    }
  }

  #ask(event: CityEvent): void {
    if (event.record_timestamp === undefined) {
      return;
    }
    this.#requested.set(event.booking_id ?? event.event_id, event.record_timestamp);
    const eldest = this.#requested.keys().next().value;
    if (this.#requested.size > 5000 && eldest !== undefined) {
      this.#requested.delete(eldest);
    }
  }

  #answer(tally: Tally, event: CityEvent): void {
    const asked = this.#requested.get(event.booking_id ?? "");
    if (asked !== undefined && event.record_timestamp !== undefined) {
      tally.bookingSeconds.push(Math.max(0, (event.record_timestamp - asked) / 1000));
      this.#requested.delete(event.booking_id ?? "");
    }
  }
}

const known = (value: number | undefined): number[] => (value === undefined ? [] : [value]);

const empty = (at: number): Tally => ({
  at, events: 0, sessions: 0, invites: 0, bookings: 0, visits: 0, recommendations: 0, interests: 0, accepted: 0, ignored: 0,
  acts: new Map(), groups: [], inviteSeconds: [], bookingSeconds: [], shifts: [], socialShift: 0,
});

function figuresOf(tallies: readonly Tally[], personaOf: PersonaOf): Figures {
  const sum = (read: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + read(tally), 0);
  const shifts = tallies.flatMap((tally) => tally.shifts);
  const moved = shifts.reduce((total, shift) => total + shift, 0);
  const bookings = sum((tally) => tally.bookings);
  return {
    events: sum((tally) => tally.events),
    sessions: sum((tally) => tally.sessions),
    invites: sum((tally) => tally.invites),
    bookings,
    visits: sum((tally) => tally.visits),
    recommendations: sum((tally) => tally.recommendations),
    activeUsers: new Set(tallies.flatMap((tally) => [...tally.acts.keys()])).size,
    conversion: share(bookings, sum((tally) => tally.interests)),
    acceptance: share(sum((tally) => tally.accepted), sum((tally) => tally.accepted + tally.ignored)),
    groupSize: mean(tallies.flatMap((tally) => tally.groups)),
    inviteSeconds: median(tallies.flatMap((tally) => tally.inviteSeconds)),
    bookingSeconds: median(tallies.flatMap((tally) => tally.bookingSeconds)),
    byPersona: byPersona(tallies, personaOf),
    tasteShift: mean(shifts),
    socialShare: share(sum((tally) => tally.socialShift), moved),
  };
}

function byPersona(tallies: readonly Tally[], personaOf: PersonaOf): Record<string, number> {
  const counts: Record<string, number> = {};
  tallies.forEach(({ acts }) => acts.forEach((count, userId) => {
    const persona = personaOf(userId);
    if (persona !== null) {
      counts[persona] = (counts[persona] ?? 0) + count;
    }
  }));
  return counts;
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

export function median(values: readonly number[]): number | null {
  const ordered = [...values].sort((one, other) => one - other);
  const low = ordered[Math.floor((ordered.length - 1) / 2)];
  const high = ordered[Math.ceil((ordered.length - 1) / 2)];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** A bucket of the live course is a rate: divided by its seconds. */
export const perSecond = (bucket: Bucket, width: number, read: (bucket: Bucket) => number): number => read(bucket) / width;

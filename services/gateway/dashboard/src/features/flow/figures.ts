/** Figures of a span of time, by bucket: what analytics answers for a range, and what the page counts itself while it is open. */
import type { ChartLine } from "../../components/chart/drawing.ts";
import { PERSONAS, personaTitle, personaToken } from "../../lib/personas.ts";

/** A figure that nobody could give is null. */
export interface Figures {
  readonly events: number;
  readonly sessions: number;
  readonly invites: number;
  readonly bookings: number;
  readonly visits: number;
  readonly recommendations: number;
  readonly activeUsers: number | null;
  readonly conversion: number | null;
  readonly acceptance: number | null;
  readonly groupSize: number | null;
  /** Median answer to an invitation, in seconds. */
  readonly inviteSeconds: number | null;
  /** Median answer to a request for a table: live, of the wall clock, since an answer has the simulated time of what was asked. */
  readonly bookingSeconds: number | null;
  readonly byPersona: Readonly<Record<string, number>>;
  /** Mean size of a change of tastes, and the share of it that friends brought about. */
  readonly tasteShift: number | null;
  readonly socialShare: number | null;
}

export interface Bucket extends Figures {
  /** Seconds: simulated for a range, wall time for live. */
  readonly at: number;
}

export interface Course {
  readonly buckets: readonly Bucket[];
  readonly total: Figures;
  /** Seconds of a bucket. */
  readonly width: number;
}

type Loose = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Loose => typeof value === "object" && value !== null && !Array.isArray(value);
const numberOf = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);

/** Seconds of a time in words, or in microseconds. */
const secondsOf = (value: unknown): number => (typeof value === "number" ? value / 1e6 : Date.parse(String(value)) / 1000);

const numbers = (value: unknown): Record<string, number> =>
  Object.fromEntries(Object.entries(isRecord(value) ? value : {}).filter((pair): pair is [string, number] => typeof pair[1] === "number"));

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** Figures of a bucket or of a total. What an older analytics does not say is taken from its counts by type. */
export function figuresOf(said: Loose): Figures {
  const types = numbers(said.by_type);
  const count = (name: string, type: string): number => numberOf(said[name]) ?? types[type] ?? 0;
  const bookings = count("bookings", "booking.requested");
  const accepted = types["recommendation.accepted"] ?? 0;
  const response = isRecord(said.response_seconds) ? said.response_seconds : {};
  const median = (name: string): number | null => (isRecord(response[name]) ? numberOf(response[name].median) : null);
  return {
    events: numberOf(said.events) ?? 0,
    sessions: count("sessions", "session.started"),
    invites: count("invites", "invite.sent"),
    bookings,
    visits: count("visits", "visit.started"),
    recommendations: count("recommendations", "recommendation.generated"),
    activeUsers: numberOf(said.active_users),
    conversion: numberOf(said.conversion) ?? ratio(bookings, count("interests", "interest.expressed")),
    acceptance: numberOf(said.acceptance) ?? ratio(accepted, accepted + (types["recommendation.ignored"] ?? 0)),
    groupSize: numberOf(said.average_group_size),
    inviteSeconds: median("invites"),
    bookingSeconds: median("bookings"),
    byPersona: numbers(said.by_persona),
    tasteShift: numberOf(said.mean_preference_shift),
    socialShare: numberOf(said.social_influence_share),
  };
}

/** An answer of `aggregate.get`. Buckets it leaves out had no records. */
export function courseOf(answer: Loose, width: number): Course {
  const told = (Array.isArray(answer.buckets) ? answer.buckets : []).filter(isRecord).map((bucket) => ({ at: secondsOf(bucket.start), ...figuresOf(bucket) }));
  told.sort((one, other) => one.at - other.at);
  return { buckets: filled(told, width), total: isRecord(answer.total) ? figuresOf(answer.total) : summed(told), width };
}

const NOTHING: Figures = figuresOf({});

function filled(told: readonly Bucket[], width: number): Bucket[] {
  const out: Bucket[] = [];
  for (const bucket of told) {
    const last = out.at(-1);
    for (let at = (last?.at ?? bucket.at) + width; last !== undefined && at < bucket.at && out.length < MOST; at += width) {
      out.push({ at, ...NOTHING });
    }
    out.push(bucket);
  }
  return out;
}

/** More points than pixels say nothing. */
const MOST = 3000;

const COUNTS = ["events", "sessions", "invites", "bookings", "visits", "recommendations"] as const;

/** Counts add up; ratios of a whole cannot be had from those of its parts, so they are means of what is known. */
export function summed(parts: readonly Figures[]): Figures {
  const counts = Object.fromEntries(COUNTS.map((name) => [name, parts.reduce((sum, part) => sum + part[name], 0)])) as Pick<Figures, (typeof COUNTS)[number]>;
  const byPersona: Record<string, number> = {};
  parts.forEach((part) => Object.entries(part.byPersona).forEach(([name, count]) => (byPersona[name] = (byPersona[name] ?? 0) + count)));
  const middle = (read: (part: Figures) => number | null): number | null => mean(parts.map(read).filter((value) => value !== null));
  return {
    ...counts,
    byPersona,
    activeUsers: null,
    conversion: middle((part) => part.conversion),
    acceptance: middle((part) => part.acceptance),
    groupSize: middle((part) => part.groupSize),
    inviteSeconds: middle((part) => part.inviteSeconds),
    bookingSeconds: middle((part) => part.bookingSeconds),
    tasteShift: middle((part) => part.tasteShift),
    socialShare: middle((part) => part.socialShare),
  };
}

export const mean = (values: readonly number[]): number | null => (values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length);

/** A line for each persona that did anything, in one order always. */
export function personaLines({ buckets }: Course): ChartLine[] {
  return PERSONAS.filter((name) => buckets.some((bucket) => (bucket.byPersona[name] ?? 0) > 0)).map((name) => ({
    title: personaTitle(name),
    colour: personaToken(name),
    values: buckets.map((bucket) => bucket.byPersona[name] ?? 0),
  }));
}

/** What the city, the machine behind it and its hidden causes do, in words. */
import type {
  BookingsByUserEventType,
  EnvironmentEventType,
  GroundTruthEventType,
  ReplayEventType,
  RepliesEventType,
  RequestsEventType,
  SimulationControlEventType,
  SystemMetricsEventType,
  UsersEventType,
  VenuesEventType,
} from "../../generated/events.ts";
import { amount, capital, plain } from "../format.ts";
import { destinationOf } from "../travel.ts";
import { at, because, named, where, who, type Tellers } from "./words.ts";

const words = (text: string | undefined, otherwise: string): string => (text === undefined ? otherwise : plain(text));

export const ENVIRONMENT: Tellers<EnvironmentEventType> = {
  "weather.changed": (e) => [`The weather turned to ${words(e.condition, "something else")}, ${amount(Math.round(e.temperature_c ?? 0))} °C`],
  "traffic.changed": (e) => [`Traffic is ${words(e.condition, "changing")}, ${amount(e.delay_minutes)} min of delay`],
  "special_event.scheduled": (e) => [named(e.name, "An event"), ` is announced for ${at(e.starts_at, e)}`],
  "special_event.started": (e) => [named(e.name, "An event"), " has begun"],
  "special_event.ended": (e) => [named(e.name, "An event"), " is over"],
  "promotion.started": (e) => [where(e), ` offers ${words(e.kind, "a promotion")}`],
  "promotion.ended": (e) => [where(e), ` ended ${words(e.kind, "a promotion")}`],
  "venue.trending": (e) => [where(e), " is trending"],
  "venue.availability_changed": (e) => [where(e), " changed its free tables"],
  "price.changed": (e) => [where(e), " changed its prices"],
  "holiday.started": (e) => ["It is ", named(e.name, "a holiday")],
};

export const METRICS: Tellers<SystemMetricsEventType> = {
  "service.heartbeat": (e) => [capital(e.source ?? "a service"), " is alive"],
  "service.progress": (e) => [capital(e.source ?? "a service"), " moved on"],
  "simulator.tick": (e) => [`Tick ${amount(e.tick)}`],
  "aggregate.window_closed": (e) => [`${capital(words(e.metric, "a measure"))} of a window: ${amount(e.value)}`],
  "anomaly.detected": (e) => [`Something unusual in ${words(e.metric, "a measure")}`],
  "notification.dispatched": (e) => ["To ", who(e), `: ${e.text ?? "a message"}`],
  "acceptance.measured": (e) => [`${amount(100 * (e.value ?? 0))} % of ${amount(e.count)} lists had a place taken`],
};

/** Phases whose name says nothing of what the city does. */
const DOING: Readonly<Record<string, string>> = { backfill: "living its past", running: "alive" };

export const CONTROL: Tellers<SimulationControlEventType> = {
  "command.issued": (e) => [`Command ${words(e.command, "")} by ${e.issued_by ?? "someone"}`],
  "ack.given": (e) => [`${capital(words(e.command, "command"))} ${words(e.status, "answered")} by ${e.source}`, because(e.reason)],
  "state.changed": (e) => [`The city is ${destinationOf(e.reason) === null ? (DOING[e.phase ?? ""] ?? words(e.phase, "changing")) : "travelling"}`],
  "scenario.started": (e) => [named(e.scenario === undefined ? undefined : capital(plain(e.scenario)), "A scenario"), " begins"],
  "scenario.holding": (e) => [named(e.scenario === undefined ? undefined : capital(plain(e.scenario)), "A scenario"), " is in full swing"],
  "scenario.settling": (e) => [named(e.scenario === undefined ? undefined : capital(plain(e.scenario)), "A scenario"), " is settling"],
  "scenario.settled": (e) => [named(e.scenario === undefined ? undefined : capital(plain(e.scenario)), "A scenario"), " is over"],
  "snapshot.created": (e) => [`Snapshot at tick ${amount(e.tick)}`],
};

export const TRUTH: Tellers<GroundTruthEventType> = {
  "truth.scenario_window": (e) => ["Truth: ", named(e.name, "a scenario"), " runs"],
  "truth.external_event": (e) => ["Truth: ", named(e.name, "an event"), " acts on the city"],
  "truth.red_herring": (e) => ["Truth: ", named(e.name, "something"), " looks like a cause and is none"],
  "truth.suppressed": (e) => ["Truth: ", who(e), ` would have had ${words(e.subject_event_type, "an event")}`],
  "truth.imperfection": (e) => [`Truth: a record of ${words(e.subject_topic, "a topic")} was damaged on purpose`],
};

type RowsEventType =
  UsersEventType | VenuesEventType | BookingsByUserEventType | RequestsEventType | RepliesEventType | ReplayEventType;

export const ROWS: Tellers<RowsEventType> = {
  "booking.followed": (e) => [who(e), " asked for or gave up a table at ", where(e)],
  "user.updated": (e) => [named(e.name, "Somebody"), "’s row changed"],
  "venue.updated": (e) => [named(e.name, "A venue"), "’s row changed"],
  "request.made": (e) => [`Asked of ${e.owner ?? "a service"}: ${words(e.kind, "something")}`],
  "reply.given": (e) => [`${capital(e.source ?? "a service")} answered ${words(e.status, "")}`],
  "record.replayed": (e) => [`Told again: a record of ${words(e.replayed_topic, "a topic")}`],
};

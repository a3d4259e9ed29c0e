/** What the gateway says, as it says it. Columns come from the generated rows; times are ISO 8601 text on this wire. */
import type { Rows, TopicName } from "../generated/events.ts";

export type { TopicName } from "../generated/events.ts";
export type EventType = Rows[TopicName]["event_type"];

type TimeColumn =
  | "simulation_time" | "preferred_time" | "planned_time" | "start_time" | "expires_at" | "starts_at" | "ends_at"
  | "wall_time" | "window_start" | "window_end" | "effective_time" | "registered_at" | "deadline";

type Always = "event_id" | "event_type" | "run_id" | "branch" | "simulation_time" | "city" | "world" | "source";

type Columns<Row> = {
  readonly [Name in Exclude<keyof Row, Always>]?: Name extends TimeColumn ? string : NonNullable<Row[Name]>;
};

/** Every column any topic has; those of the others and the null ones are absent. */
export type CityEvent = Columns<Rows["user_actions"]> &
  Columns<Rows["social_interactions"]> &
  Columns<Rows["bookings"]> &
  Columns<Rows["recommendations"]> &
  Columns<Rows["environment"]> &
  Columns<Rows["system_metrics"]> &
  Columns<Rows["simulation_control"]> &
  Columns<Rows["users"]> &
  Columns<Rows["venues"]> &
  Columns<Rows["preferences"]> &
  Columns<Rows["ground_truth"]> &
  Columns<Rows["journeys"]> &
  Columns<Rows["requests"]> &
  Columns<Rows["replies"]> &
  Columns<Rows["replay"]> & {
    readonly topic: TopicName;
    readonly partition: number;
    readonly offset: number;
    /** Absent from what the event store tells: it keeps simulated time alone. */
    readonly record_timestamp?: number;
    /** That it was written by. */
    readonly schema_id?: number;
    readonly event_id: string;
    readonly event_type: EventType;
    readonly run_id: string;
    readonly branch: number;
    readonly simulation_time: string;
    readonly world: string;
    readonly city: string;
    readonly source: string;
    readonly user_name?: string;
    readonly other_user_name?: string;
    readonly venue_name?: string;
  };

export type Phase = "starting" | "backfill" | "running" | "paused" | "stopped" | "unknown";

export interface ScenarioState {
  readonly name: string;
  readonly phase: string;
}

export interface SimulationState {
  readonly run_id: string | null;
  readonly branch: number | null;
  readonly phase: Phase;
  readonly tick: number | null;
  readonly simulation_time: string | null;
  readonly start_time: string | null;
  /** 0 is as fast as possible. */
  readonly speed_target: number | null;
  readonly speed_achieved: number | null;
  /** Events a second aimed at; null where the speed decides. */
  readonly rate_target: number | null;
  /** Events a second that the simulator published. */
  readonly rate_achieved: number | null;
  /** For whom or what the simulator waits, or where it travels. */
  readonly reason: string | null;
  readonly population: number | null;
  readonly active_users: number | null;
  readonly scenarios: readonly ScenarioState[];
  readonly caught_up: boolean;
  readonly connected: boolean;
  readonly city?: string | null;
  readonly time_zone?: string | null;
  readonly wall_time?: string | null;
}

export interface Stats extends SimulationState {
  /** How many of each event type, by topic. */
  readonly events?: Readonly<Partial<Record<string, Readonly<Record<string, number>>>>>;
  readonly totals: Readonly<Record<string, number>>;
  readonly services?: Readonly<Record<string, ServiceHealth>>;
  readonly clients?: Readonly<Record<string, number>>;
  readonly events_per_second: number;
  readonly topic_rates: Readonly<Partial<Record<TopicName, number>>>;
  readonly bookings_per_minute: number;
  readonly recommendations_per_second: number;
  readonly conversion: Readonly<Record<string, number>>;
  readonly dlq: Readonly<Record<string, number>>;
  readonly lag: Readonly<Record<string, number>>;
  readonly latency_ms: { readonly p50: number | null; readonly p99: number | null; readonly count: number };
}

export interface ServiceHealth {
  readonly alive: boolean;
  readonly last_heartbeat_seconds: number | null;
  readonly instances: number;
}

export interface Venue {
  readonly venue_id: string;
  readonly name: string;
  readonly category: string;
  readonly cuisine: string | null;
  readonly borough: string | null;
  readonly latitude: number;
  readonly longitude: number;
  readonly price_tier: number;
  readonly rating: number;
  readonly rating_count: number;
  readonly seats: number;
  readonly ambiance: string | null;
  readonly trending: number | null;
  readonly happy_hours: string | null;
  readonly happy_hour_discount: number | null;
}

export interface Weather {
  readonly condition: string;
  readonly temperature_c: number;
  readonly precipitation_mm?: number | null;
  readonly wind_kph?: number | null;
}

export interface Environment {
  readonly weather: Weather | null;
}

export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly phase: string | null;
}

/** Answer of the simulator to a command. */
export interface Acknowledgement {
  readonly command_id: string;
  readonly command: string;
  readonly status: string;
  readonly by: string;
  readonly effective_time: string | null;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly latency_ms: number;
}

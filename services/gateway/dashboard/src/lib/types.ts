/** What the gateway says: the page's names for the types generated from the contracts and from the API's document. */
import type { Rows, TopicName } from "../generated/events.ts";
import type * as Api from "../generated/api.ts";

/** Figures of one second that the gateway keeps. */
export type Counted = Api.Sample;

export type { TopicName } from "../generated/events.ts";
export type { Acknowledgement, Environment, Scenario, ServiceHealth, SimulationState, Stats, Venue } from "../generated/api.ts";
export type EventType = Rows[TopicName]["event_type"];
export type Phase = Api.SimulationState["phase"];

/** Every column any topic has; those of the others and the null ones are absent. */
export type CityEvent = Api.CityRecord;

/** As the environment tells it, or a record that has just come. */
export type Weather = Pick<Api.Weather, "condition" | "temperature_c"> & Partial<Api.Weather>;

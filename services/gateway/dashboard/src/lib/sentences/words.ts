/** Parts of a sentence: plain text, or a name that stands out. */
import { plain, when } from "../format.ts";
import type { CityEvent, EventType } from "../types.ts";

export type Part = string | { readonly strong: string };
export type Sentence = readonly Part[];
export type Teller = (event: CityEvent) => Sentence;

/** One teller for each of some event types. */
export type Tellers<Types extends EventType> = Readonly<Record<Types, Teller>>;

const strong = (text: string): Part => ({ strong: text });

export const who = (event: CityEvent): Part => strong(event.user_name ?? event.user_id ?? "Someone");
export const other = (event: CityEvent): Part => strong(event.other_user_name ?? event.other_user_id ?? "someone");
export const where = (event: CityEvent): Part => strong(event.venue_name ?? event.venue_id ?? "a venue");
export const named = (text: string | undefined, otherwise: string): Part =>
  text === undefined ? otherwise : strong(text);

/** Time of something in the event, said relative to the event. */
export const at = (iso: string | undefined, event: CityEvent): string =>
  iso === undefined ? "" : when(iso, event.simulation_time);

/** `, 20:15`, or nothing. */
export const comma = (text: string): string => (text === "" ? "" : `, ${text}`);

/** ` (no table)`, or nothing. */
export const because = (reason: string | undefined): string => (reason === undefined ? "" : ` (${plain(reason)})`);

export const party = (event: CityEvent): string =>
  event.party_size === undefined ? "a table" : `a table for ${event.party_size}`;

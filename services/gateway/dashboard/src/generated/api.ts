// What the API takes and answers, generated from its OpenAPI document by `make generate`; not edited by hand.
// Times are ISO 8601 in UTC.

/** What the simulator says to a command. */
export interface Acknowledgement {
  readonly command_id: string;
  readonly command: string;
  readonly status: "accepted" | "rejected";
  readonly by: string;
  readonly reason: string | null;
  readonly effective_time: string | null;
  /** Members depend on the command: docs/simulation.md lists them. */
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly latency_ms: number;
}

/** Figures by bucket. Where `complete` is false those before `figures_from` are missing, and `reason` says why. */
export interface Aggregate {
  readonly group_by: "minute" | "hour" | "day";
  readonly from: string;
  readonly to: string;
  readonly filters: Readonly<Record<string, string>>;
  readonly buckets: readonly Bucket[];
  readonly total: Figures;
  readonly complete: boolean;
  readonly figures_from: string;
  readonly reason: string | null;
}

/** Arguments that only the simulator judges: it knows every command, and names what it refuses. */
export type Anything = Readonly<Record<string, unknown>>;

/** Tables that were asked for. */
export interface AutoBooked {
  readonly venue_id: string;
  readonly requested: readonly Company[];
}

/** Whether a party can sit down. */
export interface Availability {
  readonly venue_id: string;
  readonly available: boolean;
  readonly slots_remaining: number;
  /** Null where no table becomes free within four hours. */
  readonly wait_time_minutes: number | null;
  /** Why not. */
  readonly reason: string | null;
  /** In minor units of the city's currency. */
  readonly deposit_minor: number | null;
  /** Other times, and other places. */
  readonly alternatives: readonly string[];
}

/** Weights of actions for a persona, a scenario or everyone. */
export interface Behavior {
  readonly persona?: string | null;
  readonly scenario?: string | null;
  readonly action_probabilities?: Readonly<Record<string, number>>;
  readonly global?: boolean;
  readonly probabilities?: Readonly<Record<string, number>>;
}

/** A booking as the topic tells it; null is what has not been said yet, or no longer. */
export interface Booking {
  readonly booking_id: string;
  readonly user_id: string | null;
  readonly user_name: string | null;
  readonly venue_id: string | null;
  readonly venue_name: string | null;
  readonly status: "pending" | "confirmed" | "declined" | "expired" | "cancelled" | "seated" | "completed" | "no_show";
  readonly party_size: number | null;
  readonly start_time: string | null;
  readonly duration_minutes: number | null;
  readonly tables: readonly string[];
  readonly seats: number | null;
  readonly confirmation_code: string | null;
  readonly reason: string | null;
  readonly created_by: string | null;
  readonly group_id: string | null;
  readonly member_ids: readonly string[];
  readonly expires_at: string | null;
  readonly requested_at: string;
  readonly updated_at: string;
}

/** A booking as the booking service answers it. */
export interface BookingDecision {
  readonly booking_id: string;
  readonly venue_id: string;
  readonly venue_name: string | null;
  readonly user_id: string;
  readonly party_size: number;
  readonly start_time: string;
  readonly duration_minutes: number | null;
  readonly status: "requested" | "waitlisted" | "confirmed" | "declined" | "expired" | "cancelled" | "seated" | "completed" | "no_show";
  readonly tables: readonly number[];
  readonly seats: number | null;
  readonly confirmation_code: string | null;
  readonly reason: string | null;
  /** In minor units of the city's currency. */
  readonly deposit_minor: number | null;
  readonly group_id: string | null;
  readonly created_by: string;
  readonly requested_at: string;
}

/** A page of bookings, newest request first. */
export interface Bookings {
  readonly bookings: readonly Booking[];
  readonly next_cursor: number | null;
  readonly total: number;
}

/** Rates and clock. */
export interface Brief {
  readonly phase: "unknown" | "starting" | "backfill" | "running" | "paused" | "stopped";
  readonly simulation_time: string | null;
  /** Simulated seconds a second asked for; 0 is as fast as possible. */
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
  /** Names of the scenarios that hold, with commas. */
  readonly scenario: string | null;
  readonly events_per_second: number;
  readonly bookings_per_minute: number;
  readonly recommendations_per_second: number;
}

/** Figures of one bucket. One of the event store also has the metrics that were published when it was closed. */
export interface Bucket {
  readonly events: number | null;
  readonly active_users?: number | null;
  readonly sessions?: number | null;
  readonly invites?: number | null;
  readonly bookings?: number | null;
  readonly bookings_confirmed?: number | null;
  readonly interests?: number | null;
  readonly visits?: number | null;
  readonly reviews?: number | null;
  readonly recommendations?: number | null;
  readonly conversion?: number | null;
  readonly acceptance?: number | null;
  readonly recommendations_per_second?: number | null;
  readonly by_topic?: Readonly<Record<string, number>> | null;
  readonly by_type?: Readonly<Record<string, number>> | null;
  readonly by_persona?: Readonly<Record<string, number>> | null;
  readonly by_category?: Readonly<Record<string, number>> | null;
  readonly by_borough?: Readonly<Record<string, number>> | null;
  readonly events_per_second?: number | null;
  readonly engagement?: number | null;
  readonly registered_users?: number | null;
  readonly average_group_size?: number | null;
  readonly response_seconds?: Waits | null;
  readonly start: string;
  readonly end: string;
  readonly closed: boolean;
  readonly source?: "store";
}

/** A cell of the map, its middle, and how busy it is. */
export interface Cell {
  readonly cell: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly weight: number;
  readonly count: number;
}

/** A channel: a topic that people may watch. */
export interface Channel {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly purpose: string;
  readonly event_types: readonly string[];
  readonly position: string;
  /** Records in the gateway's memory. */
  readonly held: number;
}

/** Records of a channel, newest first. */
export interface ChannelPage {
  readonly channel: string;
  readonly events: readonly CityRecord[];
  /** Of the newest; null on `all`. */
  readonly position: string | null;
  /** Leads to older ones; null where there are none. */
  readonly before: string | null;
  /** Whether every record that matches is still held or here. */
  readonly complete: boolean;
}

/** Every channel. */
export interface Channels {
  readonly channels: readonly Channel[];
}

/** A record of any topic, with its columns that are not null and the names of its people and its venue. */
export interface CityRecord {
  readonly topic: "user_actions" | "social_interactions" | "bookings" | "recommendations" | "environment" | "system_metrics" | "simulation_control" | "users" | "venues" | "preferences" | "ground_truth" | "journeys" | "bookings_by_user" | "requests" | "replies" | "replay";
  readonly partition: number;
  readonly offset: number;
  /** Kafka's, in milliseconds; the event store does not keep it. */
  readonly record_timestamp?: number;
  /** In the registry, that the record was written by. */
  readonly schema_id?: number;
  /** 128-bit hash of what the event is, 26 Crockford base32 letters; a duplicate carries the same one */
  readonly event_id: string;
  /** noun.verb_past, one of those docs/events.md lists for this topic */
  readonly event_type: "user.registered" | "profile.completed" | "session.started" | "session.ended" | "venue.browsed" | "venue.viewed" | "search.performed" | "venue.saved" | "venue.liked" | "friends.checked" | "interest.expressed" | "recommendation.accepted" | "recommendation.ignored" | "visit.started" | "visit.ended" | "review.submitted" | "user.became_regular" | "routine.formed" | "user.dormant" | "user.returned" | "user.churned" | "friend.requested" | "friend.accepted" | "invite.sent" | "invite.accepted" | "invite.declined" | "invite.expired" | "group.formed" | "group.disbanded" | "booking.requested" | "booking.cancel_requested" | "booking.waitlisted" | "booking.confirmed" | "booking.moved" | "booking.declined" | "booking.expired" | "booking.cancelled" | "booking.seated" | "booking.completed" | "booking.no_show" | "recommendation.generated" | "compatibility.calculated" | "weather.changed" | "traffic.changed" | "special_event.scheduled" | "special_event.started" | "special_event.ended" | "promotion.started" | "promotion.ended" | "venue.trending" | "venue.availability_changed" | "price.changed" | "holiday.started" | "service.heartbeat" | "service.progress" | "simulator.tick" | "aggregate.window_closed" | "anomaly.detected" | "notification.dispatched" | "acceptance.measured" | "command.issued" | "ack.given" | "state.changed" | "scenario.started" | "scenario.holding" | "scenario.settling" | "scenario.settled" | "snapshot.created" | "user.updated" | "venue.updated" | "preference.updated" | "truth.scenario_window" | "truth.external_event" | "truth.red_herring" | "truth.suppressed" | "truth.imperfection" | "milestone.reached" | "funnel.stage_changed" | "booking.followed" | "request.made" | "reply.given" | "record.replayed";
  /** When it happened in the city, UTC */
  readonly simulation_time: string;
  /** Hash of the seed and the behavioural configuration */
  readonly run_id?: string;
  /** Number of this telling of the run: every start, reset, restore and travel takes a new one */
  readonly branch?: number;
  /** dining, marketplace or community */
  readonly world?: string;
  /** City of the world, for example new_york */
  readonly city?: string;
  /** Service that produced it, never a shard or a host */
  readonly source?: string;
  readonly user_name?: string;
  readonly other_user_name?: string;
  readonly venue_name?: string;
  /** Why the event store cannot read the bytes it keeps: such a record has hardly any other column. */
  readonly unreadable?: string;
  /** Who acted; null where no user acts */
  readonly user_id?: string;
  /** event_id of the event that led to this one */
  readonly correlation_id?: string;
  /** Ground truth: the last cause without which this event would differ; null at the baseline */
  readonly cause_id?: string;
  /** event_id of the session.started this happened in */
  readonly session_id?: string;
  /** Where the user was, degrees north (WGS 84) */
  readonly latitude?: number;
  /** Where the user was, degrees east (WGS 84) */
  readonly longitude?: number;
  /** Venue booked */
  readonly venue_id?: string;
  /** Words searched for */
  readonly query?: string;
  /** Time of the visit the user has in mind */
  readonly preferred_time?: string;
  /** People */
  readonly party_size?: number;
  /** event_id of the recommendation.generated acted on */
  readonly recommendation_id?: string;
  /** event_id of the booking.requested */
  readonly booking_id?: string;
  /** event_id of the visit.started */
  readonly visit_id?: string;
  /** Mean stars, 1 to 5 */
  readonly rating?: number;
  /** Bill in minor units of the city's currency */
  readonly spend_minor?: number;
  /** Length of the session or visit that ended */
  readonly duration_seconds?: number;
  /** Person proposed */
  readonly other_user_id?: string;
  /** event_id of the invite.sent */
  readonly invite_id?: string;
  /** Group the table is for */
  readonly group_id?: string;
  /** user_ids of the party, comma-separated, booker first */
  readonly member_ids?: string;
  /** When the group means to meet */
  readonly planned_time?: string;
  /** How well the two match, 0 to 1 */
  readonly compatibility?: number;
  /** From the question to this answer */
  readonly latency_seconds?: number;
  /** Start of the run, simulated */
  readonly start_time?: string;
  /** Minutes the table is held */
  readonly duration_minutes?: number;
  /** How far the requester would move the start, either way */
  readonly flexibility_minutes?: number;
  /** Tables by size, `seats x count`, for example `2x6,4x5,6x2,8x1` */
  readonly tables?: string;
  /** Seats, all tables together */
  readonly seats?: number;
  /** Human-friendly code, unique among live bookings */
  readonly confirmation_code?: string;
  /** Why not ok, in words */
  readonly reason?: string;
  /** Up to three other offers, `venue_id@ISO-8601 time`, comma-separated */
  readonly alternatives?: string;
  /** Deposit in minor units of the city's currency; on cancelled and no_show what the house keeps of it */
  readonly deposit_minor?: number;
  /** When a wait or a hold ends */
  readonly expires_at?: string;
  /** Who made the booking: user, auto_book, api, group */
  readonly created_by?: string;
  /** Names the list this item belongs to, the same for its items */
  readonly list_id?: string;
  /** Place in the list, 1 is best */
  readonly rank?: number;
  /** venue or person */
  readonly item_kind?: string;
  /** 0 to 1, comparable within a list */
  readonly score?: number;
  /** Great-circle distance from the user */
  readonly distance_km?: number;
  /** Strongest reason, in words with its number */
  readonly reason_1?: string;
  /** Second reason */
  readonly reason_2?: string;
  /** Third reason */
  readonly reason_3?: string;
  /** 0 to 1 */
  readonly taste_similarity?: number;
  /** Friends in common, or friends who go there */
  readonly mutual_friends?: number;
  /** Why now: session_start, meal_time, request */
  readonly trigger?: string;
  /** Version of the scoring */
  readonly model_version?: string;
  /** Items scored to make the list */
  readonly candidates_considered?: number;
  /** clear, cloudy, rain, snow, fog, storm; or light, heavy for traffic */
  readonly condition?: string;
  /** Air temperature */
  readonly temperature_c?: number;
  /** Precipitation in the hour */
  readonly precipitation_mm?: number;
  /** Wind speed */
  readonly wind_kph?: number;
  /** Traffic delay of a typical trip */
  readonly delay_minutes?: number;
  /** Scenario or event */
  readonly name?: string;
  /** recommendations.venues, recommendations.people, booking.create, booking.cancel, availability.get, journey.get, aggregate.get, … */
  readonly kind?: string;
  /** How far it is felt */
  readonly radius_km?: number;
  /** Start of the window */
  readonly starts_at?: string;
  /** End of the window, settling included */
  readonly ends_at?: string;
  /** People attending */
  readonly crowd?: number;
  /** Number of the event: seats free, price tier, discount in percent, trend score */
  readonly value?: number;
  /** Process that reports */
  readonly instance?: string;
  /** Wall clock when answered, UTC */
  readonly wall_time?: string;
  /** Tick of the state */
  readonly tick?: number;
  /** Offsets as `topic:partition=next_offset`, comma-separated: end offsets of a tick, or what a service has consumed and acknowledged */
  readonly positions?: string;
  /** Name of the aggregate or rate */
  readonly metric?: string;
  /** What it is broken down by */
  readonly dimension?: string;
  /** The value of that dimension */
  readonly dimension_value?: string;
  /** Start of the window, simulated */
  readonly window_start?: string;
  /** End of the window, simulated, exclusive */
  readonly window_end?: string;
  /** Shifts so far */
  readonly version?: number;
  /** Events counted */
  readonly count?: number;
  /** Simulated seconds a second asked for; 0 is as fast as possible */
  readonly speed_target?: number;
  /** Simulated seconds a second reached */
  readonly speed_achieved?: number;
  /** Users in a session */
  readonly active_users?: number;
  /** Words of a notification */
  readonly text?: string;
  /** Names the command; an acknowledgement repeats it */
  readonly command_id?: string;
  /** pause, resume, speed, rate, scenario, spawn, trigger, behavior, weather, imperfections, snapshot, snapshot.save, snapshot.load, seed, reset, stop, start */
  readonly command?: string;
  /** Service that must answer; null is the simulator */
  readonly target?: string;
  /** JSON object of arguments */
  readonly parameters?: string;
  /** Who gave the command */
  readonly issued_by?: string;
  /** ok, rejected, not_found, error */
  readonly status?: string;
  /** Simulated time from which the command holds */
  readonly effective_time?: string;
  /** JSON object of what the command did */
  readonly result?: string;
  /** starting, backfill, running, paused, stopped */
  readonly phase?: string;
  /** Registered users */
  readonly population?: number;
  /** Scenario, or the scenarios that hold, comma-separated */
  readonly scenario?: string;
  /** ramping, holding, settling, settled */
  readonly scenario_phase?: string;
  /** Snapshot made or asked for */
  readonly snapshot_id?: string;
  /** Events a second asked for; null where the speed decides */
  readonly rate_target?: number;
  /** Events a second published */
  readonly rate_achieved?: number;
  /** Handle, unique in a city */
  readonly username?: string;
  /** Address at an example domain */
  readonly email?: string;
  /** Picture, a data-free path the gateway serves */
  readonly avatar_url?: string;
  /** social_butterfly, foodie_explorer, routine_regular, event_organizer, spontaneous_diner, busy_professional, budget_conscious */
  readonly persona?: string;
  /** False for people who came in through the API */
  readonly is_simulated?: boolean;
  /** registered, active, dormant, churned */
  readonly lifecycle?: string;
  /** When the person joined, simulated */
  readonly registered_at?: string;
  /** Part of the city */
  readonly borough?: string;
  /** Degrees north */
  readonly home_latitude?: number;
  /** Degrees east */
  readonly home_longitude?: number;
  /** Degrees north */
  readonly work_latitude?: number;
  /** Degrees east */
  readonly work_longitude?: number;
  /** Price tier the person likes, 1 to 4 */
  readonly price_tier?: number;
  /** Openness to new people and places, 0 to 1 */
  readonly openness?: number;
  /** Usual party size */
  readonly group_size?: number;
  /** Mood of places liked best, as in `venues` */
  readonly favourite_ambiance?: string;
  /** none, vegetarian, vegan, halal, kosher, gluten_free */
  readonly dietary?: string;
  /** user_ids of friends, comma-separated, ascending */
  readonly friend_ids?: string;
  /** restaurant, cafe, bar, fast_food, bakery, … */
  readonly category?: string;
  /** Taste it serves, one of the taste_ columns of preferences */
  readonly cuisine?: string;
  /** IANA name */
  readonly time_zone?: string;
  /** Reviews behind the rating */
  readonly rating_count?: number;
  /** False where people only walk in */
  readonly takes_bookings?: boolean;
  /** Seven ranges Monday to Sunday in minutes after local midnight, `660-1380,…`; `-` is closed, an end over 1440 is past midnight */
  readonly opening_hours?: string;
  /** Has tables outside */
  readonly outdoor_seating?: boolean;
  /** casual, cosy, lively, romantic, upscale, family, trendy */
  readonly ambiance?: string;
  /** Comma-separated features: rooftop, live_music, photogenic, … */
  readonly features?: string;
  /** Trend score, 0 is none */
  readonly trending?: number;
  /** Prices now relative to the usual ones of the house, 1 is usual; times `price_tier` it is the `value` of price.changed */
  readonly price_level?: number;
  /** Seven ranges Monday to Sunday as of `opening_hours`, `1020-1140,…`; `-` is none that day, null where there never are any */
  readonly happy_hours?: string;
  /** Per cent off in happy hours */
  readonly happy_hour_discount?: number;
  /** promotion or happy_hour while one is on */
  readonly promotion?: string;
  /** Per cent off now, 0 is none */
  readonly discount?: number;
  /** End of the promotion that is on, UTC */
  readonly promotion_ends_at?: string;
  /** Liking of american, 0 to 1 */
  readonly taste_american?: number;
  /** Liking of italian, 0 to 1 */
  readonly taste_italian?: number;
  /** Liking of mexican, 0 to 1 */
  readonly taste_mexican?: number;
  /** Liking of chinese, 0 to 1 */
  readonly taste_chinese?: number;
  /** Liking of japanese, 0 to 1 */
  readonly taste_japanese?: number;
  /** Liking of indian, 0 to 1 */
  readonly taste_indian?: number;
  /** Liking of mediterranean, 0 to 1 */
  readonly taste_mediterranean?: number;
  /** Liking of cafe, 0 to 1 */
  readonly taste_cafe?: number;
  /** Liking of dessert, 0 to 1 */
  readonly taste_dessert?: number;
  /** Liking of bar, 0 to 1 */
  readonly taste_bar?: number;
  /** Liking of healthy, 0 to 1 */
  readonly taste_healthy?: number;
  /** Liking of fast food, 0 to 1 */
  readonly taste_fast_food?: number;
  /** Liking of outdoor places, 0 to 1 */
  readonly outdoor?: number;
  /** Size of the last shift, L1 over tastes */
  readonly shift?: number;
  /** Liking of casual places, 0 to 1 */
  readonly ambiance_casual?: number;
  /** Liking of cosy places, 0 to 1 */
  readonly ambiance_cosy?: number;
  /** Liking of lively places, 0 to 1 */
  readonly ambiance_lively?: number;
  /** Liking of romantic places, 0 to 1 */
  readonly ambiance_romantic?: number;
  /** Liking of upscale places, 0 to 1 */
  readonly ambiance_upscale?: number;
  /** Liking of family places, 0 to 1 */
  readonly ambiance_family?: number;
  /** Liking of trendy places, 0 to 1 */
  readonly ambiance_trendy?: number;
  /** event_type of the action prevented or of the record touched */
  readonly subject_event_type?: string;
  /** event_id of the record touched */
  readonly subject_event_id?: string;
  /** Topic of the record touched */
  readonly subject_topic?: string;
  /** first_session, first_save, first_interest, first_invite, first_booking, first_visit, first_review, tenth_visit, dormant, returned, churned */
  readonly milestone?: string;
  /** registered, browsing, interested, inviting, booking, visiting, reviewing */
  readonly stage?: string;
  /** Stage before */
  readonly previous_stage?: string;
  /** Simulated seconds since the milestone, or the stage, before */
  readonly since_previous_seconds?: number;
  /** event_type of the record of `bookings` that this repeats; correlation_id is its event_id */
  readonly step?: string;
  /** Key: the question answered */
  readonly request_id?: string;
  /** Key: user or venue it is about */
  readonly subject?: string;
  /** Service that answers */
  readonly owner?: string;
  /** Wall clock after which no answer is awaited, UTC */
  readonly deadline?: string;
  /** JSON of the record */
  readonly payload?: string;
  /** Key: names the replay */
  readonly replay_id?: string;
  /** Topic of the record */
  readonly replayed_topic?: string;
  /** event_id of the record */
  readonly replayed_event_id?: string;
  /** Ordinal in the replay, from 0 */
  readonly position?: number;
}

/** People who will share a table. */
export interface Company {
  readonly booking_id: string;
  readonly user_ids: readonly string[];
}

/** How the figures of the live branch went in the last minutes, oldest first. */
export interface Course {
  readonly run_id: string | null;
  readonly branch: number | null;
  readonly samples: readonly Sample[];
}

/** A record that a service could not read. */
export interface DeadLetter {
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: string;
  readonly error: string;
  readonly reason: string;
  readonly group: string;
  readonly source: LetterSource;
  readonly key: string | null;
  readonly value_bytes: number | null;
  /** Base64 of the first 4 KiB. */
  readonly value: string | null;
}

/** The newest dead letters of a topic. */
export interface DeadLetters {
  readonly topic: string;
  readonly letters: readonly DeadLetter[];
  readonly total: number;
}

/** What the city does by itself now. */
export interface Environment {
  readonly city: string | null;
  readonly weather: Weather | null;
  readonly traffic: Traffic | null;
  readonly holiday: Holiday | null;
  readonly special_events: readonly SpecialEvent[];
  readonly promotions: readonly Promotion[];
  readonly trending: readonly Trend[];
}

/** One thing that changes a probability, and by what it multiplies it. */
export interface ExplainedStep {
  readonly source: string;
  readonly target: string;
  readonly change: string;
  readonly factor: number;
}

/** Why a person is likely to do what. Probabilities sum to 1; rates are sessions an hour and outings a day. */
export interface Explanation {
  readonly user_id: string;
  readonly persona: string;
  /** As clocks in the city say it: `2024-06-07 12:30`. */
  readonly local_time: string;
  readonly surroundings: Readonly<Record<string, string>>;
  readonly base: Readonly<Record<string, number>>;
  readonly result: Readonly<Record<string, number>>;
  readonly rates: Readonly<Record<string, number>>;
  readonly steps: readonly ExplainedStep[];
  /** What would matter and is not known at that time. */
  readonly unknown: readonly string[];
}

/** A figure of a closed window; a count without a value where it is a plain count. */
export interface Figure {
  readonly metric: string;
  readonly dimension: string | null;
  readonly dimension_value: string | null;
  readonly count: number | null;
  readonly value: number | null;
  readonly version: number;
  /** Whether it was summed from narrower windows. */
  readonly rolled_up: boolean;
}

/** Figures of a window. */
export interface FigureBucket {
  readonly start: string;
  readonly end: string;
  readonly figures: readonly Figure[];
}

/** Figures of closed windows; the range is widened to whole ones. */
export interface FigureHistory {
  readonly run_id: string;
  readonly branch: number;
  readonly group_by: string;
  readonly from: string;
  readonly to: string;
  readonly buckets: readonly FigureBucket[];
}

/** Figures of a stretch of simulated time. Null is what cannot be divided or added up; absent, what nobody kept. */
export interface Figures {
  readonly events: number | null;
  readonly active_users?: number | null;
  readonly sessions?: number | null;
  readonly invites?: number | null;
  readonly bookings?: number | null;
  readonly bookings_confirmed?: number | null;
  readonly interests?: number | null;
  readonly visits?: number | null;
  readonly reviews?: number | null;
  readonly recommendations?: number | null;
  readonly conversion?: number | null;
  readonly acceptance?: number | null;
  readonly recommendations_per_second?: number | null;
  readonly by_topic?: Readonly<Record<string, number>> | null;
  readonly by_type?: Readonly<Record<string, number>> | null;
  readonly by_persona?: Readonly<Record<string, number>> | null;
  readonly by_category?: Readonly<Record<string, number>> | null;
  readonly by_borough?: Readonly<Record<string, number>> | null;
  readonly events_per_second?: number | null;
  readonly engagement?: number | null;
  readonly registered_users?: number | null;
  readonly average_group_size?: number | null;
  readonly response_seconds?: Waits | null;
}

/** Somebody's friend; null is what is not known of who has left. */
export interface Friend {
  readonly user_id: string;
  readonly name: string | null;
  readonly persona: string | null;
}

/** Friends of one person. */
export interface Friends {
  readonly user_id: string;
  readonly friends: readonly Friend[];
}

/** Steps, the first first. */
export interface Funnel {
  readonly from: string;
  readonly to: string;
  readonly steps: readonly FunnelStep[];
}

/** How many come so far, and how long it takes them. */
export interface FunnelStep {
  readonly step: string;
  readonly users: number;
  readonly events: number;
  readonly conversion: number | null;
  /** Share of the people of the step before; null at the first. */
  readonly continued: number | null;
  readonly median_seconds: number | null;
  readonly p90_seconds: number | null;
}

/** A person of the social graph. */
export interface GraphNode {
  readonly user_id: string;
  readonly name: string;
  readonly persona: string;
  readonly borough: string | null;
  readonly friend_count: number;
}

/** Windows, newest first. */
export interface GroundTruth {
  readonly windows: readonly TruthWindow[];
}

/** A group that is asked for a table. */
export interface Group {
  readonly group_id: string;
  readonly venue_id: string;
  readonly user_id: string;
  readonly start_time: string;
  readonly status: "collecting" | "booking" | "booked" | "declined";
  readonly invited: readonly string[];
  readonly accepted: readonly string[];
  readonly declined: readonly string[];
  readonly smallest: number;
  readonly deadline: string;
  readonly held_tables: readonly number[];
  readonly held_until: string | null;
  readonly booking_id: string | null;
  readonly reason: string | null;
}

/** What a member says; the organiser's no calls the group off. */
export interface GroupAnswer {
  readonly user_id: string;
  readonly accept: boolean;
}

/** A venue for several people. */
export interface GroupPick {
  readonly rank: number;
  readonly name: string;
  readonly score: number;
  readonly distance_km: number;
  readonly candidates_considered: number;
  /** The strongest of at most three. */
  readonly reason_1?: string;
  readonly reason_2?: string;
  readonly reason_3?: string;
  readonly item_kind: "venue";
  readonly venue_id: string;
  readonly member_scores: Readonly<Record<string, number>>;
  readonly model_version: string;
}

/** Cells, heaviest first. */
export interface Heatmap {
  readonly kind: "activity" | "bookings";
  readonly now: string;
  readonly window_minutes: number;
  readonly half_life_minutes: number;
  readonly resolution: number;
  readonly cells: readonly Cell[];
}

/** A scenario that holds. */
export interface HeldScenario {
  readonly name: string;
  readonly phase: "ramping" | "holding" | "settling" | "settled";
}

/** Series by name (`metric` or `metric.dimension.value`). */
export interface History {
  readonly timeRange: TimeRange;
  readonly streams: Readonly<Record<string, readonly Point[]>>;
  readonly events: readonly TruthMark[];
  /** Whether all that was asked for is still held. */
  readonly complete: boolean;
}

/** A holiday until the city's midnight. */
export interface Holiday {
  readonly name: string;
  readonly kind: string;
  readonly since: string;
}

/** How the gateway is guarded, and who the caller is. */
export interface Identity {
  readonly mode: "demo" | "token";
  readonly reading: "viewer" | "anyone";
  /** Whether the caller may control. */
  readonly authenticated: boolean;
  readonly name: string | null;
  readonly role: "viewer" | "operator" | "admin" | null;
}

/** A venue someone wants to visit, and when. */
export interface Interest {
  readonly venue_id: string;
  readonly preferred_time?: string | null;
}

/** The event that says so. */
export interface InterestTaken {
  readonly event_id: string;
}

/** Stage, milestones and the newest records of a person. */
export interface Journey {
  readonly user_id: string;
  readonly name: string;
  readonly stage: string | null;
  readonly milestones: readonly Milestone[];
  readonly recent: readonly CityRecord[];
  /** Null where it was not asked for, or analytics did not answer. */
  readonly detail: JourneyDetail | null;
  /** Of the range that was asked for, from the event store; else null. */
  readonly events: readonly JourneyRecord[] | null;
}

/** What analytics knows of a person beside. */
export interface JourneyDetail {
  readonly user_id: string;
  readonly stage: string | null;
  readonly lifecycle: string | null;
  readonly quiet_spells: number;
  readonly visits: number;
  readonly milestones: readonly ReachedMilestone[];
  readonly tastes: Readonly<Record<string, number>> | null;
}

/** A page of a person's life. */
export interface JourneyEvents {
  readonly run_id: string;
  readonly branch: number;
  /** Leads to the next page; null at the end. */
  readonly next_cursor: string | null;
  readonly user_id: string;
  readonly events: readonly JourneyRecord[];
}

/** A record of a person's life. */
export interface JourneyRecord {
  readonly topic: "user_actions" | "social_interactions" | "bookings" | "recommendations" | "environment" | "system_metrics" | "simulation_control" | "users" | "venues" | "preferences" | "ground_truth" | "journeys" | "bookings_by_user" | "requests" | "replies" | "replay";
  readonly partition: number;
  readonly offset: number;
  /** Kafka's, in milliseconds; the event store does not keep it. */
  readonly record_timestamp?: number;
  /** In the registry, that the record was written by. */
  readonly schema_id?: number;
  /** 128-bit hash of what the event is, 26 Crockford base32 letters; a duplicate carries the same one */
  readonly event_id: string;
  /** noun.verb_past, one of those docs/events.md lists for this topic */
  readonly event_type: "user.registered" | "profile.completed" | "session.started" | "session.ended" | "venue.browsed" | "venue.viewed" | "search.performed" | "venue.saved" | "venue.liked" | "friends.checked" | "interest.expressed" | "recommendation.accepted" | "recommendation.ignored" | "visit.started" | "visit.ended" | "review.submitted" | "user.became_regular" | "routine.formed" | "user.dormant" | "user.returned" | "user.churned" | "friend.requested" | "friend.accepted" | "invite.sent" | "invite.accepted" | "invite.declined" | "invite.expired" | "group.formed" | "group.disbanded" | "booking.requested" | "booking.cancel_requested" | "booking.waitlisted" | "booking.confirmed" | "booking.moved" | "booking.declined" | "booking.expired" | "booking.cancelled" | "booking.seated" | "booking.completed" | "booking.no_show" | "recommendation.generated" | "compatibility.calculated" | "weather.changed" | "traffic.changed" | "special_event.scheduled" | "special_event.started" | "special_event.ended" | "promotion.started" | "promotion.ended" | "venue.trending" | "venue.availability_changed" | "price.changed" | "holiday.started" | "service.heartbeat" | "service.progress" | "simulator.tick" | "aggregate.window_closed" | "anomaly.detected" | "notification.dispatched" | "acceptance.measured" | "command.issued" | "ack.given" | "state.changed" | "scenario.started" | "scenario.holding" | "scenario.settling" | "scenario.settled" | "snapshot.created" | "user.updated" | "venue.updated" | "preference.updated" | "truth.scenario_window" | "truth.external_event" | "truth.red_herring" | "truth.suppressed" | "truth.imperfection" | "milestone.reached" | "funnel.stage_changed" | "booking.followed" | "request.made" | "reply.given" | "record.replayed";
  /** When it happened in the city, UTC */
  readonly simulation_time: string;
  /** Hash of the seed and the behavioural configuration */
  readonly run_id?: string;
  /** Number of this telling of the run: every start, reset, restore and travel takes a new one */
  readonly branch?: number;
  /** dining, marketplace or community */
  readonly world?: string;
  /** City of the world, for example new_york */
  readonly city?: string;
  /** Service that produced it, never a shard or a host */
  readonly source?: string;
  readonly user_name?: string;
  readonly other_user_name?: string;
  readonly venue_name?: string;
  /** Why the event store cannot read the bytes it keeps: such a record has hardly any other column. */
  readonly unreadable?: string;
  readonly part: "action" | "social" | "booking" | "recommendation" | "milestone" | "taste" | "received";
  /** Who acted; null where no user acts */
  readonly user_id?: string;
  /** event_id of the event that led to this one */
  readonly correlation_id?: string;
  /** Ground truth: the last cause without which this event would differ; null at the baseline */
  readonly cause_id?: string;
  /** event_id of the session.started this happened in */
  readonly session_id?: string;
  /** Where the user was, degrees north (WGS 84) */
  readonly latitude?: number;
  /** Where the user was, degrees east (WGS 84) */
  readonly longitude?: number;
  /** Venue booked */
  readonly venue_id?: string;
  /** Words searched for */
  readonly query?: string;
  /** Time of the visit the user has in mind */
  readonly preferred_time?: string;
  /** People */
  readonly party_size?: number;
  /** event_id of the recommendation.generated acted on */
  readonly recommendation_id?: string;
  /** event_id of the booking.requested */
  readonly booking_id?: string;
  /** event_id of the visit.started */
  readonly visit_id?: string;
  /** Mean stars, 1 to 5 */
  readonly rating?: number;
  /** Bill in minor units of the city's currency */
  readonly spend_minor?: number;
  /** Length of the session or visit that ended */
  readonly duration_seconds?: number;
  /** Person proposed */
  readonly other_user_id?: string;
  /** event_id of the invite.sent */
  readonly invite_id?: string;
  /** Group the table is for */
  readonly group_id?: string;
  /** user_ids of the party, comma-separated, booker first */
  readonly member_ids?: string;
  /** When the group means to meet */
  readonly planned_time?: string;
  /** How well the two match, 0 to 1 */
  readonly compatibility?: number;
  /** From the question to this answer */
  readonly latency_seconds?: number;
  /** Start of the run, simulated */
  readonly start_time?: string;
  /** Minutes the table is held */
  readonly duration_minutes?: number;
  /** How far the requester would move the start, either way */
  readonly flexibility_minutes?: number;
  /** Tables by size, `seats x count`, for example `2x6,4x5,6x2,8x1` */
  readonly tables?: string;
  /** Seats, all tables together */
  readonly seats?: number;
  /** Human-friendly code, unique among live bookings */
  readonly confirmation_code?: string;
  /** Why not ok, in words */
  readonly reason?: string;
  /** Up to three other offers, `venue_id@ISO-8601 time`, comma-separated */
  readonly alternatives?: string;
  /** Deposit in minor units of the city's currency; on cancelled and no_show what the house keeps of it */
  readonly deposit_minor?: number;
  /** When a wait or a hold ends */
  readonly expires_at?: string;
  /** Who made the booking: user, auto_book, api, group */
  readonly created_by?: string;
  /** Names the list this item belongs to, the same for its items */
  readonly list_id?: string;
  /** Place in the list, 1 is best */
  readonly rank?: number;
  /** venue or person */
  readonly item_kind?: string;
  /** 0 to 1, comparable within a list */
  readonly score?: number;
  /** Great-circle distance from the user */
  readonly distance_km?: number;
  /** Strongest reason, in words with its number */
  readonly reason_1?: string;
  /** Second reason */
  readonly reason_2?: string;
  /** Third reason */
  readonly reason_3?: string;
  /** 0 to 1 */
  readonly taste_similarity?: number;
  /** Friends in common, or friends who go there */
  readonly mutual_friends?: number;
  /** Why now: session_start, meal_time, request */
  readonly trigger?: string;
  /** Version of the scoring */
  readonly model_version?: string;
  /** Items scored to make the list */
  readonly candidates_considered?: number;
  /** clear, cloudy, rain, snow, fog, storm; or light, heavy for traffic */
  readonly condition?: string;
  /** Air temperature */
  readonly temperature_c?: number;
  /** Precipitation in the hour */
  readonly precipitation_mm?: number;
  /** Wind speed */
  readonly wind_kph?: number;
  /** Traffic delay of a typical trip */
  readonly delay_minutes?: number;
  /** Scenario or event */
  readonly name?: string;
  /** recommendations.venues, recommendations.people, booking.create, booking.cancel, availability.get, journey.get, aggregate.get, … */
  readonly kind?: string;
  /** How far it is felt */
  readonly radius_km?: number;
  /** Start of the window */
  readonly starts_at?: string;
  /** End of the window, settling included */
  readonly ends_at?: string;
  /** People attending */
  readonly crowd?: number;
  /** Number of the event: seats free, price tier, discount in percent, trend score */
  readonly value?: number;
  /** Process that reports */
  readonly instance?: string;
  /** Wall clock when answered, UTC */
  readonly wall_time?: string;
  /** Tick of the state */
  readonly tick?: number;
  /** Offsets as `topic:partition=next_offset`, comma-separated: end offsets of a tick, or what a service has consumed and acknowledged */
  readonly positions?: string;
  /** Name of the aggregate or rate */
  readonly metric?: string;
  /** What it is broken down by */
  readonly dimension?: string;
  /** The value of that dimension */
  readonly dimension_value?: string;
  /** Start of the window, simulated */
  readonly window_start?: string;
  /** End of the window, simulated, exclusive */
  readonly window_end?: string;
  /** Shifts so far */
  readonly version?: number;
  /** Events counted */
  readonly count?: number;
  /** Simulated seconds a second asked for; 0 is as fast as possible */
  readonly speed_target?: number;
  /** Simulated seconds a second reached */
  readonly speed_achieved?: number;
  /** Users in a session */
  readonly active_users?: number;
  /** Words of a notification */
  readonly text?: string;
  /** Names the command; an acknowledgement repeats it */
  readonly command_id?: string;
  /** pause, resume, speed, rate, scenario, spawn, trigger, behavior, weather, imperfections, snapshot, snapshot.save, snapshot.load, seed, reset, stop, start */
  readonly command?: string;
  /** Service that must answer; null is the simulator */
  readonly target?: string;
  /** JSON object of arguments */
  readonly parameters?: string;
  /** Who gave the command */
  readonly issued_by?: string;
  /** ok, rejected, not_found, error */
  readonly status?: string;
  /** Simulated time from which the command holds */
  readonly effective_time?: string;
  /** JSON object of what the command did */
  readonly result?: string;
  /** starting, backfill, running, paused, stopped */
  readonly phase?: string;
  /** Registered users */
  readonly population?: number;
  /** Scenario, or the scenarios that hold, comma-separated */
  readonly scenario?: string;
  /** ramping, holding, settling, settled */
  readonly scenario_phase?: string;
  /** Snapshot made or asked for */
  readonly snapshot_id?: string;
  /** Events a second asked for; null where the speed decides */
  readonly rate_target?: number;
  /** Events a second published */
  readonly rate_achieved?: number;
  /** Handle, unique in a city */
  readonly username?: string;
  /** Address at an example domain */
  readonly email?: string;
  /** Picture, a data-free path the gateway serves */
  readonly avatar_url?: string;
  /** social_butterfly, foodie_explorer, routine_regular, event_organizer, spontaneous_diner, busy_professional, budget_conscious */
  readonly persona?: string;
  /** False for people who came in through the API */
  readonly is_simulated?: boolean;
  /** registered, active, dormant, churned */
  readonly lifecycle?: string;
  /** When the person joined, simulated */
  readonly registered_at?: string;
  /** Part of the city */
  readonly borough?: string;
  /** Degrees north */
  readonly home_latitude?: number;
  /** Degrees east */
  readonly home_longitude?: number;
  /** Degrees north */
  readonly work_latitude?: number;
  /** Degrees east */
  readonly work_longitude?: number;
  /** Price tier the person likes, 1 to 4 */
  readonly price_tier?: number;
  /** Openness to new people and places, 0 to 1 */
  readonly openness?: number;
  /** Usual party size */
  readonly group_size?: number;
  /** Mood of places liked best, as in `venues` */
  readonly favourite_ambiance?: string;
  /** none, vegetarian, vegan, halal, kosher, gluten_free */
  readonly dietary?: string;
  /** user_ids of friends, comma-separated, ascending */
  readonly friend_ids?: string;
  /** restaurant, cafe, bar, fast_food, bakery, … */
  readonly category?: string;
  /** Taste it serves, one of the taste_ columns of preferences */
  readonly cuisine?: string;
  /** IANA name */
  readonly time_zone?: string;
  /** Reviews behind the rating */
  readonly rating_count?: number;
  /** False where people only walk in */
  readonly takes_bookings?: boolean;
  /** Seven ranges Monday to Sunday in minutes after local midnight, `660-1380,…`; `-` is closed, an end over 1440 is past midnight */
  readonly opening_hours?: string;
  /** Has tables outside */
  readonly outdoor_seating?: boolean;
  /** casual, cosy, lively, romantic, upscale, family, trendy */
  readonly ambiance?: string;
  /** Comma-separated features: rooftop, live_music, photogenic, … */
  readonly features?: string;
  /** Trend score, 0 is none */
  readonly trending?: number;
  /** Prices now relative to the usual ones of the house, 1 is usual; times `price_tier` it is the `value` of price.changed */
  readonly price_level?: number;
  /** Seven ranges Monday to Sunday as of `opening_hours`, `1020-1140,…`; `-` is none that day, null where there never are any */
  readonly happy_hours?: string;
  /** Per cent off in happy hours */
  readonly happy_hour_discount?: number;
  /** promotion or happy_hour while one is on */
  readonly promotion?: string;
  /** Per cent off now, 0 is none */
  readonly discount?: number;
  /** End of the promotion that is on, UTC */
  readonly promotion_ends_at?: string;
  /** Liking of american, 0 to 1 */
  readonly taste_american?: number;
  /** Liking of italian, 0 to 1 */
  readonly taste_italian?: number;
  /** Liking of mexican, 0 to 1 */
  readonly taste_mexican?: number;
  /** Liking of chinese, 0 to 1 */
  readonly taste_chinese?: number;
  /** Liking of japanese, 0 to 1 */
  readonly taste_japanese?: number;
  /** Liking of indian, 0 to 1 */
  readonly taste_indian?: number;
  /** Liking of mediterranean, 0 to 1 */
  readonly taste_mediterranean?: number;
  /** Liking of cafe, 0 to 1 */
  readonly taste_cafe?: number;
  /** Liking of dessert, 0 to 1 */
  readonly taste_dessert?: number;
  /** Liking of bar, 0 to 1 */
  readonly taste_bar?: number;
  /** Liking of healthy, 0 to 1 */
  readonly taste_healthy?: number;
  /** Liking of fast food, 0 to 1 */
  readonly taste_fast_food?: number;
  /** Liking of outdoor places, 0 to 1 */
  readonly outdoor?: number;
  /** Size of the last shift, L1 over tastes */
  readonly shift?: number;
  /** Liking of casual places, 0 to 1 */
  readonly ambiance_casual?: number;
  /** Liking of cosy places, 0 to 1 */
  readonly ambiance_cosy?: number;
  /** Liking of lively places, 0 to 1 */
  readonly ambiance_lively?: number;
  /** Liking of romantic places, 0 to 1 */
  readonly ambiance_romantic?: number;
  /** Liking of upscale places, 0 to 1 */
  readonly ambiance_upscale?: number;
  /** Liking of family places, 0 to 1 */
  readonly ambiance_family?: number;
  /** Liking of trendy places, 0 to 1 */
  readonly ambiance_trendy?: number;
  /** event_type of the action prevented or of the record touched */
  readonly subject_event_type?: string;
  /** event_id of the record touched */
  readonly subject_event_id?: string;
  /** Topic of the record touched */
  readonly subject_topic?: string;
  /** first_session, first_save, first_interest, first_invite, first_booking, first_visit, first_review, tenth_visit, dormant, returned, churned */
  readonly milestone?: string;
  /** registered, browsing, interested, inviting, booking, visiting, reviewing */
  readonly stage?: string;
  /** Stage before */
  readonly previous_stage?: string;
  /** Simulated seconds since the milestone, or the stage, before */
  readonly since_previous_seconds?: number;
  /** event_type of the record of `bookings` that this repeats; correlation_id is its event_id */
  readonly step?: string;
  /** Key: the question answered */
  readonly request_id?: string;
  /** Key: user or venue it is about */
  readonly subject?: string;
  /** Service that answers */
  readonly owner?: string;
  /** Wall clock after which no answer is awaited, UTC */
  readonly deadline?: string;
  /** JSON of the record */
  readonly payload?: string;
  /** Key: names the replay */
  readonly replay_id?: string;
  /** Topic of the record */
  readonly replayed_topic?: string;
  /** event_id of the record */
  readonly replayed_event_id?: string;
  /** Ordinal in the replay, from 0 */
  readonly position?: number;
}

/** Milliseconds from a record's timestamp to its fan-out. */
export interface Latency {
  readonly p50: number | null;
  readonly p99: number | null;
  readonly count: number;
}

/** What was recommended to a person last, newest first. */
export interface LatestRecommendations {
  readonly user_id: string;
  readonly recommendations: readonly CityRecord[];
}

/** How many. */
export interface LetterCount {
  readonly records: number;
}

/** Dead letters by the topic they came from. */
export interface LetterCounts {
  readonly topics: Readonly<Record<string, LetterCount>>;
  readonly total: number;
}

/** Where the original stands; -1 where no header says. */
export interface LetterSource {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** A snapshot, and whether it can be returned to. */
export interface ListedSnapshot {
  readonly snapshot_id: string;
  readonly name: string;
  readonly description: string;
  readonly tick: number;
  readonly simulation_time: string;
  readonly bytes: number;
  readonly services: readonly string[];
  readonly run_id: string;
  readonly branch: number;
  readonly population: number;
  readonly restorable: boolean;
  /** Why not. */
  readonly reason: string | null;
}

/** Something done for the first time. */
export interface Milestone {
  readonly milestone: string;
  readonly simulation_time: string;
  readonly venue_id: string | null;
  readonly venue_name: string | null;
}

/** A table wanted. */
export interface NewBooking {
  readonly venue_id: string;
  readonly party_size?: number;
  readonly start_time: string;
  /** How far the start may move, either way */
  readonly flexibility_minutes?: number;
}

/** A table wanted for people who are asked first. */
export interface NewGroup {
  /** Who organises it */
  readonly user_id: string;
  readonly venue_id: string;
  readonly start_time: string;
  readonly member_ids: readonly string[];
  /** Until when members may answer; by default as long as may be */
  readonly deadline?: string | null;
  /** Fewer people than this are no group */
  readonly smallest?: number | null;
}

/** Somebody to get on with. */
export interface PersonMatch {
  readonly rank: number;
  readonly name: string;
  readonly score: number;
  readonly distance_km: number;
  readonly candidates_considered: number;
  /** The strongest of at most three. */
  readonly reason_1?: string;
  readonly reason_2?: string;
  readonly reason_3?: string;
  readonly item_kind: "person";
  readonly other_user_id: string;
  readonly taste_similarity: number;
  readonly mutual_friends: number;
  readonly activity_match: number;
  readonly openness: number;
}

/** Ids of everyone, by persona. */
export interface Personas {
  readonly personas: Readonly<Record<string, readonly string[]>>;
}

/** A figure of one closed window. */
export interface Point {
  readonly timestamp: string;
  readonly value: number;
  /** 0 to 100 of the range of its own series. */
  readonly normalized: number;
}

/** What a person likes, as learned so far: tastes from 0 to 1, by name. */
export interface Preferences {
  readonly tastes: Readonly<Record<string, number>>;
  readonly price_tier: number;
  readonly outdoor: number;
  readonly version: number;
  /** Of the last change. */
  readonly reason: string | null;
  /** Size of the last change. */
  readonly shift: number | null;
}

/** An offer of a venue. */
export interface Promotion {
  readonly venue_id: string;
  readonly venue_name: string | null;
  readonly kind: string;
  readonly value: number;
  readonly ends_at: string;
}

/** One of the most frequent. */
export interface Ranked {
  readonly id: string;
  /** Of a venue; null where it is not known, and of everything else. */
  readonly name: string | null;
  readonly count: number;
}

/** Events a second to aim at; null leaves the speed to decide. */
export interface Rate {
  readonly events_per_second: number | null;
}

/** A milestone as analytics counts it. */
export interface ReachedMilestone {
  readonly milestone: string;
  readonly time: string;
  readonly venue_id: string | null;
  readonly since_previous_seconds: number | null;
}

/** The city now. */
export interface Recent {
  readonly events: number | null;
  readonly active_users?: number | null;
  readonly sessions?: number | null;
  readonly invites?: number | null;
  readonly bookings?: number | null;
  readonly bookings_confirmed?: number | null;
  readonly interests?: number | null;
  readonly visits?: number | null;
  readonly reviews?: number | null;
  readonly recommendations?: number | null;
  readonly conversion?: number | null;
  readonly acceptance?: number | null;
  readonly recommendations_per_second?: number | null;
  readonly by_topic?: Readonly<Record<string, number>> | null;
  readonly by_type?: Readonly<Record<string, number>> | null;
  readonly by_persona?: Readonly<Record<string, number>> | null;
  readonly by_category?: Readonly<Record<string, number>> | null;
  readonly by_borough?: Readonly<Record<string, number>> | null;
  readonly events_per_second?: number | null;
  readonly engagement?: number | null;
  readonly registered_users?: number | null;
  readonly average_group_size?: number | null;
  readonly response_seconds?: Waits | null;
  readonly window_minutes: number;
  readonly now: string;
  readonly closed_until: string;
  /** Simulated, between the last tick and what is folded. */
  readonly lag_seconds: number | null;
  readonly speed_target: number | null;
  readonly speed_achieved: number | null;
  readonly wall_events_per_second: number | null;
  readonly social: Social;
}

/** What to tell again, and how fast; channels and their filters as in a subscription. */
export interface Replay {
  readonly start_time: string;
  readonly end_time: string;
  readonly channel?: string | null;
  readonly channels?: readonly string[];
  /** Simulated seconds a second, or max */
  readonly speed?: number | "max";
  readonly user_id?: string | null;
  readonly venue_id?: string | null;
  readonly event_types?: readonly string[];
  /** Branch of the run whose past is told; by default the living one */
  readonly branch?: number | null;
}

/** Replays, newest first. */
export interface Replays {
  readonly replays: readonly RunningReplay[];
}

/** A replay, and how far it is. */
export interface RunningReplay {
  readonly replay_id: string;
  readonly status: "running" | "finished" | "stopped" | "failed";
  readonly topics: readonly string[];
  readonly from: string;
  readonly to: string;
  /** Simulated seconds a second. */
  readonly speed: number | "max";
  readonly event_types: readonly string[] | null;
  readonly user_id: string | null;
  readonly venue_id: string | null;
  readonly told: number;
  readonly at: string | null;
  readonly reason: string | null;
}

/** What was counted in one second. */
export interface Sample {
  readonly wall_time: string;
  readonly simulation_time: string | null;
  readonly events_per_second: number;
  readonly bookings_per_minute: number;
  readonly recommendations_per_second: number;
  readonly active_users: number | null;
  readonly population: number | null;
  readonly scenarios: readonly HeldScenario[];
  readonly topic_rates: Readonly<Record<string, number>>;
  readonly conversion: Readonly<Record<string, number>>;
  readonly dlq: Readonly<Record<string, number>>;
  readonly lag: Readonly<Record<string, number>>;
  readonly latency_ms: Latency;
}

/** A moment of the city that was saved. */
export interface SavedSnapshot {
  readonly snapshot_id: string;
  readonly name: string;
  readonly description: string;
  readonly tick: number;
  readonly simulation_time: string;
  readonly bytes: number;
  readonly services: readonly string[];
}

/** A scenario that can be started. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly world: string;
  /** Null where it does not hold. */
  readonly phase: "ramping" | "holding" | "settling" | "settled" | null;
}

/** A scenario to start, or to let settle. */
export interface ScenarioChange {
  readonly scenario: string;
  readonly action?: "start" | "stop";
  readonly intensity?: number | null;
  readonly hold_minutes?: number | null;
}

/** Every scenario. */
export interface Scenarios {
  readonly scenarios: readonly Scenario[];
}

/** A city made anew from a seed: the same words make the same people, places and friendships. */
export interface Seed {
  readonly seed?: number | null;
  readonly users?: number | null;
  readonly venues?: number | null;
}

/** Whether a service was heard lately. */
export interface ServiceHealth {
  readonly alive: boolean;
  readonly last_heartbeat_seconds: number | null;
  readonly instances: number;
}

/** What the simulator says of itself, and whether that is current. */
export interface SimulationState {
  readonly phase: "unknown" | "starting" | "backfill" | "running" | "paused" | "stopped";
  readonly simulation_time: string | null;
  /** Simulated seconds a second asked for; 0 is as fast as possible. */
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
  /** Names of the scenarios that hold, with commas. */
  readonly scenario: string | null;
  readonly run_id: string | null;
  readonly branch: number | null;
  readonly tick: number | null;
  readonly start_time: string | null;
  readonly scenarios: readonly HeldScenario[];
  readonly world: string;
  readonly city: string | null;
  /** Of the city's clock, as its venues say it. */
  readonly time_zone: string | null;
  /** Whether the gateway has read every topic to its end. */
  readonly caught_up: boolean;
  /** Whether Kafka answers. */
  readonly connected: boolean;
  readonly wall_time: string;
}

/** A snapshot to save; its name is also a directory's. */
export interface Snapshot {
  readonly name: string;
  readonly description?: string;
}

/** What the simulator says once everything is saved. */
export interface SnapshotAcknowledgement {
  readonly command_id: string;
  readonly command: string;
  readonly status: "accepted" | "rejected";
  readonly by: string;
  readonly reason: string | null;
  readonly effective_time: string | null;
  readonly result: SavedSnapshot;
  readonly latency_ms: number;
}

/** The newest snapshots by simulated time, and how many there are. */
export interface Snapshots {
  readonly snapshots: readonly ListedSnapshot[];
  readonly total: number;
}

/** The social graph in figures. */
export interface Social {
  readonly users: number;
  readonly friendships: number;
  readonly density: number | null;
}

/** Friendships as pairs of ids, and how often the two of each pair have dealt with each other. */
export interface SocialGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly (readonly [string, string])[];
  readonly interactions: readonly number[];
}

/** How new people begin. */
export interface SpawnOptions {
  readonly befriend?: boolean;
}

/** Something that draws a crowd; of a single house, if ``venue_id`` is set. */
export interface SpecialEvent {
  readonly venue_id: string | null;
  readonly venue_name: string | null;
  readonly name: string;
  readonly kind: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly radius_km: number;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly crowd: number;
  readonly phase: "scheduled" | "started";
}

/** Simulated seconds a second, or as fast as possible. */
export interface Speed {
  readonly multiplier: number | "max";
}

/** Everything the gateway counts, of the live branch. */
export interface Stats {
  readonly phase: "unknown" | "starting" | "backfill" | "running" | "paused" | "stopped";
  readonly simulation_time: string | null;
  /** Simulated seconds a second asked for; 0 is as fast as possible. */
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
  /** Names of the scenarios that hold, with commas. */
  readonly scenario: string | null;
  readonly events_per_second: number;
  readonly bookings_per_minute: number;
  readonly recommendations_per_second: number;
  readonly run_id: string | null;
  readonly branch: number | null;
  readonly tick: number | null;
  readonly start_time: string | null;
  readonly scenarios: readonly HeldScenario[];
  readonly world: string;
  readonly city: string | null;
  /** Of the city's clock, as its venues say it. */
  readonly time_zone: string | null;
  /** Whether the gateway has read every topic to its end. */
  readonly caught_up: boolean;
  /** Whether Kafka answers. */
  readonly connected: boolean;
  readonly wall_time: string;
  /** How many of each event type, by topic. */
  readonly events: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly totals: Readonly<Record<string, number>>;
  /** Records a second, by topic. */
  readonly topic_rates: Readonly<Record<string, number>>;
  /** Steps of the funnel, the first first. */
  readonly conversion: Readonly<Record<string, number>>;
  /** Dead letters, by the topic they came from. */
  readonly dlq: Readonly<Record<string, number>>;
  /** Records that each service has yet to handle. */
  readonly lag: Readonly<Record<string, number>>;
  readonly services: Readonly<Record<string, ServiceHealth>>;
  readonly latency_ms: Latency;
  /** Who listens, by kind of connection. */
  readonly clients: Readonly<Record<string, number>>;
}

/** What the event store holds. */
export interface StoreState {
  readonly enabled: boolean;
  readonly ready: boolean;
  readonly reason: string | null;
  readonly days: readonly StoredDay[];
  readonly events: number;
  readonly bytes: number;
  /** Next offset by `topic:partition`. */
  readonly positions: Readonly<Record<string, number>>;
}

/** A day of the event store. */
export interface StoredDay {
  readonly day: string;
  readonly events: number;
  readonly bytes: number;
}

/** A page of stored records. */
export interface StoredRecords {
  readonly run_id: string;
  readonly branch: number;
  /** Leads to the next page; null at the end. */
  readonly next_cursor: string | null;
  readonly events: readonly CityRecord[];
}

/** What led to an event and what came of it, in order of time. */
export interface Story {
  readonly event_id: string;
  /** The first event of the chain that led to it. */
  readonly root: string;
  readonly events: readonly StoryRecord[];
  /** Whether there is more than was asked for. */
  readonly truncated: boolean;
}

/** A record of a story: how far it is from the event that was asked about, and how it was found. */
export interface StoryRecord {
  readonly topic: "user_actions" | "social_interactions" | "bookings" | "recommendations" | "environment" | "system_metrics" | "simulation_control" | "users" | "venues" | "preferences" | "ground_truth" | "journeys" | "bookings_by_user" | "requests" | "replies" | "replay";
  readonly partition: number;
  readonly offset: number;
  /** Kafka's, in milliseconds; the event store does not keep it. */
  readonly record_timestamp?: number;
  /** In the registry, that the record was written by. */
  readonly schema_id?: number;
  /** 128-bit hash of what the event is, 26 Crockford base32 letters; a duplicate carries the same one */
  readonly event_id: string;
  /** noun.verb_past, one of those docs/events.md lists for this topic */
  readonly event_type: "user.registered" | "profile.completed" | "session.started" | "session.ended" | "venue.browsed" | "venue.viewed" | "search.performed" | "venue.saved" | "venue.liked" | "friends.checked" | "interest.expressed" | "recommendation.accepted" | "recommendation.ignored" | "visit.started" | "visit.ended" | "review.submitted" | "user.became_regular" | "routine.formed" | "user.dormant" | "user.returned" | "user.churned" | "friend.requested" | "friend.accepted" | "invite.sent" | "invite.accepted" | "invite.declined" | "invite.expired" | "group.formed" | "group.disbanded" | "booking.requested" | "booking.cancel_requested" | "booking.waitlisted" | "booking.confirmed" | "booking.moved" | "booking.declined" | "booking.expired" | "booking.cancelled" | "booking.seated" | "booking.completed" | "booking.no_show" | "recommendation.generated" | "compatibility.calculated" | "weather.changed" | "traffic.changed" | "special_event.scheduled" | "special_event.started" | "special_event.ended" | "promotion.started" | "promotion.ended" | "venue.trending" | "venue.availability_changed" | "price.changed" | "holiday.started" | "service.heartbeat" | "service.progress" | "simulator.tick" | "aggregate.window_closed" | "anomaly.detected" | "notification.dispatched" | "acceptance.measured" | "command.issued" | "ack.given" | "state.changed" | "scenario.started" | "scenario.holding" | "scenario.settling" | "scenario.settled" | "snapshot.created" | "user.updated" | "venue.updated" | "preference.updated" | "truth.scenario_window" | "truth.external_event" | "truth.red_herring" | "truth.suppressed" | "truth.imperfection" | "milestone.reached" | "funnel.stage_changed" | "booking.followed" | "request.made" | "reply.given" | "record.replayed";
  /** When it happened in the city, UTC */
  readonly simulation_time: string;
  /** Hash of the seed and the behavioural configuration */
  readonly run_id?: string;
  /** Number of this telling of the run: every start, reset, restore and travel takes a new one */
  readonly branch?: number;
  /** dining, marketplace or community */
  readonly world?: string;
  /** City of the world, for example new_york */
  readonly city?: string;
  /** Service that produced it, never a shard or a host */
  readonly source?: string;
  readonly user_name?: string;
  readonly other_user_name?: string;
  readonly venue_name?: string;
  /** Why the event store cannot read the bytes it keeps: such a record has hardly any other column. */
  readonly unreadable?: string;
  /** Steps: below 0 what led to the event, above 0 what came of it. */
  readonly depth: number;
  readonly relation: "asked" | "led_to_it" | "came_of_it" | "same_booking";
  /** Who acted; null where no user acts */
  readonly user_id?: string;
  /** event_id of the event that led to this one */
  readonly correlation_id?: string;
  /** Ground truth: the last cause without which this event would differ; null at the baseline */
  readonly cause_id?: string;
  /** event_id of the session.started this happened in */
  readonly session_id?: string;
  /** Where the user was, degrees north (WGS 84) */
  readonly latitude?: number;
  /** Where the user was, degrees east (WGS 84) */
  readonly longitude?: number;
  /** Venue booked */
  readonly venue_id?: string;
  /** Words searched for */
  readonly query?: string;
  /** Time of the visit the user has in mind */
  readonly preferred_time?: string;
  /** People */
  readonly party_size?: number;
  /** event_id of the recommendation.generated acted on */
  readonly recommendation_id?: string;
  /** event_id of the booking.requested */
  readonly booking_id?: string;
  /** event_id of the visit.started */
  readonly visit_id?: string;
  /** Mean stars, 1 to 5 */
  readonly rating?: number;
  /** Bill in minor units of the city's currency */
  readonly spend_minor?: number;
  /** Length of the session or visit that ended */
  readonly duration_seconds?: number;
  /** Person proposed */
  readonly other_user_id?: string;
  /** event_id of the invite.sent */
  readonly invite_id?: string;
  /** Group the table is for */
  readonly group_id?: string;
  /** user_ids of the party, comma-separated, booker first */
  readonly member_ids?: string;
  /** When the group means to meet */
  readonly planned_time?: string;
  /** How well the two match, 0 to 1 */
  readonly compatibility?: number;
  /** From the question to this answer */
  readonly latency_seconds?: number;
  /** Start of the run, simulated */
  readonly start_time?: string;
  /** Minutes the table is held */
  readonly duration_minutes?: number;
  /** How far the requester would move the start, either way */
  readonly flexibility_minutes?: number;
  /** Tables by size, `seats x count`, for example `2x6,4x5,6x2,8x1` */
  readonly tables?: string;
  /** Seats, all tables together */
  readonly seats?: number;
  /** Human-friendly code, unique among live bookings */
  readonly confirmation_code?: string;
  /** Why not ok, in words */
  readonly reason?: string;
  /** Up to three other offers, `venue_id@ISO-8601 time`, comma-separated */
  readonly alternatives?: string;
  /** Deposit in minor units of the city's currency; on cancelled and no_show what the house keeps of it */
  readonly deposit_minor?: number;
  /** When a wait or a hold ends */
  readonly expires_at?: string;
  /** Who made the booking: user, auto_book, api, group */
  readonly created_by?: string;
  /** Names the list this item belongs to, the same for its items */
  readonly list_id?: string;
  /** Place in the list, 1 is best */
  readonly rank?: number;
  /** venue or person */
  readonly item_kind?: string;
  /** 0 to 1, comparable within a list */
  readonly score?: number;
  /** Great-circle distance from the user */
  readonly distance_km?: number;
  /** Strongest reason, in words with its number */
  readonly reason_1?: string;
  /** Second reason */
  readonly reason_2?: string;
  /** Third reason */
  readonly reason_3?: string;
  /** 0 to 1 */
  readonly taste_similarity?: number;
  /** Friends in common, or friends who go there */
  readonly mutual_friends?: number;
  /** Why now: session_start, meal_time, request */
  readonly trigger?: string;
  /** Version of the scoring */
  readonly model_version?: string;
  /** Items scored to make the list */
  readonly candidates_considered?: number;
  /** clear, cloudy, rain, snow, fog, storm; or light, heavy for traffic */
  readonly condition?: string;
  /** Air temperature */
  readonly temperature_c?: number;
  /** Precipitation in the hour */
  readonly precipitation_mm?: number;
  /** Wind speed */
  readonly wind_kph?: number;
  /** Traffic delay of a typical trip */
  readonly delay_minutes?: number;
  /** Scenario or event */
  readonly name?: string;
  /** recommendations.venues, recommendations.people, booking.create, booking.cancel, availability.get, journey.get, aggregate.get, … */
  readonly kind?: string;
  /** How far it is felt */
  readonly radius_km?: number;
  /** Start of the window */
  readonly starts_at?: string;
  /** End of the window, settling included */
  readonly ends_at?: string;
  /** People attending */
  readonly crowd?: number;
  /** Number of the event: seats free, price tier, discount in percent, trend score */
  readonly value?: number;
  /** Process that reports */
  readonly instance?: string;
  /** Wall clock when answered, UTC */
  readonly wall_time?: string;
  /** Tick of the state */
  readonly tick?: number;
  /** Offsets as `topic:partition=next_offset`, comma-separated: end offsets of a tick, or what a service has consumed and acknowledged */
  readonly positions?: string;
  /** Name of the aggregate or rate */
  readonly metric?: string;
  /** What it is broken down by */
  readonly dimension?: string;
  /** The value of that dimension */
  readonly dimension_value?: string;
  /** Start of the window, simulated */
  readonly window_start?: string;
  /** End of the window, simulated, exclusive */
  readonly window_end?: string;
  /** Shifts so far */
  readonly version?: number;
  /** Events counted */
  readonly count?: number;
  /** Simulated seconds a second asked for; 0 is as fast as possible */
  readonly speed_target?: number;
  /** Simulated seconds a second reached */
  readonly speed_achieved?: number;
  /** Users in a session */
  readonly active_users?: number;
  /** Words of a notification */
  readonly text?: string;
  /** Names the command; an acknowledgement repeats it */
  readonly command_id?: string;
  /** pause, resume, speed, rate, scenario, spawn, trigger, behavior, weather, imperfections, snapshot, snapshot.save, snapshot.load, seed, reset, stop, start */
  readonly command?: string;
  /** Service that must answer; null is the simulator */
  readonly target?: string;
  /** JSON object of arguments */
  readonly parameters?: string;
  /** Who gave the command */
  readonly issued_by?: string;
  /** ok, rejected, not_found, error */
  readonly status?: string;
  /** Simulated time from which the command holds */
  readonly effective_time?: string;
  /** JSON object of what the command did */
  readonly result?: string;
  /** starting, backfill, running, paused, stopped */
  readonly phase?: string;
  /** Registered users */
  readonly population?: number;
  /** Scenario, or the scenarios that hold, comma-separated */
  readonly scenario?: string;
  /** ramping, holding, settling, settled */
  readonly scenario_phase?: string;
  /** Snapshot made or asked for */
  readonly snapshot_id?: string;
  /** Events a second asked for; null where the speed decides */
  readonly rate_target?: number;
  /** Events a second published */
  readonly rate_achieved?: number;
  /** Handle, unique in a city */
  readonly username?: string;
  /** Address at an example domain */
  readonly email?: string;
  /** Picture, a data-free path the gateway serves */
  readonly avatar_url?: string;
  /** social_butterfly, foodie_explorer, routine_regular, event_organizer, spontaneous_diner, busy_professional, budget_conscious */
  readonly persona?: string;
  /** False for people who came in through the API */
  readonly is_simulated?: boolean;
  /** registered, active, dormant, churned */
  readonly lifecycle?: string;
  /** When the person joined, simulated */
  readonly registered_at?: string;
  /** Part of the city */
  readonly borough?: string;
  /** Degrees north */
  readonly home_latitude?: number;
  /** Degrees east */
  readonly home_longitude?: number;
  /** Degrees north */
  readonly work_latitude?: number;
  /** Degrees east */
  readonly work_longitude?: number;
  /** Price tier the person likes, 1 to 4 */
  readonly price_tier?: number;
  /** Openness to new people and places, 0 to 1 */
  readonly openness?: number;
  /** Usual party size */
  readonly group_size?: number;
  /** Mood of places liked best, as in `venues` */
  readonly favourite_ambiance?: string;
  /** none, vegetarian, vegan, halal, kosher, gluten_free */
  readonly dietary?: string;
  /** user_ids of friends, comma-separated, ascending */
  readonly friend_ids?: string;
  /** restaurant, cafe, bar, fast_food, bakery, … */
  readonly category?: string;
  /** Taste it serves, one of the taste_ columns of preferences */
  readonly cuisine?: string;
  /** IANA name */
  readonly time_zone?: string;
  /** Reviews behind the rating */
  readonly rating_count?: number;
  /** False where people only walk in */
  readonly takes_bookings?: boolean;
  /** Seven ranges Monday to Sunday in minutes after local midnight, `660-1380,…`; `-` is closed, an end over 1440 is past midnight */
  readonly opening_hours?: string;
  /** Has tables outside */
  readonly outdoor_seating?: boolean;
  /** casual, cosy, lively, romantic, upscale, family, trendy */
  readonly ambiance?: string;
  /** Comma-separated features: rooftop, live_music, photogenic, … */
  readonly features?: string;
  /** Trend score, 0 is none */
  readonly trending?: number;
  /** Prices now relative to the usual ones of the house, 1 is usual; times `price_tier` it is the `value` of price.changed */
  readonly price_level?: number;
  /** Seven ranges Monday to Sunday as of `opening_hours`, `1020-1140,…`; `-` is none that day, null where there never are any */
  readonly happy_hours?: string;
  /** Per cent off in happy hours */
  readonly happy_hour_discount?: number;
  /** promotion or happy_hour while one is on */
  readonly promotion?: string;
  /** Per cent off now, 0 is none */
  readonly discount?: number;
  /** End of the promotion that is on, UTC */
  readonly promotion_ends_at?: string;
  /** Liking of american, 0 to 1 */
  readonly taste_american?: number;
  /** Liking of italian, 0 to 1 */
  readonly taste_italian?: number;
  /** Liking of mexican, 0 to 1 */
  readonly taste_mexican?: number;
  /** Liking of chinese, 0 to 1 */
  readonly taste_chinese?: number;
  /** Liking of japanese, 0 to 1 */
  readonly taste_japanese?: number;
  /** Liking of indian, 0 to 1 */
  readonly taste_indian?: number;
  /** Liking of mediterranean, 0 to 1 */
  readonly taste_mediterranean?: number;
  /** Liking of cafe, 0 to 1 */
  readonly taste_cafe?: number;
  /** Liking of dessert, 0 to 1 */
  readonly taste_dessert?: number;
  /** Liking of bar, 0 to 1 */
  readonly taste_bar?: number;
  /** Liking of healthy, 0 to 1 */
  readonly taste_healthy?: number;
  /** Liking of fast food, 0 to 1 */
  readonly taste_fast_food?: number;
  /** Liking of outdoor places, 0 to 1 */
  readonly outdoor?: number;
  /** Size of the last shift, L1 over tastes */
  readonly shift?: number;
  /** Liking of casual places, 0 to 1 */
  readonly ambiance_casual?: number;
  /** Liking of cosy places, 0 to 1 */
  readonly ambiance_cosy?: number;
  /** Liking of lively places, 0 to 1 */
  readonly ambiance_lively?: number;
  /** Liking of romantic places, 0 to 1 */
  readonly ambiance_romantic?: number;
  /** Liking of upscale places, 0 to 1 */
  readonly ambiance_upscale?: number;
  /** Liking of family places, 0 to 1 */
  readonly ambiance_family?: number;
  /** Liking of trendy places, 0 to 1 */
  readonly ambiance_trendy?: number;
  /** event_type of the action prevented or of the record touched */
  readonly subject_event_type?: string;
  /** event_id of the record touched */
  readonly subject_event_id?: string;
  /** Topic of the record touched */
  readonly subject_topic?: string;
  /** first_session, first_save, first_interest, first_invite, first_booking, first_visit, first_review, tenth_visit, dormant, returned, churned */
  readonly milestone?: string;
  /** registered, browsing, interested, inviting, booking, visiting, reviewing */
  readonly stage?: string;
  /** Stage before */
  readonly previous_stage?: string;
  /** Simulated seconds since the milestone, or the stage, before */
  readonly since_previous_seconds?: number;
  /** event_type of the record of `bookings` that this repeats; correlation_id is its event_id */
  readonly step?: string;
  /** Key: the question answered */
  readonly request_id?: string;
  /** Key: user or venue it is about */
  readonly subject?: string;
  /** Service that answers */
  readonly owner?: string;
  /** Wall clock after which no answer is awaited, UTC */
  readonly deadline?: string;
  /** JSON of the record */
  readonly payload?: string;
  /** Key: names the replay */
  readonly replay_id?: string;
  /** Topic of the record */
  readonly replayed_topic?: string;
  /** event_id of the record */
  readonly replayed_event_id?: string;
  /** Ordinal in the replay, from 0 */
  readonly position?: number;
}

/** Tastes after a change. Further members are those columns of `preferences` that are no tastes. */
export interface TasteVersion {
  readonly event_id: string;
  readonly simulation_time: string;
  readonly version: number;
  readonly tastes: Readonly<Record<string, number>>;
  readonly price_tier: number;
  readonly outdoor: number;
  readonly reason: string | null;
  readonly shift: number | null;
}

/** A page of a person's tastes. */
export interface TasteVersions {
  readonly run_id: string;
  readonly branch: number;
  /** Leads to the next page; null at the end. */
  readonly next_cursor: string | null;
  readonly user_id: string;
  readonly versions: readonly TasteVersion[];
}

/** Opens one WebSocket or stream: `?ticket=…`. */
export interface Ticket {
  readonly ticket: string;
  readonly expires_in_seconds: number;
}

/** Ends of a range of simulated time; null where it is open or nothing is known yet. */
export interface TimeRange {
  readonly start: string | null;
  readonly end: string | null;
}

/** The most frequent of a kind, most first. */
export interface Top {
  readonly what: string;
  readonly by: string;
  readonly from: string;
  readonly to: string;
  readonly items: readonly Ranked[];
}

/** Traffic, since when. */
export interface Traffic {
  readonly condition: string;
  readonly delay_minutes: number;
  readonly since: string;
}

/** A simulated moment to go to, back or ahead; with ``pause`` the clock stands still on arrival. */
export interface Travel {
  readonly to?: string;
  readonly pause?: boolean;
  readonly target_time?: string;
  readonly simulation_time?: string;
  readonly timestamp?: string;
}

/** A venue that trends. */
export interface Trend {
  readonly venue_id: string;
  readonly venue_name: string | null;
  readonly value: number;
}

/** An event of the environment to make happen. */
export interface Trigger {
  readonly event_type: string;
  readonly channel: string;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly user_id?: string | null;
  readonly venue_id?: string | null;
  readonly simulation_time?: string | null;
}

/** Something that is known to have happened. */
export interface TruthMark {
  readonly id: string;
  readonly timestamp: string;
  readonly ends_at: string | null;
  readonly title: string | null;
  readonly kind: string;
}

/** A window in which something is known to have been caused; it lasts while `ends_at` is null. */
export interface TruthWindow {
  readonly cause_id: string;
  readonly event_type: string;
  readonly kind: string | null;
  readonly name: string | null;
  readonly starts_at: string;
  readonly ends_at: string | null;
  readonly venue_id: string | null;
}

/** A person in a list. */
export interface User {
  readonly user_id: string;
  readonly name: string;
  readonly username: string;
  readonly avatar_url: string;
  readonly persona: string;
  readonly is_simulated: boolean;
  readonly lifecycle: string;
  readonly registered_at: string;
  readonly borough: string | null;
  readonly home_latitude: number;
  readonly home_longitude: number;
  readonly price_tier: number;
  readonly openness: number;
  readonly group_size: number;
  readonly dietary: string | null;
  readonly friend_count: number;
}

/** One person. */
export interface UserDetail {
  readonly user_id: string;
  readonly name: string;
  readonly username: string;
  readonly avatar_url: string;
  readonly persona: string;
  readonly is_simulated: boolean;
  readonly lifecycle: string;
  readonly registered_at: string;
  readonly borough: string | null;
  readonly home_latitude: number;
  readonly home_longitude: number;
  readonly price_tier: number;
  readonly openness: number;
  readonly group_size: number;
  readonly dietary: string | null;
  readonly friend_count: number;
  readonly email: string;
  readonly work_latitude: number | null;
  readonly work_longitude: number | null;
  readonly friend_ids: readonly string[];
  readonly preferences: Preferences | null;
}

/** A page of people by id. */
export interface Users {
  readonly users: readonly User[];
  readonly next_cursor: string | null;
  readonly total: number;
}

/** A place to go to. */
export interface Venue {
  readonly venue_id: string;
  readonly name: string;
  readonly category: string;
  readonly cuisine: string | null;
  readonly borough: string | null;
  readonly latitude: number;
  readonly longitude: number;
  readonly time_zone: string;
  readonly price_tier: number;
  readonly rating: number;
  readonly rating_count: number;
  readonly seats: number;
  /** Sizes and numbers of tables: `2x10,4x5`. */
  readonly tables: string;
  readonly takes_bookings: boolean;
  /** Minutes of the day, Monday first: `660-1380,…`; `-` is closed. */
  readonly opening_hours: string;
  readonly outdoor_seating: boolean;
  readonly ambiance: string | null;
  readonly features: readonly string[];
  readonly trending: number | null;
  readonly price_level: number | null;
  /** As `opening_hours`. */
  readonly happy_hours: string | null;
  readonly happy_hour_discount: number | null;
  readonly promotion: string | null;
  readonly discount: number | null;
  readonly promotion_ends_at: string | null;
}

/** A venue for a person. */
export interface VenuePick {
  readonly rank: number;
  readonly name: string;
  readonly score: number;
  readonly distance_km: number;
  readonly candidates_considered: number;
  /** The strongest of at most three. */
  readonly reason_1?: string;
  readonly reason_2?: string;
  readonly reason_3?: string;
  readonly item_kind: "venue";
  readonly venue_id: string;
  readonly taste_similarity: number;
  /** Friends who were there. */
  readonly mutual_friends: number;
  readonly model_version: string;
}

/** A page of venues by id. */
export interface Venues {
  readonly venues: readonly Venue[];
  readonly next_cursor: string | null;
  readonly total: number;
}

/** How many waited, and how long in simulated seconds, to 2 %. */
export interface Wait {
  readonly count: number;
  readonly median: number | null;
  readonly p90: number | null;
}

/** Times until an answer. */
export interface Waits {
  readonly invites: Wait;
  readonly bookings: Wait;
}

/** Weather, since when. */
export interface Weather {
  readonly condition: string;
  readonly temperature_c: number;
  readonly precipitation_mm: number;
  readonly wind_kph: number;
  readonly since: string;
}

/** RFC 9457 problem details; further members belong to the status */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly request_id?: string | null;
  readonly errors?: readonly ({ readonly field: string; readonly message: string })[];
  /** Who did not answer in time */
  readonly unanswered?: string;
}

/** What each operation answers when it succeeds, by method and path. */
export interface Answers {
  readonly "GET /simulation/state": SimulationState;
  readonly "GET /simulation/metrics": Brief;
  readonly "GET /simulation/scenarios": Scenarios;
  readonly "POST /simulation/speed": Acknowledgement;
  readonly "POST /simulation/speed/{multiplier}": Acknowledgement;
  readonly "POST /simulation/rate": Acknowledgement;
  readonly "POST /simulation/scenario": Acknowledgement;
  readonly "POST /simulation/scenario/{scenario}": Acknowledgement;
  readonly "POST /simulation/command/{command}": Acknowledgement;
  readonly "POST /simulation/start": Acknowledgement;
  readonly "POST /simulation/pause": Acknowledgement;
  readonly "POST /simulation/resume": Acknowledgement;
  readonly "POST /simulation/stop": Acknowledgement;
  readonly "POST /simulation/reset": Acknowledgement;
  readonly "GET /simulation/history": History;
  readonly "POST /admin/simulation/snapshot": SnapshotAcknowledgement;
  readonly "POST /admin/simulation/restore/{snapshot_id}": Acknowledgement;
  readonly "GET /admin/simulation/snapshots": Snapshots;
  readonly "DELETE /admin/simulation/snapshots/{snapshot_id}": Acknowledgement;
  readonly "POST /admin/simulation/travel": Acknowledgement;
  readonly "POST /admin/data/seed": Acknowledgement;
  readonly "POST /admin/data/reset": Acknowledgement;
  readonly "GET /admin/stats": Stats;
  readonly "GET /admin/metrics/course": Course;
  readonly "GET /admin/metrics/recent": Recent;
  readonly "GET /admin/metrics/aggregate": Aggregate;
  readonly "GET /admin/metrics/funnel": Funnel;
  readonly "GET /admin/metrics/top": Top;
  readonly "GET /admin/metrics/heatmap": Heatmap;
  readonly "GET /admin/streams/channels": Channels;
  readonly "GET /admin/streams/history/{channel}": ChannelPage;
  readonly "POST /admin/streams/replay": RunningReplay;
  readonly "GET /admin/streams/replays": Replays;
  readonly "DELETE /admin/streams/replay/{replay_id}": RunningReplay;
  readonly "GET /admin/streams/stored": StoredRecords;
  readonly "GET /admin/metrics/history": FigureHistory;
  readonly "GET /admin/data/store": StoreState;
  readonly "GET /admin/explain/{user_id}": Explanation;
  readonly "GET /admin/events/{event_id}/story": Story;
  readonly "GET /dlq": LetterCounts;
  readonly "GET /dlq/{topic}": DeadLetters;
  readonly "POST /admin/control/users/spawn/{count}": Acknowledgement;
  readonly "POST /admin/control/events/trigger": Acknowledgement;
  readonly "POST /admin/control/behavior/adjust": Acknowledgement;
  readonly "GET /auth": Identity;
  readonly "POST /auth/ticket": Ticket;
  readonly "GET /admin/journeys/{user_id}": Journey;
  readonly "GET /admin/journeys/{user_id}/events": JourneyEvents;
  readonly "GET /admin/journeys/{user_id}/tastes": TasteVersions;
  readonly "GET /users": Users;
  readonly "GET /users/personas": Personas;
  readonly "GET /users/{user_id}": UserDetail;
  readonly "GET /users/{user_id}/friends": Friends;
  readonly "GET /social/graph": SocialGraph;
  readonly "GET /venues": Venues;
  readonly "GET /venues/{venue_id}": Venue;
  readonly "GET /venues/{venue_id}/availability": Availability;
  readonly "POST /bookings/group": Group;
  readonly "GET /bookings/group/{group_id}": Group;
  readonly "POST /bookings/group/{group_id}/answer": Group;
  readonly "GET /bookings/": Bookings;
  readonly "GET /bookings/user/{user_id}": Bookings;
  readonly "GET /bookings/{booking_id}": Booking;
  readonly "POST /bookings/{user_id}/create": BookingDecision;
  readonly "POST /bookings/{booking_id}/cancel": BookingDecision;
  readonly "POST /bookings/venue/{venue_id}/auto-book": AutoBooked;
  readonly "GET /recommendations/group/{user_ids}": readonly GroupPick[];
  readonly "GET /recommendations/{user_id}": LatestRecommendations;
  readonly "GET /recommendations/{user_id}/venues": readonly VenuePick[];
  readonly "GET /recommendations/{user_id}/people": readonly PersonMatch[];
  readonly "POST /recommendations/{user_id}/interest": InterestTaken;
  readonly "GET /environment": Environment;
  readonly "GET /ground-truth": GroundTruth;
}

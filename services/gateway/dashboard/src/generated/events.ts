// Records of every topic, generated from schemas/ by `make generate`; not edited by hand.
// Times are microseconds since 1970 UTC.

export type UserActionsEventType =
  | "user.registered"
  | "profile.completed"
  | "session.started"
  | "session.ended"
  | "venue.browsed"
  | "venue.viewed"
  | "search.performed"
  | "venue.saved"
  | "venue.liked"
  | "friends.checked"
  | "interest.expressed"
  | "recommendation.accepted"
  | "recommendation.ignored"
  | "visit.started"
  | "visit.ended"
  | "review.submitted"
  | "user.became_regular"
  | "routine.formed"
  | "user.dormant"
  | "user.returned"
  | "user.churned";

/** What people do in the app and at the tables. */
export interface UserActionsRow {
  /** 128-bit hash of what the event is, 26 Crockford base32 letters; a duplicate carries the same one */
  event_id: string;
  /** noun.verb_past, one of those docs/events.md lists for this topic */
  event_type: UserActionsEventType;
  /** Hash of the seed and the behavioural configuration */
  run_id: string;
  /** Number of this telling of the run: every start, reset, restore and travel takes a new one */
  branch: number;
  /** When it happened in the city, UTC */
  simulation_time: number;
  /** dining, marketplace or community */
  world: string;
  /** City of the world, for example new_york */
  city: string;
  /** Who acted; null where no user acts */
  user_id: string | null;
  /** Service that produced it, never a shard or a host */
  source: string;
  /** event_id of the event that led to this one */
  correlation_id: string | null;
  /** Ground truth: the last cause without which this event would differ; null at the baseline */
  cause_id: string | null;
  /** event_id of the session.started this happened in */
  session_id: string | null;
  /** Where the user was, degrees north (WGS 84) */
  latitude: number | null;
  /** Where the user was, degrees east (WGS 84) */
  longitude: number | null;
  /** Venue acted on */
  venue_id: string | null;
  /** Words searched for */
  query: string | null;
  /** Time of the visit the user has in mind */
  preferred_time: number | null;
  /** People, the user included */
  party_size: number | null;
  /** event_id of the recommendation.generated acted on */
  recommendation_id: string | null;
  /** Booking a visit honours; null for a walk-in */
  booking_id: string | null;
  /** event_id of the visit.started */
  visit_id: string | null;
  /** Stars given, 1 to 5 */
  rating: number | null;
  /** Bill in minor units of the city's currency */
  spend_minor: number | null;
  /** Length of the session or visit that ended */
  duration_seconds: number | null;
}

export type SocialInteractionsEventType =
  | "friend.requested"
  | "friend.accepted"
  | "invite.sent"
  | "invite.accepted"
  | "invite.declined"
  | "invite.expired"
  | "group.formed"
  | "group.disbanded";

/** Friendships, invitations and groups. */
export interface SocialInteractionsRow {
  /** 128-bit hash of what the event is, 26 Crockford base32 letters; a duplicate carries the same one */
  event_id: string;
  /** noun.verb_past, one of those docs/events.md lists for this topic */
  event_type: SocialInteractionsEventType;
  /** Hash of the seed and the behavioural configuration */
  run_id: string;
  /** Number of this telling of the run: every start, reset, restore and travel takes a new one */
  branch: number;
  /** When it happened in the city, UTC */
  simulation_time: number;
  /** dining, marketplace or community */
  world: string;
  /** City of the world, for example new_york */
  city: string;
  /** Who acted; null where no user acts */
  user_id: string | null;
  /** Service that produced it, never a shard or a host */
  source: string;
  /** event_id of the event that led to this one */
  correlation_id: string | null;
  /** Ground truth: the last cause without which this event would differ; null at the baseline */
  cause_id: string | null;
  /** The other person: asked, invited or answered */
  other_user_id: string | null;
  /** event_id of the invite.sent */
  invite_id: string | null;
  /** event_id of the group.formed */
  group_id: string | null;
  /** user_ids of a group, comma-separated, organiser first */
  member_ids: string | null;
  /** Venue proposed */
  venue_id: string | null;
  /** When the group means to meet */
  planned_time: number | null;
  /** People in the group or planned for */
  party_size: number | null;
  /** How well the two match, 0 to 1 */
  compatibility: number | null;
  /** From the question to this answer */
  latency_seconds: number | null;
}

export type BookingsEventType =
  | "booking.requested"
  | "booking.cancel_requested"
  | "booking.waitlisted"
  | "booking.confirmed"
  | "booking.moved"
  | "booking.declined"
  | "booking.expired"
  | "booking.cancelled"
  | "booking.seated"
  | "booking.completed"
  | "booking.no_show";

/** Every reservation, from its request through exactly one outcome to its end. */
export interface BookingsRow {
  /** 128-bit hash of what the event is, 26 Crockford base32 letters; a duplicate carries the same one */
  event_id: string;
  /** noun.verb_past, one of those docs/events.md lists for this topic */
  event_type: BookingsEventType;
  /** Hash of the seed and the behavioural configuration */
  run_id: string;
  /** Number of this telling of the run: every start, reset, restore and travel takes a new one */
  branch: number;
  /** When it happened in the city, UTC */
  simulation_time: number;
  /** dining, marketplace or community */
  world: string;
  /** City of the world, for example new_york */
  city: string;
  /** Who acted; null where no user acts */
  user_id: string | null;
  /** Service that produced it, never a shard or a host */
  source: string;
  /** event_id of the event that led to this one */
  correlation_id: string | null;
  /** Ground truth: the last cause without which this event would differ; null at the baseline */
  cause_id: string | null;
  /** Venue booked */
  venue_id: string;
  /** event_id of the booking.requested */
  booking_id: string;
  /** People */
  party_size: number | null;
  /** Start of the reservation */
  start_time: number | null;
  /** Minutes the table is held */
  duration_minutes: number | null;
  /** How far the requester would move the start, either way */
  flexibility_minutes: number | null;
  /** Group the table is for */
  group_id: string | null;
  /** user_ids of the party, comma-separated, booker first */
  member_ids: string | null;
  /** Tables taken, venue-local numbers, comma-separated */
  tables: string | null;
  /** Seats those tables have */
  seats: number | null;
  /** Human-friendly code, unique among live bookings */
  confirmation_code: string | null;
  /** Machine-readable reason: no_table, closed, past, too_far_ahead, party_too_large, unknown_venue, by_user, too_soon, rain, … */
  reason: string | null;
  /** Up to three other offers, `venue_id@ISO-8601 time`, comma-separated */
  alternatives: string | null;
  /** Deposit in minor units of the city's currency; on cancelled and no_show what the house keeps of it */
  deposit_minor: number | null;
  /** When a wait or a hold ends */
  expires_at: number | null;
  /** Who made the booking: user, auto_book, api, group */
  created_by: string | null;
}

export type RecommendationsEventType =
  | "recommendation.generated"
  | "compatibility.calculated";

/** What the recommender proposes, one record an item of a list. */
export interface RecommendationsRow {
  /** 128-bit hash of what the event is, 26 Crockford base32 letters; a duplicate carries the same one */
  event_id: string;
  /** noun.verb_past, one of those docs/events.md lists for this topic */
  event_type: RecommendationsEventType;
  /** Hash of the seed and the behavioural configuration */
  run_id: string;
  /** Number of this telling of the run: every start, reset, restore and travel takes a new one */
  branch: number;
  /** When it happened in the city, UTC */
  simulation_time: number;
  /** dining, marketplace or community */
  world: string;
  /** City of the world, for example new_york */
  city: string;
  /** Who acted; null where no user acts */
  user_id: string | null;
  /** Service that produced it, never a shard or a host */
  source: string;
  /** event_id of the event that led to this one */
  correlation_id: string | null;
  /** Ground truth: the last cause without which this event would differ; null at the baseline */
  cause_id: string | null;
  /** Names the list this item belongs to, the same for its items */
  list_id: string | null;
  /** Place in the list, 1 is best */
  rank: number | null;
  /** venue or person */
  item_kind: string | null;
  /** Venue proposed */
  venue_id: string | null;
  /** Person proposed */
  other_user_id: string | null;
  /** 0 to 1, comparable within a list */
  score: number;
  /** Great-circle distance from the user */
  distance_km: number | null;
  /** Strongest reason, in words with its number */
  reason_1: string | null;
  /** Second reason */
  reason_2: string | null;
  /** Third reason */
  reason_3: string | null;
  /** 0 to 1 */
  taste_similarity: number | null;
  /** Friends in common, or friends who go there */
  mutual_friends: number | null;
  /** Why now: session_start, meal_time, request */
  trigger: string | null;
  /** Version of the scoring */
  model_version: string | null;
  /** Items scored to make the list */
  candidates_considered: number | null;
}

export type EnvironmentEventType =
  | "weather.changed"
  | "traffic.changed"
  | "special_event.scheduled"
  | "special_event.started"
  | "special_event.ended"
  | "promotion.started"
  | "promotion.ended"
  | "venue.trending"
  | "venue.availability_changed"
  | "price.changed"
  | "holiday.started";

/** What the city does by itself. */
export interface EnvironmentRow {
  /** 128-bit hash of what the event is, 26 Crockford base32 letters; a duplicate carries the same one */
  event_id: string;
  /** noun.verb_past, one of those docs/events.md lists for this topic */
  event_type: EnvironmentEventType;
  /** Hash of the seed and the behavioural configuration */
  run_id: string;
  /** Number of this telling of the run: every start, reset, restore and travel takes a new one */
  branch: number;
  /** When it happened in the city, UTC */
  simulation_time: number;
  /** dining, marketplace or community */
  world: string;
  /** City of the world, for example new_york */
  city: string;
  /** Who acted; null where no user acts */
  user_id: string | null;
  /** Service that produced it, never a shard or a host */
  source: string;
  /** event_id of the event that led to this one */
  correlation_id: string | null;
  /** Ground truth: the last cause without which this event would differ; null at the baseline */
  cause_id: string | null;
  /** Venue concerned */
  venue_id: string | null;
  /** clear, cloudy, rain, snow, fog, storm; or light, heavy for traffic */
  condition: string | null;
  /** Air temperature */
  temperature_c: number | null;
  /** Precipitation in the hour */
  precipitation_mm: number | null;
  /** Wind speed */
  wind_kph: number | null;
  /** Traffic delay of a typical trip */
  delay_minutes: number | null;
  /** Name of the special event, holiday or promotion */
  name: string | null;
  /** Kind of it: concert, sport, festival, happy_hour, national, … */
  kind: string | null;
  /** Its place, degrees north */
  latitude: number | null;
  /** Its place, degrees east */
  longitude: number | null;
  /** How far it is felt */
  radius_km: number | null;
  /** Its start */
  starts_at: number | null;
  /** Its end */
  ends_at: number | null;
  /** People attending */
  crowd: number | null;
  /** Number of the event: seats free, price tier, discount in percent, trend score */
  value: number | null;
}

export type SystemMetricsEventType =
  | "service.heartbeat"
  | "service.progress"
  | "simulator.tick"
  | "aggregate.window_closed"
  | "anomaly.detected"
  | "notification.dispatched"
  | "acceptance.measured";

/** What the services measure of themselves and of the city. */
export interface SystemMetricsRow {
  /** 128-bit hash of what the event is, 26 Crockford base32 letters; a duplicate carries the same one */
  event_id: string;
  /** noun.verb_past, one of those docs/events.md lists for this topic */
  event_type: SystemMetricsEventType;
  /** Hash of the seed and the behavioural configuration */
  run_id: string;
  /** Number of this telling of the run: every start, reset, restore and travel takes a new one */
  branch: number;
  /** When it happened in the city, UTC */
  simulation_time: number;
  /** dining, marketplace or community */
  world: string;
  /** City of the world, for example new_york */
  city: string;
  /** Who acted; null where no user acts */
  user_id: string | null;
  /** Service that produced it, never a shard or a host */
  source: string;
  /** event_id of the event that led to this one */
  correlation_id: string | null;
  /** Ground truth: the last cause without which this event would differ; null at the baseline */
  cause_id: string | null;
  /** Process that reports */
  instance: string | null;
  /** Wall clock of the report, UTC */
  wall_time: number | null;
  /** Tick of the simulator */
  tick: number | null;
  /** Offsets as `topic:partition=next_offset`, comma-separated: end offsets of a tick, or what a service has consumed and acknowledged */
  positions: string | null;
  /** Name of the aggregate or rate */
  metric: string | null;
  /** What it is broken down by */
  dimension: string | null;
  /** The value of that dimension */
  dimension_value: string | null;
  /** Start of the window, simulated */
  window_start: number | null;
  /** End of the window, simulated, exclusive */
  window_end: number | null;
  /** 1 for the first closing of a window, more for corrections */
  version: number | null;
  /** Events counted */
  count: number | null;
  /** Value of the metric */
  value: number | null;
  /** Score of an anomaly */
  score: number | null;
  /** Simulated seconds a second asked for; 0 is as fast as possible */
  speed_target: number | null;
  /** Simulated seconds a second reached */
  speed_achieved: number | null;
  /** Users in a session */
  active_users: number | null;
  /** Booking a notification is about */
  booking_id: string | null;
  /** Words of a notification */
  text: string | null;
}

export type SimulationControlEventType =
  | "command.issued"
  | "ack.given"
  | "state.changed"
  | "scenario.started"
  | "scenario.holding"
  | "scenario.settling"
  | "scenario.settled"
  | "snapshot.created";

/** Commands, their acknowledgements, and the state of the simulation. */
export interface SimulationControlRow {
  /** 128-bit hash of what the event is, 26 Crockford base32 letters; a duplicate carries the same one */
  event_id: string;
  /** noun.verb_past, one of those docs/events.md lists for this topic */
  event_type: SimulationControlEventType;
  /** Hash of the seed and the behavioural configuration */
  run_id: string;
  /** Number of this telling of the run: every start, reset, restore and travel takes a new one */
  branch: number;
  /** When it happened in the city, UTC */
  simulation_time: number;
  /** dining, marketplace or community */
  world: string;
  /** City of the world, for example new_york */
  city: string;
  /** Who acted; null where no user acts */
  user_id: string | null;
  /** Service that produced it, never a shard or a host */
  source: string;
  /** event_id of the event that led to this one */
  correlation_id: string | null;
  /** Ground truth: the last cause without which this event would differ; null at the baseline */
  cause_id: string | null;
  /** Names the command; an acknowledgement repeats it */
  command_id: string | null;
  /** pause, resume, speed, rate, scenario, spawn, trigger, behavior, weather, imperfections, snapshot, snapshot.save, snapshot.load, seed, reset, stop, start */
  command: string | null;
  /** Service that must answer; null is the simulator */
  target: string | null;
  /** JSON object of the command's arguments */
  parameters: string | null;
  /** Who gave the command */
  issued_by: string | null;
  /** Wall clock when said, UTC */
  wall_time: number | null;
  /** accepted or rejected */
  status: string | null;
  /** Why it was rejected, in words */
  reason: string | null;
  /** Simulated time from which the command holds */
  effective_time: number | null;
  /** JSON object of what the command did */
  result: string | null;
  /** starting, backfill, running, paused, stopped */
  phase: string | null;
  /** Tick of the state */
  tick: number | null;
  /** Start of the run, simulated */
  start_time: number | null;
  /** Simulated seconds a second asked for; 0 is as fast as possible */
  speed_target: number | null;
  /** Simulated seconds a second reached */
  speed_achieved: number | null;
  /** Registered users */
  population: number | null;
  /** Users in a session */
  active_users: number | null;
  /** Scenario, or the scenarios that hold, comma-separated */
  scenario: string | null;
  /** ramping, holding, settling, settled */
  scenario_phase: string | null;
  /** Snapshot made or asked for */
  snapshot_id: string | null;
  /** Events a second asked for; null where the speed decides */
  rate_target: number | null;
  /** Events a second published */
  rate_achieved: number | null;
}

export type UsersEventType =
  | "user.updated";

/** Latest row of each person. */
export interface UsersRow {
  /** 128-bit hash of what the event is, 26 Crockford base32 letters; a duplicate carries the same one */
  event_id: string;
  /** noun.verb_past, one of those docs/events.md lists for this topic */
  event_type: UsersEventType;
  /** Hash of the seed and the behavioural configuration */
  run_id: string;
  /** Number of this telling of the run: every start, reset, restore and travel takes a new one */
  branch: number;
  /** When it happened in the city, UTC */
  simulation_time: number;
  /** dining, marketplace or community */
  world: string;
  /** City of the world, for example new_york */
  city: string;
  /** Whom the row is about */
  user_id: string;
  /** Service that produced it, never a shard or a host */
  source: string;
  /** event_id of the event that led to this one */
  correlation_id: string | null;
  /** Ground truth: the last cause without which this event would differ; null at the baseline */
  cause_id: string | null;
  /** Full name */
  name: string;
  /** Handle, unique in a city */
  username: string;
  /** Address at an example domain */
  email: string;
  /** Picture, a data-free path the gateway serves */
  avatar_url: string | null;
  /** social_butterfly, foodie_explorer, routine_regular, event_organizer, spontaneous_diner, busy_professional, budget_conscious */
  persona: string;
  /** False for people who came in through the API */
  is_simulated: boolean;
  /** registered, active, dormant, churned */
  lifecycle: string;
  /** When the person joined, simulated */
  registered_at: number;
  /** Part of the city the person lives in */
  borough: string | null;
  /** Degrees north */
  home_latitude: number;
  /** Degrees east */
  home_longitude: number;
  /** Degrees north */
  work_latitude: number | null;
  /** Degrees east */
  work_longitude: number | null;
  /** Price tier the person likes, 1 to 4 */
  price_tier: number;
  /** Openness to new people and places, 0 to 1 */
  openness: number;
  /** Usual party size */
  group_size: number;
  /** Mood of places liked best, as in `venues` */
  favourite_ambiance: string | null;
  /** none, vegetarian, vegan, halal, kosher, gluten_free */
  dietary: string | null;
  /** user_ids of friends, comma-separated, ascending */
  friend_ids: string | null;
}

export type VenuesEventType =
  | "venue.updated";

/** Latest row of each venue. */
export interface VenuesRow {
  /** 128-bit hash of what the event is, 26 Crockford base32 letters; a duplicate carries the same one */
  event_id: string;
  /** noun.verb_past, one of those docs/events.md lists for this topic */
  event_type: VenuesEventType;
  /** Hash of the seed and the behavioural configuration */
  run_id: string;
  /** Number of this telling of the run: every start, reset, restore and travel takes a new one */
  branch: number;
  /** When it happened in the city, UTC */
  simulation_time: number;
  /** dining, marketplace or community */
  world: string;
  /** City of the world, for example new_york */
  city: string;
  /** Who acted; null where no user acts */
  user_id: string | null;
  /** Service that produced it, never a shard or a host */
  source: string;
  /** event_id of the event that led to this one */
  correlation_id: string | null;
  /** Ground truth: the last cause without which this event would differ; null at the baseline */
  cause_id: string | null;
  /** Names the venue */
  venue_id: string;
  /** Name over the door */
  name: string;
  /** restaurant, cafe, bar, fast_food, bakery, … */
  category: string;
  /** Taste it serves, one of the taste_ columns of preferences */
  cuisine: string | null;
  /** Part of the city */
  borough: string | null;
  /** Degrees north */
  latitude: number;
  /** Degrees east */
  longitude: number;
  /** IANA name */
  time_zone: string;
  /** 1 to 4 */
  price_tier: number;
  /** Mean stars, 1 to 5 */
  rating: number;
  /** Reviews behind the rating */
  rating_count: number;
  /** Seats, all tables together */
  seats: number;
  /** Tables by size, `seats x count`, for example `2x6,4x5,6x2,8x1` */
  tables: string;
  /** False where people only walk in */
  takes_bookings: boolean;
  /** Seven ranges Monday to Sunday in minutes after local midnight, `660-1380,…`; `-` is closed, an end over 1440 is past midnight */
  opening_hours: string;
  /** Has tables outside */
  outdoor_seating: boolean;
  /** casual, cosy, lively, romantic, upscale, family, trendy */
  ambiance: string | null;
  /** Comma-separated features: rooftop, live_music, photogenic, … */
  features: string | null;
  /** Trend score, 0 is none */
  trending: number | null;
  /** Prices now relative to the usual ones of the house, 1 is usual; times `price_tier` it is the `value` of price.changed */
  price_level: number | null;
  /** Seven ranges Monday to Sunday as of `opening_hours`, `1020-1140,…`; `-` is none that day, null where there never are any */
  happy_hours: string | null;
  /** Per cent off in happy hours */
  happy_hour_discount: number | null;
  /** promotion or happy_hour while one is on */
  promotion: string | null;
  /** Per cent off now, 0 is none */
  discount: number | null;
  /** End of the promotion that is on, UTC */
  promotion_ends_at: number | null;
}

export type PreferencesEventType =
  | "preference.updated";

/** Latest tastes of each person. */
export interface PreferencesRow {
  /** 128-bit hash of what the event is, 26 Crockford base32 letters; a duplicate carries the same one */
  event_id: string;
  /** noun.verb_past, one of those docs/events.md lists for this topic */
  event_type: PreferencesEventType;
  /** Hash of the seed and the behavioural configuration */
  run_id: string;
  /** Number of this telling of the run: every start, reset, restore and travel takes a new one */
  branch: number;
  /** When it happened in the city, UTC */
  simulation_time: number;
  /** dining, marketplace or community */
  world: string;
  /** City of the world, for example new_york */
  city: string;
  /** Whom the row is about */
  user_id: string;
  /** Service that produced it, never a shard or a host */
  source: string;
  /** event_id of the event that led to this one */
  correlation_id: string | null;
  /** Ground truth: the last cause without which this event would differ; null at the baseline */
  cause_id: string | null;
  /** Liking of american, 0 to 1 */
  taste_american: number;
  /** Liking of italian, 0 to 1 */
  taste_italian: number;
  /** Liking of mexican, 0 to 1 */
  taste_mexican: number;
  /** Liking of chinese, 0 to 1 */
  taste_chinese: number;
  /** Liking of japanese, 0 to 1 */
  taste_japanese: number;
  /** Liking of indian, 0 to 1 */
  taste_indian: number;
  /** Liking of mediterranean, 0 to 1 */
  taste_mediterranean: number;
  /** Liking of cafe, 0 to 1 */
  taste_cafe: number;
  /** Liking of dessert, 0 to 1 */
  taste_dessert: number;
  /** Liking of bar, 0 to 1 */
  taste_bar: number;
  /** Liking of healthy, 0 to 1 */
  taste_healthy: number;
  /** Liking of fast food, 0 to 1 */
  taste_fast_food: number;
  /** Learned price tier, 1 to 4 */
  price_tier: number;
  /** Liking of outdoor places, 0 to 1 */
  outdoor: number;
  /** Shifts so far */
  version: number;
  /** Kind of the last shift: browse, interest, visit, review, accepted, ignored, booking, cancel, social, decay, season */
  reason: string | null;
  /** Size of the last shift, L1 over tastes */
  shift: number | null;
  /** Liking of casual places, 0 to 1 */
  ambiance_casual: number | null;
  /** Liking of cosy places, 0 to 1 */
  ambiance_cosy: number | null;
  /** Liking of lively places, 0 to 1 */
  ambiance_lively: number | null;
  /** Liking of romantic places, 0 to 1 */
  ambiance_romantic: number | null;
  /** Liking of upscale places, 0 to 1 */
  ambiance_upscale: number | null;
  /** Liking of family places, 0 to 1 */
  ambiance_family: number | null;
  /** Liking of trendy places, 0 to 1 */
  ambiance_trendy: number | null;
}

export type GroundTruthEventType =
  | "truth.scenario_window"
  | "truth.external_event"
  | "truth.red_herring"
  | "truth.suppressed"
  | "truth.imperfection";

/** What really caused what, for people who train detectors; no service of the city reads it. */
export interface GroundTruthRow {
  /** 128-bit hash of what the event is, 26 Crockford base32 letters; a duplicate carries the same one */
  event_id: string;
  /** noun.verb_past, one of those docs/events.md lists for this topic */
  event_type: GroundTruthEventType;
  /** Hash of the seed and the behavioural configuration */
  run_id: string;
  /** Number of this telling of the run: every start, reset, restore and travel takes a new one */
  branch: number;
  /** When it happened in the city, UTC */
  simulation_time: number;
  /** dining, marketplace or community */
  world: string;
  /** City of the world, for example new_york */
  city: string;
  /** Who acted; null where no user acts */
  user_id: string | null;
  /** Service that produced it, never a shard or a host */
  source: string;
  /** event_id of the event that led to this one */
  correlation_id: string | null;
  /** Ground truth: the last cause without which this event would differ; null at the baseline */
  cause_id: string | null;
  /** scenario, external_event, red_herring, suppressed, imperfection */
  kind: string | null;
  /** Scenario or event */
  name: string | null;
  /** Start of the window */
  starts_at: number | null;
  /** End of the window, settling included */
  ends_at: number | null;
  /** event_type of the action prevented or of the record touched */
  subject_event_type: string | null;
  /** event_id of the record touched */
  subject_event_id: string | null;
  /** Topic of the record touched */
  subject_topic: string | null;
  /** Venue concerned */
  venue_id: string | null;
  /** JSON object: rates and curves of the window */
  parameters: string | null;
}

export type JourneysEventType =
  | "milestone.reached"
  | "funnel.stage_changed";

/** Milestones and funnel stage of each person. */
export interface JourneysRow {
  /** 128-bit hash of what the event is, 26 Crockford base32 letters; a duplicate carries the same one */
  event_id: string;
  /** noun.verb_past, one of those docs/events.md lists for this topic */
  event_type: JourneysEventType;
  /** Hash of the seed and the behavioural configuration */
  run_id: string;
  /** Number of this telling of the run: every start, reset, restore and travel takes a new one */
  branch: number;
  /** When it happened in the city, UTC */
  simulation_time: number;
  /** dining, marketplace or community */
  world: string;
  /** City of the world, for example new_york */
  city: string;
  /** Whom the row is about */
  user_id: string;
  /** Service that produced it, never a shard or a host */
  source: string;
  /** event_id of the event that led to this one */
  correlation_id: string | null;
  /** Ground truth: the last cause without which this event would differ; null at the baseline */
  cause_id: string | null;
  /** first_session, first_save, first_interest, first_invite, first_booking, first_visit, first_review, tenth_visit, dormant, returned, churned */
  milestone: string | null;
  /** registered, browsing, interested, inviting, booking, visiting, reviewing */
  stage: string | null;
  /** Stage before */
  previous_stage: string | null;
  /** Simulated seconds since the milestone, or the stage, before */
  since_previous_seconds: number | null;
  /** Venue it happened at */
  venue_id: string | null;
}

export type BookingsByUserEventType =
  | "booking.followed";

/** What people did about tables, told again under the key of who did it, for folds that follow a person. */
export interface BookingsByUserRow {
  /** 128-bit hash of what the event is, 26 Crockford base32 letters; a duplicate carries the same one */
  event_id: string;
  /** noun.verb_past, one of those docs/events.md lists for this topic */
  event_type: BookingsByUserEventType;
  /** Hash of the seed and the behavioural configuration */
  run_id: string;
  /** Number of this telling of the run: every start, reset, restore and travel takes a new one */
  branch: number;
  /** When it happened in the city, UTC */
  simulation_time: number;
  /** dining, marketplace or community */
  world: string;
  /** City of the world, for example new_york */
  city: string;
  /** Who acted */
  user_id: string;
  /** Service that produced it, never a shard or a host */
  source: string;
  /** event_id of the event that led to this one */
  correlation_id: string | null;
  /** Ground truth: the last cause without which this event would differ; null at the baseline */
  cause_id: string | null;
  /** Venue booked */
  venue_id: string;
  /** event_id of the booking.requested */
  booking_id: string;
  /** event_type of the record of `bookings` that this repeats; correlation_id is its event_id */
  step: string;
}

export type RequestsEventType =
  | "request.made";

/** Questions from the gateway to the service that owns the answer. */
export interface RequestsRow {
  /** 128-bit hash of what the event is, 26 Crockford base32 letters; a duplicate carries the same one */
  event_id: string;
  /** noun.verb_past, one of those docs/events.md lists for this topic */
  event_type: RequestsEventType;
  /** Hash of the seed and the behavioural configuration */
  run_id: string;
  /** Number of this telling of the run: every start, reset, restore and travel takes a new one */
  branch: number;
  /** When it happened in the city, UTC */
  simulation_time: number;
  /** dining, marketplace or community */
  world: string;
  /** City of the world, for example new_york */
  city: string;
  /** Who acted; null where no user acts */
  user_id: string | null;
  /** Service that produced it, never a shard or a host */
  source: string;
  /** event_id of the event that led to this one */
  correlation_id: string | null;
  /** Ground truth: the last cause without which this event would differ; null at the baseline */
  cause_id: string | null;
  /** Names the question; the reply repeats it */
  request_id: string;
  /** Key: user or venue it is about */
  subject: string;
  /** Service that answers */
  owner: string;
  /** recommendations.venues, recommendations.people, booking.create, booking.cancel, availability.get, journey.get, aggregate.get, … */
  kind: string;
  /** JSON object of arguments */
  parameters: string | null;
  /** Wall clock after which no answer is awaited, UTC */
  deadline: number;
  /** Wall clock when asked, UTC */
  wall_time: number;
}

export type RepliesEventType =
  | "reply.given";

/** Answers to requests. */
export interface RepliesRow {
  /** 128-bit hash of what the event is, 26 Crockford base32 letters; a duplicate carries the same one */
  event_id: string;
  /** noun.verb_past, one of those docs/events.md lists for this topic */
  event_type: RepliesEventType;
  /** Hash of the seed and the behavioural configuration */
  run_id: string;
  /** Number of this telling of the run: every start, reset, restore and travel takes a new one */
  branch: number;
  /** When it happened in the city, UTC */
  simulation_time: number;
  /** dining, marketplace or community */
  world: string;
  /** City of the world, for example new_york */
  city: string;
  /** Who acted; null where no user acts */
  user_id: string | null;
  /** Service that produced it, never a shard or a host */
  source: string;
  /** event_id of the event that led to this one */
  correlation_id: string | null;
  /** Ground truth: the last cause without which this event would differ; null at the baseline */
  cause_id: string | null;
  /** Key: the question answered */
  request_id: string;
  /** ok, rejected, not_found, error */
  status: string;
  /** Why not ok, in words */
  reason: string | null;
  /** JSON of the answer */
  payload: string | null;
  /** Wall clock when answered, UTC */
  wall_time: number;
}

export type ReplayEventType =
  | "record.replayed";

/** Records told again for people who watch. */
export interface ReplayRow {
  /** 128-bit hash of what the event is, 26 Crockford base32 letters; a duplicate carries the same one */
  event_id: string;
  /** noun.verb_past, one of those docs/events.md lists for this topic */
  event_type: ReplayEventType;
  /** Hash of the seed and the behavioural configuration */
  run_id: string;
  /** Number of this telling of the run: every start, reset, restore and travel takes a new one */
  branch: number;
  /** When it happened in the city, UTC */
  simulation_time: number;
  /** dining, marketplace or community */
  world: string;
  /** City of the world, for example new_york */
  city: string;
  /** Who acted; null where no user acts */
  user_id: string | null;
  /** Service that produced it, never a shard or a host */
  source: string;
  /** event_id of the event that led to this one */
  correlation_id: string | null;
  /** Ground truth: the last cause without which this event would differ; null at the baseline */
  cause_id: string | null;
  /** Key: names the replay */
  replay_id: string;
  /** Topic of the record */
  replayed_topic: string;
  /** event_id of the record */
  replayed_event_id: string | null;
  /** Ordinal in the replay, from 0 */
  position: number;
  /** JSON of the record */
  payload: string | null;
}

/** Row type of each topic. */
export interface Rows {
  user_actions: UserActionsRow;
  social_interactions: SocialInteractionsRow;
  bookings: BookingsRow;
  recommendations: RecommendationsRow;
  environment: EnvironmentRow;
  system_metrics: SystemMetricsRow;
  simulation_control: SimulationControlRow;
  users: UsersRow;
  venues: VenuesRow;
  preferences: PreferencesRow;
  ground_truth: GroundTruthRow;
  journeys: JourneysRow;
  bookings_by_user: BookingsByUserRow;
  requests: RequestsRow;
  replies: RepliesRow;
  replay: ReplayRow;
}

export type TopicName = keyof Rows;

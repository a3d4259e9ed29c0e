"""Every Prometheus metric of Luna, with its meaning. A metric that is not here does not exist.

Names end in their unit. Labels have few values: never a user, a venue, a run or an id.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
"""Memory, processor time, open files and start of the process, under Prometheus' own names `process_…`."""

_SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_LATENCIES = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)

# --- producing (every service) -------------------------------------------------------------------------------------
PRODUCED = Counter("luna_produced_records_total", "Records acknowledged by the broker", ["topic"], registry=REGISTRY)
PRODUCE_FAILED = Counter(
    "luna_produce_failed_records_total", "Records the broker refused for good", ["topic"], registry=REGISTRY
)
PRODUCE_QUEUE_FULL = Counter(
    "luna_produce_queue_full_total", "Times the bounded send queue was full and the sender waited", registry=REGISTRY
)
PUBLISH_SECONDS = Histogram(
    "luna_publish_seconds", "From handing over a batch to its last delivery report", buckets=_SECONDS, registry=REGISTRY
)

# --- consuming (every service) -------------------------------------------------------------------------------------
CONSUMED = Counter(
    "luna_consumed_records_total", "Records whose effect is durable", ["group", "topic"], registry=REGISTRY
)
BATCH_SECONDS = Histogram(
    "luna_batch_seconds", "Handling one batch, decoding included", ["group"], buckets=_SECONDS, registry=REGISTRY
)
BATCH_RECORDS = Histogram(
    "luna_batch_records",
    "Records in a handled batch",
    ["group"],
    buckets=(1, 10, 100, 1_000, 10_000, 100_000),
    registry=REGISTRY,
)
LAG = Gauge(
    "luna_consumer_lag_records",
    "Records written but not yet handled, as of the last fetch",
    ["group", "topic", "partition"],
    registry=REGISTRY,
)
DEAD_LETTERS = Counter(
    "luna_dead_letter_records_total",
    "Records copied to a dead-letter topic, by reason",
    ["group", "topic", "error"],
    registry=REGISTRY,
)
DUPLICATES = Counter(
    "luna_duplicate_records_total", "Records dropped because their event_id was seen", ["group"], registry=REGISTRY
)
RETRIES = Counter("luna_retries_total", "Batches handled again after a retryable error", ["group"], registry=REGISTRY)
REBALANCES = Counter("luna_rebalances_total", "Times partitions were taken away", ["group"], registry=REGISTRY)

# --- simulator -----------------------------------------------------------------------------------------------------
TICK = Gauge("luna_simulator_tick", "Last tick computed", registry=REGISTRY)
TICK_SECONDS = Histogram("luna_simulator_tick_seconds", "Computing one tick", buckets=_SECONDS, registry=REGISTRY)
SPEED_TARGET = Gauge("luna_simulator_speed_target", "Simulated seconds a second asked for, 0 = max", registry=REGISTRY)
SPEED_ACHIEVED = Gauge("luna_simulator_speed_achieved", "Simulated seconds a second reached", registry=REGISTRY)
ACTIVE_USERS = Gauge("luna_simulator_active_users", "Users in a session", registry=REGISTRY)
POPULATION = Gauge("luna_simulator_population_users", "Users alive in the city", registry=REGISTRY)
HELD_BACK = Counter(
    "luna_simulator_held_back_seconds_total", "Time the simulator waited for slower services", registry=REGISTRY
)

# --- recommender ---------------------------------------------------------------------------------------------------
RECOMMENDED = Counter("luna_recommender_items_total", "Items recommended", ["kind"], registry=REGISTRY)
RECOMMEND_SECONDS = Histogram(
    "luna_recommender_batch_seconds", "Scoring one batch of sessions", buckets=_SECONDS, registry=REGISTRY
)

# --- booking -------------------------------------------------------------------------------------------------------
BOOKING_OUTCOMES = Counter("luna_booking_outcomes_total", "Outcomes of requests", ["outcome"], registry=REGISTRY)
BOOKING_CONFLICTS = Counter(
    "luna_booking_conflicts_total", "Decisions taken again after a capacity conflict", registry=REGISTRY
)
OUTBOX_PENDING = Gauge("luna_booking_outbox_pending_rows", "Outbox rows not yet acknowledged", registry=REGISTRY)
TRANSACTION_SECONDS = Histogram(
    "luna_booking_transaction_seconds", "One batch's database transaction", buckets=_SECONDS, registry=REGISTRY
)

QUERY_SECONDS = Histogram(
    "luna_booking_query_seconds",
    "One database statement, by the question asked",
    ["question"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
POOL_IN_USE = Gauge("luna_booking_pool_connections", "Database connections in use by this process", registry=REGISTRY)

# --- analytics -----------------------------------------------------------------------------------------------------
WINDOWS_CLOSED = Counter("luna_analytics_windows_closed_total", "Aggregate windows closed", registry=REGISTRY)
PREFERENCES_UPDATED = Counter(
    "luna_analytics_preferences_updated_total", "Preference rows published", registry=REGISTRY
)
EVENTS_STORED = Counter("luna_analytics_events_stored_total", "Rows written to the event store", registry=REGISTRY)
LATE = Counter(
    "luna_analytics_late_records_total",
    "Records of minutes that were closed: told as corrections, or dropped where no longer kept",
    registry=REGISTRY,
)
REORDERED = Counter(
    "luna_analytics_reordered_records_total",
    "Records behind a later one of the same source, person and venue, folded all the same",
    ["group", "topic"],
    registry=REGISTRY,
)
STORE_SECONDS = Histogram(
    "luna_analytics_store_batch_seconds", "Writing one batch to the event store", buckets=_SECONDS, registry=REGISTRY
)
STORE_READY = Gauge("luna_analytics_store_ready", "Whether the event store can write and answer", registry=REGISTRY)
STORE_FAILURES = Counter(
    "luna_analytics_store_failures_total", "Times the event store's database failed it", registry=REGISTRY
)
STORE_BYTES = Gauge("luna_analytics_store_bytes", "Disk taken by stored events, indexes included", registry=REGISTRY)
STORE_DAYS = Gauge("luna_analytics_store_days", "Simulated days held in the event store", registry=REGISTRY)
STORE_QUESTION_SECONDS = Histogram(
    "luna_analytics_store_question_seconds", "Answering from the store", ["kind"], buckets=_SECONDS, registry=REGISTRY
)
REPLAYED = Counter("luna_analytics_replayed_records_total", "Records told again on `replay`", registry=REGISTRY)
REPLAYS = Gauge("luna_analytics_replays", "Replays that this process tells", registry=REGISTRY)
WATERMARK = Gauge(
    "luna_analytics_watermark_seconds", "Simulated time up to which windows are closed, Unix seconds", registry=REGISTRY
)

# --- gateway -------------------------------------------------------------------------------------------------------
REQUESTS = Counter(
    "luna_http_requests_total", "HTTP requests answered", ["method", "route", "status"], registry=REGISTRY
)
REQUEST_SECONDS = Histogram("luna_http_request_seconds", "Answering", ["route"], buckets=_SECONDS, registry=REGISTRY)
CLIENTS = Gauge("luna_gateway_clients", "Connected clients", ["kind"], registry=REGISTRY)
CLIENTS_DROPPED = Counter("luna_gateway_clients_dropped_total", "Clients let go", ["reason"], registry=REGISTRY)
SENT_FRAMES = Counter("luna_gateway_frames_total", "Frames sent to clients", ["kind"], registry=REGISTRY)
EVENT_LATENCY = Histogram(
    "luna_gateway_event_latency_seconds",
    "From the record's timestamp to its frame, live records only",
    buckets=_LATENCIES,
    registry=REGISTRY,
)


def exposition() -> bytes:
    """All metrics in Prometheus' text format."""
    return generate_latest(REGISTRY)

"""What the city did by itself, and the groups that met in it, as tables."""

import polars as pl

from cli.realism.files import Files


def groups(files: Files) -> pl.DataFrame:
    """Groups that agreed to dine: how many people each."""
    return files.scan("social_interactions", "group.formed").select("user", "t", "party_size").sort("t").collect()


def weather(files: Files) -> pl.DataFrame:
    """Weather from ``t`` until the next row: condition, degrees Celsius, millimetres in the hour."""
    rows = files.scan("environment", "weather.changed")
    chosen = rows.select(
        "t", "condition", pl.col("temperature_c").alias("celsius"), pl.col("precipitation_mm").alias("rain_mm")
    )
    return chosen.sort("t").collect()


def events(files: Files) -> pl.DataFrame:
    """Gatherings of the city that took place, not those of a house: where, from when to when, how many people."""
    rows = files.scan("environment", "special_event.started").filter(pl.col("venue_id").is_null())
    times = [pl.col(name).dt.epoch("us").alias(name) for name in ("starts_at", "ends_at")]
    return (
        rows.select("name", "kind", "latitude", "longitude", "radius_km", "crowd", *times).sort("starts_at").collect()
    )


def holidays(files: Files) -> pl.DataFrame:
    """Holidays by local day."""
    return files.scan("environment", "holiday.started").with_columns(files.local()).select("day", "name").collect()


def prices(files: Files) -> pl.DataFrame:
    """Price changes of venues: when, where, the new tier."""
    return files.scan("environment", "price.changed").select("t", "venue", "value").sort("t").collect()

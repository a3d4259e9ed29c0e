"""Section 6 of the facts: what people write of places (R1 to R7)."""

import numpy as np
import polars as pl

from cli.realism.city import City, Measurement, NotMeasuredError

STARS = (1, 2, 3, 4, 5)


def _stars(reviews: pl.DataFrame) -> np.ndarray:
    """Share of each number of stars."""
    if reviews.height == 0:
        raise NotMeasuredError("nobody wrote a review of this kind")
    rating = reviews["rating"].to_numpy()
    return np.array([(rating == stars).mean() for stars in STARS])


def r1(city: City) -> Measurement:
    """Shares of stars."""
    reviews = city.table("reviews")
    share = _stars(reviews)
    values = {"five": share[4], "four": share[3], "one": share[0], "four_up": share[3] + share[4]}
    return Measurement({part: float(value) for part, value in values.items()}, reviews.height, "reviews")


def r2(city: City) -> Measurement:
    """Shape of a J: more ones than twos, fives than fours than threes."""
    reviews = city.table("reviews")
    one, two, three, four, five = _stars(reviews)
    return Measurement({"shape": float(one > two and five > four > three)}, reviews.height, "reviews")


def r3(city: City) -> Measurement:
    """Mean of all stars."""
    reviews = city.table("reviews")
    return Measurement({"mean": float(_stars(reviews) @ np.array(STARS))}, reviews.height, "reviews")


def r4(city: City) -> Measurement:
    """How much likelier an extreme experience is told unasked than a middling one.

    What people felt is not on the stream; reviews that the app asked for stand for it.
    """
    told, asked = (_stars(city.table("reviews").filter(pl.col("booked") == flag)) for flag in (False, True))
    if min(told[2], asked[2], asked[0] + asked[4]) == 0:
        raise NotMeasuredError("too few reviews to compare those asked for with those not")
    ratio = (told[0] + told[4]) / (asked[0] + asked[4]) / (told[2] / asked[2])
    return Measurement({"polarity": float(ratio)}, city.table("reviews").height, "reviews")


def r7(city: City) -> Measurement:
    """Stars of reviews that were asked for less those of reviews that were not."""
    reviews = city.table("reviews").drop_nulls("booked")
    told, asked = (_stars(reviews.filter(pl.col("booked") == flag)) for flag in (False, True))
    return Measurement({"difference": float((asked - told) @ np.array(STARS))}, reviews.height, "reviews")

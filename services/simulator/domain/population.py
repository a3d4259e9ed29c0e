"""People: fixed attributes as a function of (seed, user number), and the columns of what changes about them."""

import numpy as np

from services.simulator.domain.calendar import DAY
from services.simulator.domain.draws import Array, Draws, Purpose, cumulate, pick
from services.simulator.domain.geography import kilometres, moved
from services.simulator.domain.specification import AMBIANCES, DIETARY, LIFECYCLE, TASTES, CityData, Routine

FRIENDS = 48
"""Most friends a person has: room of the padded adjacency."""
KNOWN = 16
"""Places remembered (of S12's 15-35 in all of life, those for dining); the least visited is forgotten first."""
LISTED = 3
"""Recommendations kept: those of one list."""
MOST_DAYS = 255
"""Days in the app counted at most; who was there before the clock started has long been regular."""
_MOODS = np.arange(len(AMBIANCES))[None, :]
ACTIVE, DORMANT, CHURNED = LIFECYCLE.index("active"), LIFECYCLE.index("dormant"), LIFECYCLE.index("churned")

USER_COLUMNS: dict[str, tuple[str, int]] = {
    "persona": ("u1", 1), "activity": ("f4", 1), "outing": ("f4", 1), "chronotype": ("i2", 1),
    "home_latitude": ("f4", 1), "home_longitude": ("f4", 1), "work_latitude": ("f4", 1), "work_longitude": ("f4", 1),
    "home_zone": ("u1", 1), "work_zone": ("u1", 1), "tastes": ("f4", len(TASTES)),
    "moods": ("u1", len(AMBIANCES)),
    "price": ("f4", 1), "openness": ("f4", 1), "group": ("f4", 1), "dietary": ("u1", 1),
    "lifecycle": ("u1", 1), "registered": ("i8", 1), "came": ("i8", 1), "profile_done": ("u1", 1), "heat": ("f4", 1),
    "session_high": ("u8", 1), "session_low": ("u8", 1), "session_from": ("i8", 1), "session_end": ("i8", 1),
    "session_cause": ("i2", 1), "session_last": ("u1", 1), "session_venue": ("i4", 1),
    "seen_day": ("i4", 1), "seen_days": ("u1", 1),
    "intent_venue": ("i4", 1), "intent_when": ("i8", 1), "intent_high": ("u8", 1), "intent_low": ("u8", 1),
    "intent_cause": ("i2", 1),
    "visit_venue": ("i4", 1), "visit_from": ("i8", 1), "visit_end": ("i8", 1), "visit_high": ("u8", 1),
    "visit_low": ("u8", 1), "visit_booking_high": ("u8", 1), "visit_booking_low": ("u8", 1), "visit_size": ("i2", 1),
    "visit_cause": ("i2", 1),
    "review_at": ("i8", 1), "review_venue": ("i4", 1), "review_high": ("u8", 1), "review_low": ("u8", 1),
    "review_stars": ("u1", 1), "review_cause": ("i2", 1),
    "last_venue": ("i4", 1), "last_at": ("i8", 1), "invited_by": ("i4", 1), "invited_tick": ("i4", 1),
    "known": ("i4", KNOWN), "known_count": ("u2", KNOWN), "places": ("u2", 1),
    "list_at": ("i8", 1), "list_high": ("u8", LISTED), "list_low": ("u8", LISTED), "list_venue": ("i4", LISTED),
    "list_score": ("f4", LISTED),
    "friends": ("i4", FRIENDS), "friend_count": ("i2", 1),
}  # fmt: skip


class People:
    """Draws the fixed attributes of any user number."""

    def __init__(self, data: CityData, draws: Draws, sessions_per_day: float) -> None:
        self._draws = draws
        self._data = data
        self._sessions_per_day = sessions_per_day
        personas = list(data.people.personas.values())
        places = data.place.neighbourhoods
        self._personas = cumulate(np.array([p.share for p in personas]))
        self._homes = cumulate(np.array([p.homes for p in places]))
        self._centres = np.array([(p.latitude, p.longitude, p.spread_km) for p in places])
        self._moods = np.array([[p.ambiance.get(mood, 0.0) for mood in AMBIANCES] for p in personas])
        shifts = [data.world.diets.get(name, {}) for name in DIETARY]
        self._diets = np.array([[given.get(taste, 0.0) for taste in TASTES] for given in shifts])
        latitude, longitude = self._centres[:, 0], self._centres[:, 1]
        apart = kilometres(latitude[:, None], longitude[:, None], latitude[None, :], longitude[None, :])
        near = np.exp(-apart / data.world.outings.commute_km)
        self._jobs = cumulate(near * np.array([p.jobs for p in places]))
        self._traits = np.array([(p.activity, p.price, p.openness, p.group) for p in personas])

    def rows(self, ids: Array, registered: Array) -> dict[str, Array]:
        """Columns of new people, shape (len(ids),); ``registered`` in microseconds."""
        draws = self._draws
        persona = pick(self._personas, draws.uniform(Purpose.PERSONA, ids))
        traits = self._traits[persona]
        home = pick(self._homes, draws.uniform(Purpose.HOME, ids))
        work = (self._jobs[home] < draws.uniform(Purpose.WORK, ids)[:, None]).sum(axis=1)
        home_latitude, home_longitude = self._scatter(home, ids, 1)
        work_latitude, work_longitude = self._scatter(work, ids, 3)
        normal = [draws.normal(Purpose.ATTRIBUTE, ids, step=step) for step in range(5)]
        spread, unequal = self._data.world.session.activity_log_sd, self._data.world.outings.rate_log_sd
        tastes = draws.uniform(Purpose.TASTE, ids[:, None], also=[np.arange(len(TASTES))[None, :]])
        moods = draws.uniform(Purpose.MOOD, ids[:, None], also=[_MOODS])
        diet = draws.uniform(Purpose.ATTRIBUTE, ids, step=9)
        restriction = np.searchsorted(np.array([0.80, 0.88, 0.91, 0.94, 0.97]), diet)
        return {
            "persona": persona,
            "activity": self._sessions_per_day * traits[:, 0] * np.exp(spread * normal[0] - spread * spread / 2),
            "outing": np.exp(unequal * draws.normal(Purpose.ATTRIBUTE, ids, step=5) - unequal * unequal / 2),
            "chronotype": np.clip(normal[1] * 50, -150, 150),
            "home_latitude": home_latitude, "home_longitude": home_longitude,
            "work_latitude": work_latitude, "work_longitude": work_longitude,
            "home_zone": home, "work_zone": work,
            "tastes": np.clip(0.1 + 0.8 * tastes**1.3 + self._diets[restriction], 0.0, 1.0),
            "price": np.clip(traits[:, 1] + 0.45 * normal[2], 1, 4),
            "openness": np.clip(traits[:, 2] + 0.12 * normal[3], 0.02, 0.98),
            "group": np.clip(traits[:, 3] * np.exp(0.2 * normal[4]), 1.2, 9),
            "dietary": restriction,
            "moods": np.round(255 * np.clip(moods + self._moods[persona], 0.0, 1.0)),
            "lifecycle": np.full(len(ids), LIFECYCLE.index("registered")),
            "registered": registered,
            "came": registered,
            "seen_day": np.full(len(ids), -1), "session_venue": np.full(len(ids), -1),
            "invited_by": np.full(len(ids), -1),
            "intent_venue": np.full(len(ids), -1), "visit_venue": np.full(len(ids), -1),
            "review_venue": np.full(len(ids), -1), "last_venue": np.full(len(ids), -1),
            "known": np.full((len(ids), KNOWN), -1),
            "list_venue": np.full((len(ids), LISTED), -1), "friends": np.full((len(ids), FRIENDS), -1),
        }  # fmt: skip

    def initial(self, count: int, start_us: int) -> dict[str, Array]:
        """People who were there before the city's clock started."""
        ids = np.arange(count)
        age_days = -120.0 * np.log(self._draws.uniform(Purpose.REGISTRATION, ids, step=1)) + 1.0
        rows = self.rows(ids, start_us - (age_days * DAY).astype(np.int64))
        asleep = self._draws.uniform(Purpose.LIFECYCLE, ids, step=1) < self._data.world.lifecycle.initially_dormant
        rows["lifecycle"] = np.where(asleep, DORMANT, ACTIVE)
        rows["profile_done"] = np.ones(count)
        rows["seen_days"] = np.full(count, MOST_DAYS)
        return rows

    def _scatter(self, zone: Array, ids: Array, step: int) -> tuple[Array, Array]:
        """A point around a neighbourhood's centre, no farther than two spreads."""
        centre = self._centres[zone]
        north = np.clip(self._draws.normal(Purpose.HOME, ids, step=step), -2, 2) * centre[:, 2]
        east = np.clip(self._draws.normal(Purpose.HOME, ids, step=step + 1), -2, 2) * centre[:, 2]
        return moved(centre[:, 0], centre[:, 1], north, east)


def session_curves(data: CityData) -> tuple[Array, Array]:
    """Session factor and whether at work, shape (personas, 4 kinds of `days`, 1440); mean 1 over a usual week."""
    factor, at_work = [], []
    for persona in data.people.personas.values():
        days = [np.repeat(hours, 60).tolist() for hours in routine_hours(data.people.routines[persona.routine])]
        states = data.people.states
        curve = np.array([[states[name].sessions for name in day] for day in days])
        mean = (5 * curve[0].mean() + 2 * curve[1].mean()) / 7
        factor.append(curve / mean)
        at_work.append([[states[name].at_work for name in day] for day in days])
    return np.array(factor, dtype=np.float32), np.array(at_work, dtype=bool)


def routine_hours(routine: Routine) -> list[list[str]]:
    """The state at each hour of the day, by kind of day (`days`)."""
    free = [routine.weekend, routine.holiday or routine.weekend, routine.day_off or routine.weekend]
    return [[day[max(hour for hour in day if hour <= now)] for now in range(24)] for day in (routine.weekday, *free)]

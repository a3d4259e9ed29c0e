"""State in PostgreSQL: one query a question for a whole batch, COPY for what is new, constraints for what must hold."""

from services.booking.adapters.bookkeeping import Bookkeeping
from services.booking.adapters.gatherings import Gatherings
from services.booking.adapters.houses import Houses
from services.booking.adapters.keeping import Keeping
from services.booking.adapters.reservations import Reservations


class PostgresState(Reservations, Bookkeeping, Gatherings, Keeping, Houses):
    """`BookingState` inside one transaction at a time, opened by `transaction`."""

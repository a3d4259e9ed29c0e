"""Confirmation codes: short, easy to say, hard to misread, and a function of what they name."""

import hashlib

LETTERS = "23456789BCDFGHJKLMNPQRSTVWXZ"
"""No vowels (no words by accident), no 0, 1, O, I."""
LENGTH = 6
"""28^6 = 482 million codes: among 100,000 live reservations one in five thousand needs its second try."""


def confirmation_code(run_id: str, branch: int, booking_id: str, attempt: int = 0) -> str:
    """Code of a reservation, for example ``K7M-2QF``; another attempt gives another code."""
    digest = hashlib.blake2b(f"{run_id}/{branch}/{booking_id}/{attempt}".encode(), digest_size=8).digest()
    number = int.from_bytes(digest, "big")
    letters = ""
    for _ in range(LENGTH):
        number, letter = divmod(number, len(LETTERS))
        letters += LETTERS[letter]
    return f"{letters[: LENGTH // 2]}-{letters[LENGTH // 2 :]}"

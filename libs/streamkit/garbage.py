"""What the garbage collector need not look at again, and how often it looks."""

import gc

COLLECT_AFTER = 100_000
"""Objects made until it looks for cycles; 700 by default, and a batch makes far more."""


def set_aside() -> None:
    """Take everything alive out of the collector's sight: code, tables, and a state that was just folded.

    A full collection goes through every object there is, tens of milliseconds in which nobody is answered, and finds
    nothing among those that stay. What was set aside before and is garbage by now is collected first.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def look_rarely() -> None:
    """Let it look for cycles now and then only.

    Batches make hundreds of thousands of objects, hardly any in a cycle, and every look walks through the young ones:
    a fifth of booking's CPU time.
    """
    gc.set_threshold(COLLECT_AFTER)

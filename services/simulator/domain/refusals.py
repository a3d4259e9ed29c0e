"""Why a command cannot be carried out."""


class RefusedError(Exception):
    """A command that cannot be carried out, and why."""

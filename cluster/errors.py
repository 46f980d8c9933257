"""Why a cluster does not start."""


class CannotStart(Exception):
    """The text names the cause and the remedy, in one line."""

"""Numbers for streams."""

import random


def random_ssrc() -> int:
    """Return a random number of nine digits, with room above it for consecutive ones."""
    return random.randrange(100_000_000, 999_999_999)

"""Meeting codes, made to be read aloud: `abc-defg-hij`."""

import re
import secrets

# Without i, l and o, which look like other characters.
LETTERS = "abcdefghjkmnpqrstuvwxyz"
SHAPE = re.compile(r"^[a-z]{3}-[a-z]{4}-[a-z]{3}$")
GROUPS = (3, 4, 3)


def new_code() -> str:
    """A random code; one of 4·10¹³."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(length)) for length in GROUPS)


def is_code(text: str) -> bool:
    """Whether `text` has the shape of a code."""
    return SHAPE.fullmatch(text) is not None

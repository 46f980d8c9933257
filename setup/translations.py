"""`python -m setup.translations`: compiles each .po of locale/ into the .mo beside it.

Both belong to the checkout: what runs the site needs no gettext.
"""

from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def sources() -> list[Path]:
    """Each .po."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))


def compiled(source: Path) -> bytes:
    """The .mo of a .po: what is fuzzy is left out."""
    return polib.pofile(str(source)).to_binary()


if __name__ == "__main__":
    for source in sources():
        source.with_suffix(".mo").write_bytes(compiled(source))

"""What a shared file is called: a name that is only a name, and tells the truth about what is in the file."""

import unicodedata
from typing import Final

from meetings.files.kinds import FileKind

LONGEST_NAME: Final = 120
# What no name may hold on one system or another.
_FORBIDDEN: Final = frozenset('\\/:*?"<>|')
_NAMELESS: Final = "file"
_DEVICES: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{name}{number}" for name in ("com", "lpt") for number in range(1, 10))}
)


def clean_name(name: str, kind: FileKind) -> str:
    """The name of a file of this kind, made of what its sender called it: without folders, and without characters that
    control or turn around what is shown; it ends as its kind does, whatever it ended in.
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(" " if letter in _FORBIDDEN else letter for letter in name if _is_shown(letter))
    stem = " ".join(kept.split()).strip(". ")
    base, dot, ending = stem.rpartition(".")
    if dot and ending.lower() in kind.endings:
        stem, ending = base.rstrip(". "), ending.lower()
    else:
        ending = kind.endings[0]
    if stem.partition(".")[0].strip().lower() in _DEVICES:
        stem = f"{_NAMELESS} {stem}"
    room = LONGEST_NAME - len(ending) - 1
    return f"{stem[:room].rstrip('. ') or _NAMELESS}.{ending}"


def _is_shown(letter: str) -> bool:
    """Not those that control, format, stand for nothing or end a line; but joiners, which shape letters."""
    return letter in "\u200c\u200d" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")

"""What goes into the sentences and is said in a language, as a device and a time are."""

from collections.abc import Iterable
from functools import reduce
from typing import Final, NamedTuple

from meetings.trace.steps import STEPS
from meetings.verdicts.wording import Wording

Value = str | Wording


class OwnWords(NamedTuple):
    """How an own source is called."""

    own: Wording
    mine: Wording
    theirs: Wording


OWN: Final = {
    "mic": OwnWords(Wording("microphone"), Wording("You cannot be heard"), Wording("{name} cannot be heard")),
    "camera": OwnWords(Wording("camera"), Wording("You cannot be seen"), Wording("{name} cannot be seen")),
    "screen": OwnWords(
        Wording("shared screen"),
        Wording("Your shared screen cannot be seen"),
        Wording("{name}'s shared screen cannot be seen"),
    ),
    "screen-audio": OwnWords(
        Wording("shared sound"),
        Wording("Your shared sound cannot be heard"),
        Wording("{name}'s shared sound cannot be heard"),
    ),
}
THINGS: Final = {
    "mic": Wording("sound"),
    "camera": Wording("picture"),
    "screen": Wording("shared screen"),
    "screen-audio": Wording("shared sound"),
}
ANOTHER: Final = Wording("another participant")

SOME_SECONDS: Final = Wording("some seconds")
OVER_SECONDS: Final = Wording("over {count} second", many="over {count} seconds")
OVER_MINUTES: Final = Wording("over a minute", many="over {count} minutes")
JUST_NOW: Final = Wording("just now")
AGO: Final = Wording("{lasting} ago")
FAST: Final = Wording("{time} fast")
SLOW: Final = Wording("{time} slow")
LENGTHS: Final = {
    86400: Wording("{count} day", many="{count} days"),
    3600: Wording("{count} hour", many="{count} hours"),
    60: Wording("{count} minute", many="{count} minutes"),
    1: Wording("{count} second", many="{count} seconds"),
}

MEDIA_PORTS: Final = Wording("the media ports")
NO_ADDRESSES: Final = Wording("addresses that were not noted")
_BOTH: Final = Wording("{one} and {other}")

THE_SERVER: Final = Wording("the server")
_QUOTED: Final = Wording("“{label}”")
# Of steps that a page may wait for, in the words of the timeline.
_LABELS: Final = tuple(Wording(step.label) for step in STEPS.values() if step.side == "page")

ALL: Final = (
    *(word for words in OWN.values() for word in words),
    *THINGS.values(),
    *(ANOTHER, SOME_SECONDS, OVER_SECONDS, OVER_MINUTES, JUST_NOW, AGO, FAST, SLOW),
    *LENGTHS.values(),
    *(MEDIA_PORTS, NO_ADDRESSES, _BOTH, THE_SERVER, _QUOTED),
    *_LABELS,
)


def listed(each: Iterable[str], otherwise: Wording) -> Value:
    """`a and b and c`; `otherwise` where there is none."""
    some: list[Value] = list(each)
    return reduce(lambda one, other: _BOTH.with_values(one=one, other=other), some) if some else otherwise


def quoted(label: Value) -> Wording:
    """`“label”`."""
    return _QUOTED.with_values(label=label)

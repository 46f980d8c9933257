"""Every cause, with all its words in one place.

A cause may have variants (`CODE/variant`): another wording of the same code. What stands in braces is filled from the
words of a finding; `{name}` is the participant, for hosts. Participants and hosts are told nothing that one has to
look up; "TURN" and ports they may need to hand on to an administrator.
"""

from typing import Final

from meetings.verdicts.catalogue import (
    devices,
    paths,
    places,
    quality,
    reaching_us,
    receiving,
    refused,
    sending,
    values,
    waiting,
)
from meetings.verdicts.catalogue.cause import Cause, Said
from meetings.verdicts.catalogue.paths import TURN_ERRORS, WHY_UNREACHABLE
from meetings.verdicts.catalogue.waiting import BE_PATIENT, CONNECTION, WAITS, Waited
from meetings.verdicts.verdict import Json
from meetings.verdicts.wording import Wording

__all__ = [
    "BE_PATIENT",
    "CONNECTION",
    "TURN_ERRORS",
    "WAITS",
    "WHY_UNREACHABLE",
    "Cause",
    "Said",
    "Waited",
    "area_of",
    "cause",
    "causes",
    "codes",
    "page_texts",
    "texts",
]

_AREAS: Final = (reaching_us, devices, refused, places, paths, sending, receiving, quality, waiting)
_ALL: Final[dict[str, Cause]] = {key: one for area in _AREAS for key, one in area.CAUSES.items()}


_AREA_OF: Final = {one.code: area.__name__.rpartition(".")[2] for area in _AREAS for one in area.CAUSES.values()}


def area_of(code: str) -> str:
    """The area in which a code stands, such as "devices"; empty for one that stands nowhere."""
    return _AREA_OF.get(code, "")


def cause(key: str) -> Cause:
    """The cause of that `CODE` or `CODE/variant`. KeyError when there is none."""
    return _ALL[key]


def causes() -> list[Cause]:
    """All of them."""
    return list(_ALL.values())


def codes() -> list[str]:
    """All codes, each once."""
    return list(dict.fromkeys(one.code for one in _ALL.values()))


def page_texts() -> dict[str, Json]:
    """`{code: {code, severity, sentence, action, about, source}}` of what only the page itself can find out."""
    return {key: cause(key).verdict(None, None, {}, {}).as_participant_json() for key in ("SITE_UNREACHABLE",)}


def texts() -> list[Wording]:
    """Each text that participants and hosts may be told, and what may go into it: what there are translations of."""
    said = [Wording(text) for one in _ALL.values() for text in (*one.participant, *one.host)]
    waited = [word for one in (*WAITS.values(), CONNECTION) for word in one]
    each = {word.text: word for word in (*said, *waited, *values.ALL)}
    # A place alone is nothing to translate.
    return [word for text, word in each.items() if not text.startswith("{") or " " in text]

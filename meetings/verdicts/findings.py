"""What a rule finds, and which other findings it explains."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from meetings.verdicts import catalogue
from meetings.verdicts.catalogue import values
from meetings.verdicts.known import Facts
from meetings.verdicts.records import Json
from meetings.verdicts.verdict import Verdict
from meetings.verdicts.wording import Wording

# Topics. A finding one of whose topics was explained by a more fundamental finding is left out. The topic of an own
# source is `own:NAME`, that of a direction of the connection its name.
VERSION, CLOCK, SOCKET, JOIN, ROOM, WAIT = "version", "clock", "socket", "join", "room", "wait"
SENT, RECEIVED = "what is sent", "what is received"
UPLINK, DOWNLINK, SERVER, ENCODER = "uplink", "downlink", "server", "encoder"

# What cannot be well while this is not.
BELOW_SEND = (SENT, UPLINK, ENCODER)
BELOW_RECV = (RECEIVED, DOWNLINK)
BELOW_ROOM = (ROOM, "send", "recv", *BELOW_SEND, *BELOW_RECV, SERVER, WAIT)
BELOW_SOCKET = (JOIN, *BELOW_ROOM)


@dataclass(frozen=True, slots=True)
class Finding:
    """A cause of the catalogue (`CODE` or `CODE/variant`) that was found, with its words and what it rests on.

    `about` and `source` are those of `Verdict`.
    """

    key: str
    topics: tuple[str, ...]
    hides: tuple[str, ...] = ()
    about: str | None = None
    source: str | None = None
    words: Mapping[str, object] = field(default_factory=dict)
    evidence: Json = field(default_factory=dict)

    def verdict(self) -> Verdict:
        """The finding in words."""
        return catalogue.cause(self.key).verdict(self.about, self.source, self.words, self.evidence)


def own_words(source: str) -> dict[str, object]:
    """`own`, `mine`, `theirs` and `source` for an own source."""
    return {**values.OWN.get(source, values.OWN["camera"])._asdict(), "source": source}


def their_words(facts: Facts, participant_id: str, source: str) -> dict[str, object]:
    """`who`, `thing`, `about` and `source` for what comes from somebody."""
    return {
        "who": facts.names.get(participant_id) or values.ANOTHER,
        "thing": values.THINGS.get(source, values.THINGS["camera"]),
        "about": participant_id or "somebody",
        "source": source or "something",
    }


def lasting(seconds: float) -> Wording:
    """For how long, so that it stays true while it lasts on: `over 5 seconds`, `over 3 minutes`."""
    if seconds < _LEAST[0]:
        return values.SOME_SECONDS
    if seconds < 60:
        return values.OVER_SECONDS.counting(max(least for least in _LEAST if seconds >= least))
    return values.OVER_MINUTES.counting(int(seconds // 60))


def ago(seconds: float) -> Wording:
    """Since when, likewise: `just now`, `over 5 seconds ago`."""
    return values.JUST_NOW if seconds < _LEAST[0] else values.AGO.with_values(lasting=lasting(seconds))


_LEAST = (5, 10, 20, 30)


def sentence(details: object) -> str:
    """What was told of a case, as the end of a sentence."""
    told = details.strip() if isinstance(details, str) else ""
    return (told if told.endswith(".") else f"{told}.") if told else "no more was told."


def percent(part: float) -> str:
    """`12 %`."""
    return f"{round(part * 100)} %"

"""What one participant may send in a meeting: microphone, camera, screen, and what they write to everybody."""

from dataclasses import asdict, dataclass
from typing import Final

from meetings.models import Meeting, Participant

_ALWAYS: Final = frozenset({Participant.Role.HOST})
# What a meeting lets everybody do is not asked of these.
UNLESS_TOLD: Final = frozenset({Participant.Role.HOST, Participant.Role.CO_HOST, Participant.Role.PRESENTER})
# The producers' sources that a permission is for.
SOURCES: Final = {"microphone": ("mic",), "camera": ("camera",), "screen": ("screen", "screen-audio")}
KINDS: Final[tuple[str, ...]] = ("microphone", "camera", "screen", "chat")


@dataclass(frozen=True, slots=True)
class Sending:
    """What somebody may send."""

    microphone: bool
    camera: bool
    screen: bool
    chat: bool

    def as_json(self) -> dict[str, bool]:
        """The contract's SENDING."""
        return asdict(self)

    @property
    def sources(self) -> list[str]:
        """The sources of producers that are allowed."""
        return [source for kind, sources in SOURCES.items() if getattr(self, kind) for source in sources]


def sending(participant: Participant, meeting: Meeting) -> Sending:
    """What holds for this participant: the host may all; others what was said of them alone, failing that what their
    role may (co-hosts and presenters: all), failing that what the meeting lets everybody do.
    """
    return Sending(**{kind: _may(participant, meeting, kind) for kind in KINDS})


def _may(participant: Participant, meeting: Meeting, kind: str) -> bool:
    if participant.role in _ALWAYS:
        return True
    own: bool | None = getattr(participant, kind)
    if own is not None:
        return own
    return participant.role in UNLESS_TOLD or bool(getattr(meeting, kind))

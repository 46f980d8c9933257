"""What one participant may send in a meeting: microphone, camera, screen, and what they write to everybody."""

from dataclasses import dataclass
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
        # Written out: this is asked of everybody in a meeting whenever somebody comes in.
        return {
            "microphone": self.microphone,
            "camera": self.camera,
            "screen": self.screen,
            "chat": self.chat,
        }

    @property
    def sources(self) -> list[str]:
        """The sources of producers that are allowed."""
        return [source for kind, sources in SOURCES.items() if getattr(self, kind) for source in sources]


_ALL: Final = Sending(*(True for _ in KINDS))


def sending(participant: Participant, meeting: Meeting) -> Sending:
    """What holds for this participant: the host may all; others what was said of them alone, failing that what their
    role may (co-hosts and presenters: all), failing that what the meeting lets everybody do.
    """
    if participant.role in _ALWAYS:
        return _ALL
    by_role = participant.role in UNLESS_TOLD
    said = ((getattr(participant, kind), getattr(meeting, kind)) for kind in KINDS)
    return Sending(*(by_role or everybodys if own is None else own for own, everybodys in said))

"""Signed permissions to open one meeting's socket, for those who have no session with us."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core import signing

from meetings.protocol.codes import Refusal

SALT = "meetings.ticket"
# Long enough to open a socket after asking, not to be handed around.
JOIN_SECONDS = 300
# The host may come back for as long as a working day.
HOST_SECONDS = 12 * 3600


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket says. `role` is what its bearer gets in `meeting`; `admitted` tells that they need
    not wait to be let in; the rest is whom it was made out to.
    """

    meeting: UUID
    role: str
    display_name: str = ""
    guest: str = ""
    user_id: int | None = None
    admitted: bool = False

    def signed(self, seconds: int) -> str:
        """The ticket as text, good for `seconds`."""
        content: dict[str, Any] = {"m": self.meeting.hex, "r": self.role, "s": seconds}
        if self.display_name:
            content["n"] = self.display_name
        if self.guest:
            content["g"] = self.guest
        if self.user_id is not None:
            content["u"] = self.user_id
        if self.admitted:
            content["a"] = 1
        return signing.dumps(content, salt=SALT, compress=True)


def read_ticket(text: str) -> Ticket:
    """The ticket in `text`. Raises Refusal NOT_AUTHENTICATED when we did not sign it or its time is over."""
    try:
        content = signing.loads(text, salt=SALT)
        # How long it is good for is in the ticket, so the signature is read once without a limit and once with it.
        content = signing.loads(text, salt=SALT, max_age=content["s"])
        return Ticket(
            meeting=UUID(content["m"]),
            role=content["r"],
            display_name=content.get("n", ""),
            guest=content.get("g", ""),
            user_id=content.get("u"),
            admitted=bool(content.get("a")),
        )
    except signing.SignatureExpired:
        raise Refusal("NOT_AUTHENTICATED", "The ticket has expired; ask for another.") from None
    except (signing.BadSignature, KeyError, ValueError, TypeError):
        raise Refusal("NOT_AUTHENTICATED", "The ticket is not one of ours.") from None

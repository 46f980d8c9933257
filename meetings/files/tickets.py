"""Signed permissions to send and get files for a moment as one participant, for whoever speaks through their socket."""

from typing import Final
from uuid import UUID

from django.core import signing

from meetings.protocol.codes import Refusal

SECONDS: Final = 120
_SALT: Final = "meetings.files"


def file_ticket(participant_id: UUID) -> str:
    """A ticket that is good for `SECONDS`."""
    return signing.dumps(participant_id.hex, salt=_SALT)


def read_file_ticket(text: str) -> UUID:
    """Whose ticket it is. Raises Refusal NOT_AUTHENTICATED when we did not sign it or its time is over."""
    try:
        return UUID(signing.loads(text, salt=_SALT, max_age=SECONDS))
    except signing.BadSignature:
        raise Refusal("NOT_AUTHENTICATED", "The ticket is not one of ours, or its time is over.") from None

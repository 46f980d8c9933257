"""One person as one voter: the same in all their windows."""

from uuid import UUID

from django.utils.crypto import salted_hmac

from meetings.models import Participant


def voter_of(participant: Participant, what: UUID) -> str:
    """Who this is in the vote on `what`: a hash of the account, or of the guest's identity, or of the stay alone where
    there is neither, keyed with the site's secret.

    The same person is another voter in another vote. Whoever has the rows alone cannot tell who it is; whoever has the
    key too can, by trying everybody.
    """
    return salted_hmac(f"meetings.voter {what}", _identity(participant), algorithm="sha256").hexdigest()


def _identity(participant: Participant) -> str:
    if participant.user_id is not None:
        return f"account {participant.user_id}"
    if participant.guest:
        return f"guest {participant.guest}"
    return f"stay {participant.id}"

"""One person as one voter: the same in all their windows, and the same when they sign in."""

from uuid import UUID

from django.utils.crypto import salted_hmac

from meetings.models import Participant


def voter_of(participant: Participant, what: UUID) -> str:
    """Who this is in the vote on `what`: a hash of the account, or of the guest's identity, or of the stay alone where
    there is neither, keyed with the site's secret.

    The same person is another voter in another vote. Whoever has the rows alone cannot tell who it is; whoever has the
    key too can, by trying everybody.
    """
    if participant.user_id is not None:
        return account_voter(participant.user_id, what)
    if participant.guest:
        return guest_voter(participant.guest, what)
    return _hash(f"stay {participant.id}", what)


def account_voter(user_id: int, what: UUID) -> str:
    """Who this account is in the vote on `what`."""
    return _hash(f"account {user_id}", what)


def guest_voter(guest: str, what: UUID) -> str:
    """Who the guest of this key is in the vote on `what`."""
    return _hash(f"guest {guest}", what)


def _hash(who: str, what: UUID) -> str:
    return salted_hmac(f"meetings.voter {what}", who, algorithm="sha256").hexdigest()

"""Invite people to make an account, and take in those who accept."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from meetings.models import Invitation, Membership
from meetings.protocol.codes import Refusal


def make_out(invitation: Invitation) -> str:
    """Save the invitation; the token of its link, which nobody can read anywhere later."""
    token = secrets.token_urlsafe(24)
    invitation.token_hash = _hash(token)
    invitation.expires_at = timezone.now() + timedelta(days=settings.INVITATION_DAYS)
    invitation.save()
    return token


def find_invitation(token: str) -> Invitation | None:
    """The invitation of this link, as long as it can be accepted."""
    found = Invitation.objects.select_related("organisation").filter(token_hash=_hash(token)).first()
    return found if found is not None and found.is_open else None


def accept(invitation_id: int, user: User) -> None:
    """`user` belongs to the organisation of the invitation, if it has one. Of many who accept at once, one does.

    Raises Refusal NOT_ALLOWED where it is over, or they belong to another organisation.
    """
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update().filter(id=invitation_id).first()
        if invitation is None or not invitation.is_open:
            raise Refusal("NOT_ALLOWED", "This invitation was used already, or its time is over.")
        if invitation.organisation_id is not None:
            there = Membership.objects.filter(user=user).first()
            if there is not None and there.organisation_id != invitation.organisation_id:
                raise Refusal("NOT_ALLOWED", "This account belongs to another organisation.")
            if there is None:
                Membership.objects.create(user=user, organisation_id=invitation.organisation_id, role=invitation.role)
        invitation.accepted_at, invitation.accepted_by = timezone.now(), user
        invitation.save(update_fields=["accepted_at", "accepted_by"])


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""Make a token, take it back, and know whose one is."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from meetings import access
from meetings.identity import Person
from meetings.models import ApiToken
from meetings.protocol.codes import Refusal

MOST = 50
# So that whoever finds one knows what it is.
MARK = "kcs_"
# How exactly it is known when a token was used last.
_USED_SECONDS = 60


def make_token(
    person: Person, name: str, scopes: Sequence[str], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A token of this person's, and its text, which nobody learns again. Raises Refusal NOT_AUTHENTICATED for guests,
    and NOT_ALLOWED for more than MOST.
    """
    if refusal := access.keep_tokens(has_account=person.user_id is not None):
        raise refusal
    assert person.user_id is not None, "access.keep_tokens refuses guests"
    text = MARK + secrets.token_urlsafe(32)
    with transaction.atomic():
        # Locked, so that of many who make their last one at once one does.
        get_user_model().objects.select_for_update().get(pk=person.user_id)
        if tokens_of(person).count() >= MOST:
            raise Refusal("NOT_ALLOWED", f"Nobody has more than {MOST} tokens; take one back first.")
        token = ApiToken.objects.create(
            user_id=person.user_id,
            name=name,
            scopes=sorted(set(scopes)),
            digest=_digest(text),
            created_at=timezone.now(),
            expires_at=expires_at,
        )
    return token, text


def take_back(person: Person, token_id: UUID) -> None:
    """Nobody gets in with it any more. Raises Refusal NOT_FOUND when this person has none of this id."""
    if not tokens_of(person).filter(id=token_id).delete()[0]:
        raise Refusal("NOT_FOUND", "You have no token of this id.")


def tokens_of(person: Person) -> QuerySet[ApiToken]:
    """Those of this person."""
    return ApiToken.objects.filter(user_id=person.user_id) if person.user_id is not None else ApiToken.objects.none()


def token_of(text: str) -> ApiToken | None:
    """The token whose text this is, with its account, if it is good; it is noted that it was used."""
    now = timezone.now()
    good = ApiToken.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), digest=_digest(text))
    token = good.select_related("user").filter(user__is_active=True).first()
    if token is not None and (token.used_at is None or token.used_at < now - timedelta(seconds=_USED_SECONDS)):
        ApiToken.objects.filter(id=token.id).update(used_at=now)
    return token


def _digest(text: str) -> str:
    # Random as it is, nobody guesses it: the digest needs no salt and may be looked up.
    return sha256(text.encode()).hexdigest()

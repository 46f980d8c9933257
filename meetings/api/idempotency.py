"""Requests that make something and may be sent again: whoever sends one twice gets one thing and the same answer."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.request import Request

from meetings.identity import Person
from meetings.models import IdempotencyKey
from meetings.protocol.codes import Refusal

KEPT: Final = timedelta(hours=24)
HEADER: Final = "Idempotency-Key"

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def once(request: Request, person: Person, body: dict[str, Any], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `make` answers; where this person sent a request of the same key before, what was answered to that.

    Of requests that come at once one makes it and the others wait. Raises Refusal KEY_REUSED when the other one asked
    for something else, and BAD_REQUEST for a key that is none or belongs to nobody who could be known again.
    """
    if HEADER not in request.headers:
        return make()
    key, whose = request.headers[HEADER], _known_as(person)
    if not _KEY.fullmatch(key):
        raise Refusal("BAD_REQUEST", f"{HEADER} must be 1 to 255 characters without spaces.")
    digest = sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    now = timezone.now()
    with transaction.atomic():
        IdempotencyKey.objects.filter(person=whose, key=key, created_at__lt=now - KEPT).delete()
        try:
            with transaction.atomic():
                # The second of two waits here until the first has made it, or has failed to.
                mine = IdempotencyKey.objects.create(person=whose, key=key, body=digest, created_at=now)
        except IntegrityError:
            before = IdempotencyKey.objects.get(person=whose, key=key)
        else:
            made = make()
            mine.answer = made
            mine.save(update_fields=["answer"])
            return made
    if before.body != digest:
        raise Refusal("KEY_REUSED", "The request of this key asked for something else.")
    answer: dict[str, Any] = before.answer
    return answer


def purge_keys() -> int:
    """Delete those whose time is over. How many."""
    return IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]


def _known_as(person: Person) -> str:
    if person.user_id is not None:
        return f"account {person.user_id}"
    if person.guest:
        return f"guest {person.guest}"
    raise Refusal("BAD_REQUEST", f"{HEADER} needs an account or a session by which you are known again.")

"""Make a webhook, change it, take it back, and try it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from meetings import access
from meetings.identity import Person
from meetings.models import Membership, Webhook, WebhookDelivery
from meetings.models.webhook import new_secret
from meetings.protocol.codes import Refusal
from meetings.webhooks.events import UNLESS_TOLD
from meetings.webhooks.reaching import may_name
from meetings.webhooks.sending import drop_due
from meetings.webhooks.telling import tell_test

MOST: Final = 20
# How long the secret before is good beside a new one.
ROTATION: Final = timedelta(hours=24)
# Tests of one webhook that may wait to be sent.
MOST_TESTS: Final = 5


def webhooks_of(person: Person) -> QuerySet[Webhook]:
    """Those of this person. Raises Refusal NOT_AUTHENTICATED for guests."""
    return Webhook.objects.filter(owner_id=_account(person))


def find_webhook(person: Person, webhook_id: UUID | None) -> Webhook:
    """The one of this id. Raises Refusal NOT_FOUND, also where it is somebody else's; and as `webhooks_of`."""
    mine = webhooks_of(person)
    hook = None if webhook_id is None else mine.filter(id=webhook_id).first()
    if hook is None:
        raise Refusal("NOT_FOUND", "You have no webhook of this id.")
    return hook


def make_webhook(
    person: Person,
    url: str,
    events: Sequence[str] | None = None,
    *,
    active: bool = True,
    for_organisation: bool = False,
) -> Webhook:
    """A webhook of this person's; with its `secret`, which is told nowhere else. It is told all but what people write,
    where nothing else is said.

    Raises Refusal NOT_ALLOWED for an address that nothing is sent to, for more than MOST, or for an organisation that
    this person does not run; and as `webhooks_of`.
    """
    account = _account(person)
    _judge(url)
    organisation = None
    if for_organisation:
        run = Membership.objects.filter(user_id=account, role=Membership.Role.ADMIN)
        organisation = run.values_list("organisation_id", flat=True).first()
        if refusal := access.hear_of_all(runs_organisation=organisation is not None):
            raise refusal
    with transaction.atomic():
        # Locked, so that of many who make their last one at once one does.
        owner = get_user_model().objects.select_for_update().get(pk=account)
        if webhooks_of(person).count() >= MOST:
            raise Refusal("NOT_ALLOWED", f"Nobody has more than {MOST} webhooks; take one back first.")
        wanted = sorted(set(UNLESS_TOLD if events is None else events))
        return Webhook.objects.create(owner=owner, organisation_id=organisation, url=url, events=wanted, active=active)


def change_webhook(hook: Webhook, columns: dict[str, Any]) -> None:
    """Change where it is, what it hears of, and whether. Turned on, it begins anew. Raises Refusal NOT_ALLOWED."""
    if "url" in columns:
        _judge(columns["url"])
    with transaction.atomic():
        for name, value in columns.items():
            setattr(hook, name, sorted(set(value)) if name == "events" else value)
        if "active" in columns:
            hook.failing_since = hook.disabled_at = None
            hook.disabled_because = ""
            if not hook.active:
                drop_due(hook)
        hook.save()


def rotate_secret(hook: Webhook) -> None:
    """Give it another secret. What is told is signed with the one before as well, for as long as ROTATION."""
    hook.previous_secret, hook.previous_until = hook.secret, timezone.now() + ROTATION
    hook.secret = new_secret()
    hook.save(update_fields=["secret", "previous_secret", "previous_until"])


def try_webhook(hook: Webhook) -> WebhookDelivery:
    """Have it told `webhook.test`, once and without trying again. Raises Refusal RATE_LIMITED while many wait."""
    waiting = hook.deliveries.filter(state=WebhookDelivery.State.DUE, meeting=None)
    if waiting.count() >= MOST_TESTS:
        raise Refusal("RATE_LIMITED", "Other tests of it are on their way.", retryAfter=10)
    return tell_test(hook)


def _account(person: Person) -> int:
    if refusal := access.keep_webhooks(has_account=person.user_id is not None):
        raise refusal
    assert person.user_id is not None, "access.keep_webhooks refuses guests"
    return person.user_id


def _judge(url: str) -> None:
    if not may_name(urlsplit(url).hostname or ""):
        raise Refusal("NOT_ALLOWED", "Webhooks are not sent to addresses of this machine and its networks.")

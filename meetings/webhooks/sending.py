"""Sending what is due. Whoever runs this keeps the rows; threads of its own only wait for other people's servers."""

import json
import logging
import queue
import random
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException
from time import monotonic
from typing import Final
from uuid import UUID

from django.core.cache import cache
from django.core.mail import send_mail
from django.db import connection as database
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop

from meetings.languages.of_account import language_of
from meetings.models import Webhook, WebhookDelivery
from meetings.webhooks import signing
from meetings.webhooks.events import TEST
from meetings.webhooks.posting import ALL_SECONDS, Outcome, post

log = logging.getLogger(__name__)

_STATE = WebhookDelivery.State
# How many servers are waited for at once; each webhook has one request under way, so that none takes more than one.
AT_ONCE: Final = 16
# A run begins nothing new after this; the next one does.
RUN_SECONDS: Final = 10.0
# Between looks for what has become due meanwhile.
LOOK_SECONDS: Final = 0.25
# After the first try; twice that after the second, and so on up to the longest.
FIRST_PATIENCE: Final = timedelta(seconds=10)
LONGEST_PATIENCE: Final = timedelta(hours=6)
MOST_TRIES: Final = 16
# Whoever takes nothing for so long is told nothing any more.
GIVE_UP_AFTER: Final = timedelta(days=3)
GONE: Final = 410
_ONE_AT_A_TIME: Final = "webhooks-being-sent"


@dataclass(frozen=True, slots=True)
class _Answered:
    delivery: WebhookDelivery
    outcome: Outcome


def send_due() -> int:
    """Send what is due, and what becomes due meanwhile, for RUN_SECONDS at most or soon after. How many were taken.

    One run at a time: beside another one it does nothing. Where two run all the same, each delivery is sent by one.
    """
    # Kept no longer than a run can take, for one that died does not give it back.
    if not cache.add(_ONE_AT_A_TIME, True, RUN_SECONDS + 3 * ALL_SECONDS):
        return 0
    try:
        return _run()
    finally:
        cache.delete(_ONE_AT_A_TIME)


def patience_after(tries: int) -> timedelta:
    """How long to wait after so many tries, give or take a tenth, so that those who failed at once do not come back at
    once.
    """
    doubled = min(FIRST_PATIENCE * (1 << min(tries - 1, 20)), LONGEST_PATIENCE)
    return doubled * random.uniform(0.9, 1.1)  # no secret


def _run() -> int:
    answers: queue.SimpleQueue[_Answered] = queue.SimpleQueue()
    busy: set[UUID] = set()
    taken, ends = 0, monotonic() + RUN_SECONDS
    while True:
        while len(busy) < AT_ONCE and monotonic() < ends:
            delivery = _claim(timezone.now(), busy)
            if delivery is None:
                break
            busy.add(delivery.webhook_id)
            _begin(delivery, answers)
        if not busy:
            return taken
        try:
            answered = answers.get(timeout=LOOK_SECONDS)
        except queue.Empty:
            continue
        busy.discard(answered.delivery.webhook_id)
        _note(answered.delivery, answered.outcome)
        taken += answered.outcome.taken


def _claim(now: datetime, busy: set[UUID]) -> WebhookDelivery | None:
    """The next that is due, put off until the try after this one: whoever dies over it has not lost it."""
    with transaction.atomic():
        wanted = Q(webhook__active=True) | Q(event=TEST)
        due = WebhookDelivery.objects.filter(wanted, state=_STATE.DUE, due_at__lte=now).exclude(webhook__in=busy)
        skip = database.features.has_select_for_update_skip_locked
        delivery = due.select_for_update(skip_locked=skip, of=("self",)).order_by("due_at", "created_at").first()
        if delivery is None:
            return None
        delivery.tries += 1
        delivery.tried_at = now
        delivery.due_at = now + max(patience_after(delivery.tries), timedelta(seconds=3 * ALL_SECONDS))
        delivery.save(update_fields=["tries", "tried_at", "due_at"])
    return WebhookDelivery.objects.select_related("webhook__owner").get(id=delivery.id)


def _begin(delivery: WebhookDelivery, answers: "queue.SimpleQueue[_Answered]") -> None:
    hook, now = delivery.webhook, timezone.now()
    body = json.dumps(delivery.payload, separators=(",", ":")).encode()
    timestamp = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "KCS-Meet",
        "Connection": "close",
        signing.ID: str(delivery.id),
        signing.EVENT: delivery.event,
        signing.TIMESTAMP: str(timestamp),
        signing.SIGNATURE: signing.sign(_secrets(hook, now), timestamp, body),
    }

    def ask() -> None:
        outcome = Outcome(error="it was not sent")
        try:
            outcome = post(hook.url, body, headers)
        finally:
            answers.put(_Answered(delivery, outcome))

    # A daemon: a server that hangs keeps no process from stopping.
    threading.Thread(target=ask, name=f"webhook {hook.id}", daemon=True).start()


def _secrets(hook: Webhook, now: datetime) -> list[str]:
    before = hook.previous_until is not None and now < hook.previous_until
    return [hook.secret, *([hook.previous_secret] if before else [])]


def _note(delivery: WebhookDelivery, outcome: Outcome) -> None:
    now = timezone.now()
    if outcome.taken:
        delivery.state = _STATE.SENT
    elif delivery.tries >= MOST_TRIES or delivery.event == TEST:
        delivery.state = _STATE.FAILED
    else:
        wanted = min(timedelta(seconds=outcome.retry_after or 0), LONGEST_PATIENCE)
        delivery.due_at = now + max(patience_after(delivery.tries), wanted)
    delivery.status_code, delivery.response, delivery.error = outcome.status, outcome.excerpt, outcome.error
    with transaction.atomic():
        # What was dropped meanwhile stays dropped.
        still = WebhookDelivery.objects.filter(id=delivery.id, state=_STATE.DUE)
        still.update(
            state=delivery.state,
            due_at=delivery.due_at,
            status_code=delivery.status_code,
            response=delivery.response,
            error=delivery.error,
        )
    if outcome.taken:
        Webhook.objects.filter(id=delivery.webhook_id, failing_since__isnull=False).update(failing_since=None)
    elif delivery.event != TEST:
        log.info("Webhook %s did not take %s: %s", delivery.webhook_id, delivery.id, outcome.status or outcome.error)
        _note_failing(delivery.webhook, outcome, now)


def _note_failing(hook: Webhook, outcome: Outcome, now: datetime) -> None:
    rows = Webhook.objects.filter(id=hook.id, active=True)
    rows.filter(failing_since=None).update(failing_since=now)
    if outcome.status == GONE:
        _disable(hook, gettext_noop("It answered 410: it is gone."), Q(), now)
    else:
        silent = gettext_noop("It took nothing for %(days)d days.")
        _disable(hook, silent, Q(failing_since__lte=now - GIVE_UP_AFTER), now)


def _disable(hook: Webhook, reason: str, only: Q, now: datetime) -> None:
    """Tell it nothing any more, if `only` holds, and its owner why, in their language."""
    values = {"days": GIVE_UP_AFTER.days}
    why = reason % values
    with transaction.atomic():
        rows = Webhook.objects.filter(only, id=hook.id, active=True)
        if not rows.update(active=False, disabled_at=now, disabled_because=why):
            return
        drop_due(hook)
    log.warning("Webhook %s is told nothing any more: %s", hook.id, why)
    if not hook.owner.email:
        return
    with translation.override(language_of(hook.owner)):
        context = {"webhook": hook, "id": str(hook.id), "why": gettext(reason) % values}
        subject, words = gettext("A webhook was turned off"), render_to_string("mail/webhook_disabled.txt", context)
    try:
        send_mail(subject, words, None, [hook.owner.email])
    except (OSError, SMTPException) as error:
        log.error("The owner of webhook %s could not be told: %s", hook.id, error)


def drop_due(hook: Webhook) -> None:
    """What is due for it is not needed any more."""
    hook.deliveries.filter(state=_STATE.DUE).exclude(event=TEST).update(state=_STATE.DROPPED)

"""Sending what is due: each mail once, again where that failed for the moment; its row says what became of it."""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Final

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from meetings.mail.writing import write_mail
from meetings.models import Delivery

log = logging.getLogger(__name__)

_STATE = Delivery.State
AT_ONCE: Final = 200
# Until the next try, after each.
PATIENCE: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))


class _ServerAway(Exception):
    """The mail server cannot be reached, or takes nothing from us."""


def send_due(now: datetime | None = None) -> int:
    """Send what is due, over one connection to the mail server. How many were sent. Harmless from several processes
    at once.
    """
    sent = 0
    server = get_connection(fail_silently=False)
    try:
        for _ in range(AT_ONCE):
            delivery = _claim(now or timezone.now())
            if delivery is None:
                break
            try:
                sent += _send(delivery, server)
            except _ServerAway as away:
                log.warning("Mail waits, as the mail server does not take any: %s", away)
                break
    finally:
        server.close()
    return sent


def _claim(now: datetime) -> Delivery | None:
    """The next that is due, put off until the try after this one: whoever dies over it has not lost it."""
    with transaction.atomic():
        due = Delivery.objects.filter(state=_STATE.DUE, due_at__lte=now).order_by("due_at")
        locked = due.select_for_update(skip_locked=database.features.has_select_for_update_skip_locked)
        delivery = locked.first()
        if delivery is None:
            return None
        delivery.due_at = now + PATIENCE[min(delivery.tries, len(PATIENCE) - 1)]
        delivery.tries += 1
        delivery.save(update_fields=["due_at", "tries"])
    return Delivery.objects.select_related("invitee__meeting__host_user", "schedule", "occurrence").get(pk=delivery.pk)


def _send(delivery: Delivery, server: BaseEmailBackend) -> bool:
    try:
        mail = write_mail(delivery)
        if mail is None:
            _note(delivery, _STATE.DROPPED)
            return False
        mail.connection = server
        mail.send()
    except (SMTPRecipientsRefused, SMTPDataError) as error:
        _failed(delivery, error, final=_is_final(error))
        return False
    except OSError as error:
        # Not because of this mail: the next one would fare no better.
        _failed(delivery, error)
        raise _ServerAway(str(error)) from error
    except Exception as error:
        # A mail that cannot be written must not keep others from being sent.
        log.exception("Mail %s could not be written", delivery.id)
        _failed(delivery, error)
        return False
    _note(delivery, _STATE.SENT)
    return True


def _failed(delivery: Delivery, error: Exception, *, final: bool = False) -> None:
    final = final or delivery.tries > len(PATIENCE)
    log.warning("Mail %s was not sent%s: %s", delivery.id, ", for good" if final else "", error)
    _note(delivery, _STATE.FAILED if final else _STATE.DUE, f"{type(error).__name__}: {error}")


def _note(delivery: Delivery, state: Delivery.State, error: str = "") -> None:
    delivery.state, delivery.error = state, error[:300]
    delivery.sent_at = timezone.now() if state == _STATE.SENT else None
    delivery.save(update_fields=["state", "error", "sent_at"])


def _is_final(error: SMTPRecipientsRefused | SMTPDataError) -> bool:
    """Whether the server will say no again (RFC 5321, 4.2.1)."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return error.smtp_code >= 500

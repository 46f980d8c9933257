"""What mail says, written from the rows as they are now."""

from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from meetings.calendars.event import Event
from meetings.calendars.writing import Method, write_calendar
from meetings.links import public, site_url
from meetings.models import Delivery, Invitee, Meeting, Occurrence, Profile
from meetings.planning.telling import deviation_of, event_of, host_name

_KIND = Delivery.Kind


def write_mail(delivery: Delivery) -> EmailMultiAlternatives | None:
    """The mail, in the language and to the time zone of whom it is for; None when there is nothing to say any more."""
    invitee, meeting = delivery.invitee, delivery.invitee.meeting
    if _is_idle(delivery, meeting):
        return None
    profile = Profile.objects.filter(user__email__iexact=invitee.email).first() or Profile()
    when = delivery.occurrence or _next(delivery)
    with translation.override(profile.language or settings.LANGUAGE_CODE), timezone.override(_zone(delivery, profile)):
        context: dict[str, Any] = {
            "kind": delivery.kind,
            "meeting": meeting,
            "title": when.title if when is not None and when.title else meeting.title,
            "when": when,
            "zone": timezone.get_current_timezone_name(),
            "schedule": delivery.schedule,
            "one_of_many": delivery.occurrence is not None and bool(delivery.schedule and delivery.schedule.rule),
            "host": host_name(meeting),
            "invitee": invitee,
            "link": public(reverse("invitation", args=[invitee.key])),
            "site": site_url(),
        }
        # A line break in a title must not become a header.
        subject = " ".join(render_to_string("mail/subject.txt", context).split())
        mail = EmailMultiAlternatives(
            subject[:200],
            render_to_string("mail/message.txt", context),
            formataddr((context["host"], parseaddr(settings.DEFAULT_FROM_EMAIL)[1])) if context["host"] else None,
            [invitee.email],
            headers={
                # The same for each try, by which who got it twice shows it once.
                "Message-ID": f"<{delivery.id}@{urlsplit(site_url()).hostname}>",
                "Auto-Submitted": "auto-generated",
            },
        )
        mail.attach_alternative(render_to_string("mail/message.html", context), "text/html")
    if delivery.schedule is not None and delivery.kind != _KIND.REMINDER:
        method, content = _calendar(delivery, event_of(delivery.schedule, url=context["link"], invitee=invitee))
        mail.attach("invite.ics", content.decode(), f"text/calendar; method={method}; charset=utf-8")
    return mail


def _calendar(delivery: Delivery, event: Event) -> tuple[Method, bytes]:
    method: Method = "CANCEL" if delivery.kind == _KIND.CANCELLATION else "REQUEST"
    only = None if delivery.occurrence is None else deviation_of(delivery.occurrence)
    # One that comes again after all is told of with the whole, from which it had been left out.
    return method, write_calendar([event], method, only=only if method == "CANCEL" else None)


def _is_idle(delivery: Delivery, meeting: Meeting) -> bool:
    if delivery.kind == _KIND.CANCELLATION:
        return False
    gone = meeting.state == Meeting.State.CANCELLED or delivery.invitee.uninvited_at is not None
    match delivery.kind:
        case _KIND.REMINDER:
            one = delivery.occurrence
            late = one is None or one.cancelled or one.starts_at <= timezone.now()
            return gone or late or delivery.invitee.answer == Invitee.Answer.DECLINED
        case _:
            return gone


def _next(delivery: Delivery) -> Occurrence | None:
    if delivery.schedule is None:
        return None
    rows = delivery.schedule.occurrences
    to_come = rows.filter(ends_at__gt=timezone.now())
    return to_come.filter(cancelled=False).first() or to_come.first() or rows.last()


def _zone(delivery: Delivery, profile: Profile) -> ZoneInfo:
    name = profile.time_zone or (delivery.schedule.zone if delivery.schedule is not None else "UTC")
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError):
        return ZoneInfo("UTC")

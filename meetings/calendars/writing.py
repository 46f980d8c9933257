"""Calendar files: RFC 5545, and RFC 5546 where a `method` says what is asked of the receiver."""

from collections.abc import Iterable
from datetime import UTC
from typing import Literal

from icalendar import Calendar, vCalAddress, vRecur, vText
from icalendar import Event as Component

from meetings.calendars.event import Deviation, Event, Person
from meetings.calendars.recurrence import Pattern, in_utc

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]
PRODUCT = "-//KCS Meet//EN"


def write_calendar(
    events: Iterable[Event], method: Method = "PUBLISH", *, only: Deviation | None = None, name: str = ""
) -> bytes:
    """A file of these events, with the time zones that they need. With `only`, of that one occurrence of theirs."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
    for event in events:
        if only is not None:
            calendar.add_component(_deviating(event, only, method))
            continue
        calendar.add_component(_whole(event, method))
        for deviation in event.deviations:
            # What is cancelled is left out of the whole.
            if not (deviation.cancelled or event.cancelled):
                calendar.add_component(_deviating(event, deviation, method))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _whole(event: Event, method: Method) -> Component:
    pattern = event.plan.pattern
    component = _component(event, event.title, method, cancelled=event.cancelled)
    starts = pattern.first.replace(tzinfo=pattern.zone)
    component.add("dtstart", starts)
    component.add("duration", event.plan.length)
    if pattern.rule:
        component.add("rrule", vRecur.from_ical(_with_utc_end(pattern)))
        gone = [one.original.astimezone(pattern.zone) for one in event.deviations if one.cancelled]
        if gone and not event.cancelled:
            component.add("exdate", gone)
    return component


def _deviating(event: Event, deviation: Deviation, method: Method) -> Component:
    zone = event.plan.pattern.zone
    component = _component(event, deviation.title or event.title, method, cancelled=deviation.cancelled)
    if event.plan.pattern.rule:
        component.add("recurrence-id", deviation.original.astimezone(zone))
    component.add("dtstart", deviation.starts_at.astimezone(zone))
    component.add("dtend", deviation.ends_at.astimezone(zone))
    return component


def _component(event: Event, title: str, method: Method, *, cancelled: bool) -> Component:
    component = Component()
    component.add("uid", event.uid)
    component.add("sequence", event.sequence)
    component.add("dtstamp", event.changed_at.astimezone(UTC))
    component.add("summary", title)
    if event.description:
        component.add("description", event.description)
    component.add("url", event.url)
    component.add("location", event.url)
    component.add("status", "CANCELLED" if cancelled or method == "CANCEL" else "CONFIRMED")
    component.add("organizer", _address(event.organiser), encode=False)
    for person in event.attendees:
        address = _address(person)
        address.params["role"] = vText("REQ-PARTICIPANT")
        address.params["partstat"] = vText(person.status)
        if method == "REQUEST":
            address.params["rsvp"] = vText("TRUE")
        component.add("attendee", address, encode=False)
    return component


def _address(person: Person) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    if person.name:
        address.params["cn"] = vText(person.name)
    return address


def _with_utc_end(pattern: Pattern) -> str:
    """The rule with its end in UTC, as is asked where the beginning has a zone (3.3.10)."""
    if pattern.ends is None:
        return pattern.rule
    parts = [part for part in pattern.rule.split(";") if not part.startswith("UNTIL=")]
    return ";".join([*parts, f"UNTIL={in_utc(pattern.ends, pattern.zone):%Y%m%dT%H%M%SZ}"])

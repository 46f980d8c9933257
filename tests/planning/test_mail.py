"""Mail to those who are invited: what is due, what it says, and that it is sent once."""

from __future__ import annotations

import re
import socket
from datetime import timedelta
from smtplib import SMTPAuthenticationError, SMTPDataError, SMTPRecipientsRefused
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone, translation
from icalendar import Calendar

from meetings.actions import change
from meetings.actions.change import change as change_meeting
from meetings.actions.end import end_meeting
from meetings.identity import Person
from meetings.mail.due import remind
from meetings.mail.purge import purge_deliveries
from meetings.mail.sending import PATIENCE, send_due
from meetings.models import Delivery, Invitee, Meeting, Profile
from meetings.planning.invitees import Wanted, answer, invite_people, uninvite
from meetings.planning.plan import (
    cancel_following,
    cancel_occurrence,
    move_occurrence,
    plan_following,
    plan_meeting,
    restore_occurrence,
)
from meetings.protocol.codes import Refusal

from .conftest import next_monday, once, weekly

PUPILS = [Wanted("Eve@Example.org", "Eve"), Wanted("finn@example.org", "Finn")]
HOUR = timedelta(hours=1)


@pytest.fixture
def invited(meeting: Meeting, alice: Person) -> Meeting:
    """A weekly class of four, and two pupils who have their invitations."""
    plan_meeting(meeting.id, weekly(), by=alice)
    invite_people(meeting.id, PUPILS, by=alice)
    assert send_due() == 2
    mail.outbox.clear()
    return meeting


def sent(to: str = "eve@example.org") -> mail.EmailMessage:
    """The one mail that went there."""
    assert send_due()
    [one] = [one for one in mail.outbox if one.to == [to]]
    return one


def calendar_in(message: mail.EmailMessage) -> Any:
    [(name, content, kind)] = message.attachments
    assert name == "invite.ics"
    assert kind.startswith("text/calendar; method=")
    calendar = Calendar.from_ical(content)
    assert f"method={calendar['method']};" in kind
    return calendar


def events_in(message: mail.EmailMessage) -> list[Any]:
    return list(calendar_in(message).walk("VEVENT"))


def test_an_invitation(meeting: Meeting, alice: Person) -> None:
    change_meeting(meeting.id, {"description": "Bring a <pen>."}, by=alice)
    plan_meeting(meeting.id, weekly(), by=alice)
    invite_people(meeting.id, PUPILS, by=alice)
    message = sent()
    assert message.subject.startswith("Invitation: Algebra, Mon ")
    assert message.from_email == "Alice Ames <meet@example.org>"
    eve = Invitee.objects.get(email="eve@example.org")
    html = str(message.alternatives[0][0])  # type: ignore[attr-defined]
    for text in (message.body, html):
        assert f"https://meet.example.org/i/{eve.key}/" in text
        assert "09:00\u201310:00" in text
        assert "Europe/Berlin" in text
        assert "Every week, 4 times" in text
        assert "Alice Ames invites you" in text
    assert "Bring a <pen>." in message.body
    assert "Bring a &lt;pen&gt;." in html
    [event] = events_in(message)
    assert calendar_in(message)["method"] == "REQUEST"
    assert event["uid"] == f"{meeting.schedules.get().id}@kcs-meet"
    assert event.decoded("dtstart") == next_monday().replace(tzinfo=ZoneInfo("Europe/Berlin"))
    assert event["dtstart"].params["TZID"] == "Europe/Berlin"
    assert dict(event["rrule"]) == {"FREQ": ["WEEKLY"], "COUNT": [4]}
    assert str(event["organizer"]) == "mailto:meet@example.org"
    assert str(event["attendee"]) == "mailto:eve@example.org"
    assert (event["attendee"].params["PARTSTAT"], event["attendee"].params["RSVP"]) == ("NEEDS-ACTION", "TRUE")
    assert [str(zone["tzid"]) for zone in calendar_in(message).walk("VTIMEZONE")] == ["Europe/Berlin"]


def test_to_the_time_zone_of_whom_it_is_for(meeting: Meeting, alice: Person) -> None:
    user = User.objects.create_user("eve", "eve@example.org")
    Profile.objects.create(user=user, time_zone="Asia/Kolkata")
    plan_meeting(meeting.id, weekly(), by=alice)
    invite_people(meeting.id, PUPILS, by=alice)
    assert "(Asia/Kolkata)" in sent().body
    assert "(Europe/Berlin)" in next(one for one in mail.outbox if one.to == ["finn@example.org"]).body


def test_in_the_language_of_whom_it_is_for(meeting: Meeting, alice: Person) -> None:
    user = User.objects.create_user("eve", "eve@example.org")
    Profile.objects.create(user=user, language="ar")
    plan_meeting(meeting.id, weekly(), by=alice)
    invite_people(meeting.id, PUPILS, by=alice)
    with translation.override("de"):
        hers = sent()
    theirs = next(one for one in mail.outbox if one.to == ["finn@example.org"])
    assert hers.subject.startswith("دعوة: Algebra")
    assert "يدعوك Alice Ames إلى اجتماع." in hers.body
    assert theirs.subject.startswith("Invitation: Algebra")
    assert "Alice Ames invites you to a meeting." in theirs.body
    assert not re.search("[\u0600-\u06ff]", str(theirs.body)), "one mail's language is not the next one's"


def test_without_a_schedule_it_is_a_link(meeting: Meeting, alice: Person) -> None:
    invite_people(meeting.id, PUPILS, by=alice)
    message = sent()
    assert message.subject == "Invitation: Algebra"
    assert not message.attachments


def test_a_change_is_told_under_the_next_number(invited: Meeting, alice: Person) -> None:
    plan_meeting(invited.id, weekly(3, 14), by=alice)
    message = sent()
    assert message.subject.startswith("Changed: Algebra")
    [event] = events_in(message)
    assert (event["sequence"], event.decoded("dtstart").hour) == (1, 14)


def test_a_new_title_is_told(invited: Meeting, alice: Person) -> None:
    change_meeting(invited.id, {"title": "Geometry", "capacity": 9}, by=alice)
    assert sent().subject.startswith("Changed: Geometry")
    mail.outbox.clear()
    change_meeting(invited.id, {"capacity": 8}, by=alice)
    assert send_due() == 0


def test_one_that_moves_is_told_beside_the_whole(invited: Meeting, alice: Person) -> None:
    second = invited.occurrences.all()[1]
    move_occurrence(invited.id, second.id, second.starts_at + 5 * HOUR, 60, by=alice)
    message = sent()
    assert "changed one date" in message.body
    assert "14:00" in message.body
    whole, one = events_in(message)
    assert "rrule" in whole
    assert one.decoded("recurrence-id") == second.original
    assert one.decoded("dtstart") == second.starts_at + 5 * HOUR


def test_one_that_is_cancelled_and_comes_again_after_all(invited: Meeting, alice: Person) -> None:
    second = invited.occurrences.all()[1]
    cancel_occurrence(invited.id, second.id, by=alice)
    message = sent()
    assert message.subject.startswith("Cancelled: ")
    assert "The others stay as they are" in message.body
    [event] = events_in(message)
    assert calendar_in(message)["method"] == "CANCEL"
    assert (event["status"], event.decoded("recurrence-id")) == ("CANCELLED", second.original)
    mail.outbox.clear()
    restore_occurrence(invited.id, second.id, by=alice)
    assert len(events_in(sent())) == 2


def test_what_was_cancelled_is_left_out_of_what_is_told_later(invited: Meeting, alice: Person) -> None:
    second = invited.occurrences.all()[1]
    cancel_occurrence(invited.id, second.id, by=alice)
    send_due()
    mail.outbox.clear()
    change_meeting(invited.id, {"title": "Geometry"}, by=alice)
    [event] = events_in(sent())
    assert event["exdate"].dts[0].dt == second.original


def test_two_parts_are_two_events(invited: Meeting, alice: Person) -> None:
    third = invited.occurrences.all()[2]
    plan_following(invited.id, third.id, weekly(2, 14, third.starts_at.replace(tzinfo=None)), by=alice)
    assert send_due() == 4
    to_eve = [one for one in mail.outbox if one.to == ["eve@example.org"]]
    events = {one.subject.split(":")[0]: events_in(one)[0] for one in to_eve}
    assert events["Changed"]["uid"] != events["Invitation"]["uid"]
    assert str(events["Changed"]["rrule"]["UNTIL"][0].tzinfo) == "UTC"


def test_the_whole_is_cancelled(invited: Meeting, alice: Person) -> None:
    change.cancel(invited.id, by=alice)
    message = sent()
    [event] = events_in(message)
    assert (calendar_in(message)["method"], event["status"]) == ("CANCEL", "CANCELLED")
    assert "recurrence-id" not in event


def test_what_was_cancelled_is_opened_again(invited: Meeting, alice: Person) -> None:
    change.cancel(invited.id, by=alice)
    send_due()
    mail.outbox.clear()
    change.reopen(invited.id, by=alice)
    message = sent()
    assert message.subject.startswith("Changed: ")
    [event] = events_in(message)
    assert (calendar_in(message)["method"], event["status"], event["sequence"]) == ("REQUEST", "CONFIRMED", 2)


def test_what_was_ended_is_opened_again_without_a_word(invited: Meeting, alice: Person) -> None:
    end_meeting(invited.id, by=alice)
    change.reopen(invited.id, by=alice)
    assert send_due() == 0


def test_addresses_that_have_a_name_before_them(meeting: Meeting, alice: Person, settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = settings.CALENDAR_EMAIL = "KCS Meet <meet@example.org>"
    plan_meeting(meeting.id, weekly(), by=alice)
    invite_people(meeting.id, PUPILS[:1], by=alice)
    message = sent()
    assert message.from_email == "Alice Ames <meet@example.org>"
    assert str(events_in(message)[0]["organizer"]) == "mailto:meet@example.org"


def test_all_that_follow_are_cancelled(invited: Meeting, alice: Person) -> None:
    cancel_following(invited.id, invited.occurrences.all()[0].id, by=alice)
    assert calendar_in(sent())["method"] == "CANCEL"


def test_who_is_not_invited_any_more(invited: Meeting, alice: Person) -> None:
    eve = invited.invitees.get(email="eve@example.org")
    uninvite(invited.id, eve.id, by=alice)
    assert calendar_in(sent())["method"] == "CANCEL"
    assert {one.to[0] for one in mail.outbox} == {"eve@example.org"}
    mail.outbox.clear()
    invite_people(invited.id, PUPILS, by=alice)
    assert sent().subject.startswith("Invitation")
    assert {one.to[0] for one in mail.outbox} == {"eve@example.org"}
    assert invited.invitees.get(email="eve@example.org").key != eve.key


class TestReminders:
    def test_one_each_an_hour_before(self, invited: Meeting) -> None:
        begins = invited.occurrences.all()[0].starts_at
        assert remind(begins - HOUR - timedelta(minutes=1)) == 0
        assert remind(begins - HOUR) == 2
        assert remind(begins - HOUR / 2) == 0
        assert remind(begins) == 0

    def test_as_long_before_as_the_host_said(self, invited: Meeting) -> None:
        begins = invited.occurrences.all()[0].starts_at
        Meeting.objects.update(remind_minutes=0)
        assert remind(begins - HOUR / 2) == 0
        Meeting.objects.update(remind_minutes=15)
        assert remind(begins - HOUR / 2) == 0
        assert remind(begins - HOUR / 4) == 2

    def test_not_to_who_declined_nor_of_what_is_cancelled(self, invited: Meeting, alice: Person) -> None:
        answer(invited.invitees.get(email="eve@example.org"), Invitee.Answer.DECLINED)
        first, second = invited.occurrences.all()[:2]
        assert remind(first.starts_at - HOUR) == 1
        cancel_occurrence(invited.id, second.id, by=alice)
        assert remind(second.starts_at - HOUR) == 0

    def test_again_when_it_moves(self, meeting: Meeting, alice: Person) -> None:
        plan_meeting(meeting.id, once(timezone.now() + HOUR / 2), by=alice)
        invite_people(meeting.id, PUPILS[:1], by=alice)
        assert remind(timezone.now()) == 1
        one = meeting.occurrences.get()
        move_occurrence(meeting.id, one.id, one.starts_at + HOUR / 4, 60, by=alice)
        assert remind(timezone.now()) == 1
        assert send_due() == 3
        reminders = [one for one in mail.outbox if one.subject.startswith("Soon")]
        assert len(reminders) == 2
        assert not reminders[0].attachments

    def test_what_is_not_true_any_more_is_not_sent(self, meeting: Meeting, alice: Person) -> None:
        plan_meeting(meeting.id, once(timezone.now() + HOUR / 2), by=alice)
        invite_people(meeting.id, PUPILS[:1], by=alice)
        send_due()
        remind(timezone.now())
        change.cancel(meeting.id, by=alice)
        mail.outbox.clear()
        send_due()
        assert [one.subject.split(":")[0] for one in mail.outbox] == ["Cancelled"]
        assert Delivery.objects.get(kind="reminder").state == "dropped"


class TestSending:
    def test_what_was_decided_twice_is_sent_once(self, invited: Meeting, alice: Person) -> None:
        invite_people(invited.id, PUPILS, by=alice)
        assert send_due() == 0
        assert Delivery.objects.count() == 2

    def test_changes_before_the_invitation_is_out_are_in_it(self, meeting: Meeting, alice: Person) -> None:
        plan_meeting(meeting.id, weekly(), by=alice)
        invite_people(meeting.id, PUPILS[:1], by=alice)
        plan_meeting(meeting.id, weekly(2, 14), by=alice)
        change_meeting(meeting.id, {"title": "Geometry"}, by=alice)
        message = sent()
        assert message.subject.startswith("Invitation: Geometry")
        assert events_in(message)[0]["sequence"] == 2

    def test_of_two_changes_in_a_row_one_is_told(self, invited: Meeting, alice: Person) -> None:
        change_meeting(invited.id, {"title": "Geometry"}, by=alice)
        change_meeting(invited.id, {"title": "Topology"}, by=alice)
        assert sent().subject.startswith("Changed: Topology")

    def test_fault_the_mail_server_is_away(self, meeting: Meeting, alice: Person, settings: Any) -> None:
        invite_people(meeting.id, PUPILS, by=alice)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        now = timezone.now()
        assert send_due(now) == 0
        # The first was tried; the second would have fared no better.
        tried, waiting = Delivery.objects.order_by("-tries")
        assert (tried.state, tried.tries, tried.due_at) == ("due", 1, now + PATIENCE[0])
        assert "Connection refused" in tried.error
        assert waiting.tries == 0
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        assert send_due(now + PATIENCE[0]) == 2
        assert len(mail.outbox) == 2

    @pytest.mark.parametrize(
        ("error", "state"),
        [
            (SMTPRecipientsRefused({"eve@example.org": (550, b"No such user")}), "failed"),
            (SMTPRecipientsRefused({"eve@example.org": (450, b"Busy")}), "due"),
            (SMTPDataError(554, b"Looks like spam"), "failed"),
            (SMTPAuthenticationError(535, b"Wrong password"), "due"),
        ],
    )
    def test_fault_the_mail_server_refuses(
        self, meeting: Meeting, alice: Person, monkeypatch: pytest.MonkeyPatch, error: Exception, state: str
    ) -> None:
        def refuse(_server: Any, _mails: Any) -> int:
            raise error

        monkeypatch.setattr(EmailBackend, "send_messages", refuse)
        invite_people(meeting.id, PUPILS[:1], by=alice)
        send_due()
        delivery = Delivery.objects.get()
        assert delivery.state == state
        assert delivery.error

    def test_it_is_given_up_in_the_end(self, meeting: Meeting, alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(_server: Any, _mails: Any) -> int:
            raise ConnectionRefusedError

        monkeypatch.setattr(EmailBackend, "send_messages", refuse)
        invite_people(meeting.id, PUPILS[:1], by=alice)
        now = timezone.now()
        for patience in (*PATIENCE, timedelta()):
            assert Delivery.objects.get().state == "due"
            send_due(now)
            now += patience
        assert Delivery.objects.get().state == "failed"

    def test_it_died_over_it(self, meeting: Meeting, alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of two tries the receiver shows one: they have one id."""

        def die(_server: Any, _mails: Any) -> int:
            raise SystemExit

        invite_people(meeting.id, PUPILS[:1], by=alice)
        now = timezone.now()
        with monkeypatch.context() as patched:
            patched.setattr(EmailBackend, "send_messages", die)
            with pytest.raises(SystemExit):
                send_due(now)
        assert send_due(now) == 0
        assert send_due(now + PATIENCE[0]) == 1
        assert mail.outbox[0].extra_headers["Message-ID"] == f"<{Delivery.objects.get().id}@meet.example.org>"

    def test_malice_a_title_is_no_header(self, meeting: Meeting, alice: Person) -> None:
        change_meeting(meeting.id, {"title": "Algebra\r\nBcc: everybody@example.org"}, by=alice)
        invite_people(meeting.id, [Wanted("eve@example.org", "Eve\r\nBcc: you@example.org")], by=alice)
        message = sent()
        text = message.message()
        assert text["bcc"] is None
        assert message.subject == "Invitation: Algebra Bcc: everybody@example.org"

    def test_malice_what_a_calendar_would_take_for_a_line(self, meeting: Meeting, alice: Person) -> None:
        change_meeting(meeting.id, {"title": "Algebra\r\nATTENDEE:mailto:you@example.org"}, by=alice)
        plan_meeting(meeting.id, weekly(), by=alice)
        invite_people(meeting.id, PUPILS[:1], by=alice)
        [event] = events_in(sent())
        assert str(event["attendee"]) == "mailto:eve@example.org"

    @pytest.mark.parametrize(
        "email",
        ["", "eve", "eve@", "eve@example.org\r\nbcc:x@example.org", "a b@example.org", f"{'e' * 300}@example.org"],
    )
    def test_malice_what_is_no_address(self, meeting: Meeting, alice: Person, email: str) -> None:
        with pytest.raises(Refusal) as refused:
            invite_people(meeting.id, [Wanted("finn@example.org"), Wanted(email)], by=alice)
        assert refused.value.code == "BAD_REQUEST"
        assert not Invitee.objects.exists()

    def test_malice_too_many(self, meeting: Meeting, alice: Person) -> None:
        with pytest.raises(Refusal):
            invite_people(meeting.id, [Wanted(f"eve{one}@example.org") for one in range(501)], by=alice)
        assert not Invitee.objects.exists()

    def test_it_is_kept_for_a_while(self, invited: Meeting, alice: Person) -> None:
        invite_people(invited.id, [Wanted("gil@example.org")], by=alice)
        assert purge_deliveries(timedelta(days=1)) == 0
        assert purge_deliveries(timedelta()) == 2
        assert Delivery.objects.get().state == "due"

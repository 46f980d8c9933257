"""The pages before and after a meeting."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from meetings.actions import change
from meetings.actions.join import Entry
from meetings.actions.remove import remove_participant
from meetings.actions.start import start_meeting
from meetings.calendars.plan import read_plan
from meetings.identity import Person
from meetings.mail.sending import send_due
from meetings.models import Invitee, Meeting, Occurrence, Participant, Profile, Schedule
from meetings.planning.invitees import Wanted, invite_people, uninvite
from meetings.planning.plan import plan_meeting
from meetings.protocol.codes import Refusal
from meetings.tickets import read_ticket
from tests.meetings.coming_in import join

from .conftest import next_monday, once, weekly

MONDAYS = {
    "title": "Algebra",
    "day": "2030-01-07",
    "hour": "09:00",
    "minutes": "60",
    "zone": "Europe/Berlin",
    "repeats": "WEEKLY",
    "interval": "1",
    "ends": "count",
    "count": "4",
    "people": "Eve <eve@example.org>, finn@example.org\ngil@example.org; hal@example.org",
    "waiting_room": "guests",
    "before_host": "on",
    "guests_allowed": "on",
    "capacity": "20",
    "remind_minutes": "60",
}


@pytest.fixture
def client_of(alice: Person) -> Client:
    client = Client()
    sign_in(client, alice)
    return client


def sign_in(client: Client, person: Person) -> None:
    assert person.user_id is not None
    client.force_login(User.objects.get(pk=person.user_id))


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return unescape(response.content.decode())


class TestPlanning:
    def test_a_weekly_class(self, client_of: Client) -> None:
        assert "Schedule a meeting" in page(client_of, "/meetings/new/")
        response = client_of.post("/meetings/new/", MONDAYS)
        meeting = Meeting.objects.get()
        assert response.headers["Location"] == f"/meetings/{meeting.code}/"
        schedule = Schedule.objects.get()
        assert (schedule.rule, schedule.zone) == ("FREQ=WEEKLY;BYDAY=MO;COUNT=4", "Europe/Berlin")
        assert (meeting.waiting_room, meeting.capacity, meeting.early_minutes) == ("guests", 20, 10)
        assert [str(one) for one in Invitee.objects.all()] == [
            "Eve <eve@example.org>",
            "finn@example.org",
            "gil@example.org",
            "hal@example.org",
        ]
        assert send_due() == 4
        assert all(one.attachments for one in mail.outbox)
        shown = page(client_of, f"/meetings/{meeting.code}/")
        assert "Every week on Monday, 4 times" in shown
        assert "0 come, 0 perhaps, 0 do not, 4 have not answered" in shown

    @pytest.mark.parametrize(
        ("given", "rule"),
        [
            ({"repeats": ""}, ""),
            ({"repeats": "DAILY", "ends": "never"}, "FREQ=DAILY"),
            ({"repeats": "DAILY", "interval": "3", "ends": "never"}, "FREQ=DAILY;INTERVAL=3"),
            ({"repeats": "WORKING", "ends": "never"}, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
            ({"days": ["MO", "WE"], "ends": "never"}, "FREQ=WEEKLY;BYDAY=MO,WE"),
            ({"repeats": "MONTHLY", "ends": "never"}, "FREQ=MONTHLY"),
            ({"repeats": "PLACE", "ends": "never"}, "FREQ=MONTHLY;BYDAY=1MO"),
            ({"day": "2030-01-29", "repeats": "PLACE", "ends": "never"}, "FREQ=MONTHLY;BYDAY=-1TU"),
            ({"repeats": "YEARLY", "ends": "until", "until": "2033-01-01"}, "FREQ=YEARLY;UNTIL=20330101T235959"),
        ],
    )
    def test_what_is_chosen_is_shown_again(self, client_of: Client, given: dict[str, Any], rule: str) -> None:
        client_of.post("/meetings/new/", {**MONDAYS, **given})
        schedule = Schedule.objects.get()
        assert schedule.rule == rule
        code = Meeting.objects.get().code
        # Saved as it is shown, it is as it was.
        form = client_of.get(f"/meetings/{code}/change/").context["form"]
        shown = {name: value for name in form.fields if (value := form[name].value()) not in (None, "")}
        response = client_of.post(f"/meetings/{code}/change/", shown)
        assert response.status_code == 302, response.context["form"].errors
        assert Schedule.objects.get().sequence == 0

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"title": "  "}, "title"),
            ({"day": "yesterday"}, "day"),
            ({"day": "2020-01-01", "repeats": ""}, "day"),
            ({"day": "2020-01-01"}, "day"),
            ({"day": "9999-12-31"}, "__all__"),
            ({"hour": "25:00"}, "hour"),
            ({"zone": "Mars/Olympus"}, "zone"),
            ({"minutes": "-5"}, "minutes"),
            ({"ends": "until"}, "until"),
            ({"count": ""}, "count"),
            ({"count": "100000"}, "count"),
            ({"interval": "0"}, "interval"),
            ({"people": "eve at example.org"}, "people"),
            ({"capacity": "0"}, "capacity"),
        ],
    )
    def test_what_cannot_be_is_said_at_its_field(self, client_of: Client, given: dict[str, Any], field: str) -> None:
        response = client_of.post("/meetings/new/", {**MONDAYS, **given})
        assert response.status_code == 400
        assert set(response.context["form"].errors) == {field}
        assert not Meeting.objects.exists()

    def test_a_rule_from_elsewhere_stays_as_it_is(self, client_of: Client, meeting: Meeting, alice: Person) -> None:
        plan = weekly()
        rule = "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1"
        plan_meeting(
            meeting.id, type(plan)(type(plan.pattern)(plan.pattern.first, plan.pattern.zone, rule), 60), by=alice
        )
        form = client_of.get(f"/meetings/{meeting.code}/change/").context["form"]
        shown = {name: value for name in form.fields if (value := form[name].value()) not in (None, "")}
        assert shown["repeats"] == "as-it-is"
        assert client_of.post(f"/meetings/{meeting.code}/change/", {**shown, "title": "New"}).status_code == 302
        assert Schedule.objects.get().rule == rule

    def test_a_zone_that_the_form_does_not_offer_stays(
        self, client_of: Client, meeting: Meeting, alice: Person
    ) -> None:
        plan_meeting(meeting.id, read_plan(next_monday(), "Etc/GMT+3", 60), by=alice)
        form = client_of.get(f"/meetings/{meeting.code}/change/").context["form"]
        shown = {name: value for name in form.fields if (value := form[name].value()) not in (None, "")}
        assert client_of.post(f"/meetings/{meeting.code}/change/", {**shown, "title": "New"}).status_code == 302
        assert Schedule.objects.get().zone == "Etc/GMT+3"

    def test_one_date_is_changed_and_called_off(self, client_of: Client, meeting: Meeting, alice: Person) -> None:
        plan_meeting(meeting.id, weekly(), by=alice)
        first, second, third, _ = Occurrence.objects.all()
        base = f"/meetings/{meeting.code}/dates"
        assert "Change a date" in page(client_of, f"{base}/{first.id}/")
        moved = {"day": "2031-01-01", "hour": "10:00", "minutes": "30", "title": "New Year", "scope": "this"}
        assert client_of.post(f"{base}/{first.id}/", moved).status_code == 302
        assert Occurrence.objects.get(id=first.id).title == "New Year"
        client_of.post(f"{base}/{second.id}/call-off/", {"what": "cancel"})
        assert Occurrence.objects.get(id=second.id).cancelled
        client_of.post(f"{base}/{second.id}/call-off/", {"what": "restore"})
        assert not Occurrence.objects.get(id=second.id).cancelled
        tuesday = third.starts_at.astimezone(first.schedule.pattern.zone) + timedelta(days=1)
        following = {"day": f"{tuesday:%Y-%m-%d}", "hour": "14:00", "minutes": "60", "scope": "following"}
        assert client_of.post(f"{base}/{third.id}/", following).status_code == 302
        latest = Schedule.objects.last()
        assert latest is not None
        assert (latest.rule, latest.occurrences.count()) == ("FREQ=WEEKLY;COUNT=2", 2)
        past = {**moved, "day": "2020-01-01"}
        assert client_of.post(f"{base}/{second.id}/", past).status_code == 400
        assert client_of.get(f"{base}/{uuid4()}/").status_code == 404

    def test_without_an_account_where_that_is_not_wanted(self, client: Client, db: None, settings: Any) -> None:
        settings.ALLOW_ANONYMOUS_HOSTS = False
        assert client.get("/meetings/new/").headers["Location"] == "/account/sign-in/?next=/meetings/new/"
        assert client.post("/meetings/new/", MONDAYS).status_code == 302
        assert not Meeting.objects.exists()

    def test_without_an_account_where_it_is(self, client: Client, db: None, settings: Any) -> None:
        settings.ALLOW_ANONYMOUS_HOSTS = True
        response = client.post("/meetings/new/", MONDAYS)
        assert "Algebra" in page(client, response.headers["Location"])
        assert "Nothing is planned for today" in page(client, "/meetings/")

    def test_it_is_cancelled_as_a_whole(self, client_of: Client, meeting: Meeting, alice: Person) -> None:
        plan_meeting(meeting.id, weekly(), by=alice)
        client_of.post(f"/meetings/{meeting.code}/cancel/")
        assert "Cancelled" in page(client_of, f"/meetings/{meeting.code}/")


class TestOthers:
    @pytest.mark.parametrize("path", ["", "change/", "dates/{one}/"])
    def test_malice_nobody_else_sees_what_is_planned(
        self, meeting: Meeting, alice: Person, bob: Person, path: str
    ) -> None:
        plan_meeting(meeting.id, weekly(), by=alice)
        one = Occurrence.objects.all()[0]
        client = Client()
        for _ in range(2):
            assert client.get(f"/meetings/{meeting.code}/{path.format(one=one.id)}").status_code == 404
            sign_in(client, bob)

    @pytest.mark.parametrize(
        "path",
        ["cancel/", "invite/", "change/", "dates/{one}/call-off/", "invited/{eve}/remove/", "banned/{ned}/lift/"],
    )
    def test_malice_nobody_else_changes_it(self, meeting: Meeting, alice: Person, bob: Person, path: str) -> None:
        ned = put_out(meeting, alice)
        plan_meeting(meeting.id, weekly(), by=alice)
        [eve] = invite_people(meeting.id, [Wanted("eve@example.org")], by=alice)
        one = Occurrence.objects.all()[0]
        client = Client()
        sign_in(client, bob)
        body = {"what": "cancel", "people": "mallory@example.org", "role": "co_host", **MONDAYS}
        assert (
            client.post(f"/meetings/{meeting.code}/{path.format(one=one.id, eve=eve.id, ned=ned)}", body).status_code
            == 404
        )
        meeting.refresh_from_db()
        assert (meeting.state, meeting.title) == ("open", "Algebra")
        assert Invitee.objects.get().uninvited_at is None
        assert Participant.objects.get(id=ned).banned
        assert not Occurrence.objects.filter(cancelled=True).exists()

    def test_whoever_was_put_out_for_good_may_come_again(
        self, client_of: Client, meeting: Meeting, alice: Person, bob: Person
    ) -> None:
        page = f"/meetings/{meeting.code}/"
        assert "Put out for good" not in client_of.get(page).content.decode()
        ned = put_out(meeting, alice)
        assert "Ned" in client_of.get(page).content.decode()
        theirs = put_out(start_meeting(bob, "Theirs"), bob)
        client_of.post(f"{page}banned/{theirs}/lift/")
        assert Participant.objects.get(id=theirs).banned
        answer = client_of.post(f"{page}banned/{ned}/lift/", follow=True).content.decode()
        assert "They can come again." in answer
        assert "Put out for good" not in answer
        assert not Participant.objects.get(id=ned).banned

    def test_malice_an_occurrence_of_another_meeting(
        self, client_of: Client, meeting: Meeting, alice: Person, bob: Person
    ) -> None:
        theirs = start_meeting(bob, "Theirs")
        plan_meeting(theirs.id, weekly(), by=bob)
        one = theirs.occurrences.all()[0]
        assert client_of.get(f"/meetings/{meeting.code}/dates/{one.id}/").status_code == 404
        client_of.post(f"/meetings/{meeting.code}/dates/{one.id}/call-off/", {"what": "cancel"})
        assert not Occurrence.objects.filter(cancelled=True).exists()

    def test_malice_forms_want_their_token(self, meeting: Meeting, alice: Person) -> None:
        client = Client(enforce_csrf_checks=True)
        sign_in(client, alice)
        for path in ("new/", f"{meeting.code}/cancel/", f"{meeting.code}/invite/", f"{meeting.code}/change/"):
            assert client.post(f"/meetings/{path}", MONDAYS).status_code == 403

    def test_malice_script_in_what_people_write(self, client_of: Client, meeting: Meeting, alice: Person) -> None:
        evil = "<script>alert(1)</script>"
        change.change(meeting.id, {"title": evil, "description": evil}, by=alice)
        plan_meeting(meeting.id, weekly(), by=alice)
        [eve] = invite_people(meeting.id, [Wanted("eve@example.org", evil)], by=alice)
        for path in (f"/meetings/{meeting.code}/", "/meetings/", f"/meetings/{meeting.code}/change/", f"/i/{eve.key}/"):
            assert evil not in client_of.get(path).content.decode()


def put_out(meeting: Meeting, host: Person) -> UUID:
    """Ned comes and is put out for good. Who he was."""
    ned = join(meeting.code, Entry(Person(guest="ned", display_name="Ned"), uuid4())).participant_id
    remove_participant(meeting.id, ned, by=host, ban=True)
    return ned


class TestInvitation:
    @pytest.fixture
    def eve(self, meeting: Meeting, alice: Person) -> Invitee:
        plan_meeting(meeting.id, weekly(), by=alice)
        return invite_people(meeting.id, [Wanted("eve@example.org", "Eve", "presenter")], by=alice)[0]

    def test_opening_it_answers_nothing(self, client: Client, eve: Invitee) -> None:
        shown = page(client, f"/i/{eve.key}/")
        assert "Alice Ames invites you, Eve" in shown
        assert "Every week, 4 times" in shown
        eve.refresh_from_db()
        assert eve.answer == "none"

    def test_an_answer_and_another_one(self, client: Client, eve: Invitee) -> None:
        for said in ("accepted", "declined", "tentative"):
            assert client.post(f"/i/{eve.key}/answer/", {"answer": said}).status_code == 302
            eve.refresh_from_db()
            assert eve.answer == said
        assert client.post(f"/i/{eve.key}/answer/", {"answer": "none"}).status_code == 404
        assert client.get(f"/i/{eve.key}/answer/").status_code == 405

    def test_coming_in_without_an_account(self, client: Client, eve: Invitee, meeting: Meeting) -> None:
        to = client.post(f"/i/{eve.key}/join/").headers["Location"]
        assert to.startswith(f"/m/{meeting.code}/#ticket=")
        ticket = read_ticket(to.split("ticket=")[1])
        assert (ticket.meeting, ticket.role, ticket.display_name) == (meeting.id, "presenter", "Eve")

    def test_malice_a_ticket_from_before_one_was_uninvited(
        self, client: Client, eve: Invitee, meeting: Meeting, alice: Person
    ) -> None:
        change.start(meeting.id, by=alice)
        ticket = client.post(f"/i/{eve.key}/join/").headers["Location"].split("ticket=")[1]
        assert join(meeting.code, Entry(Person(), uuid4(), ticket=ticket)).role == "presenter"
        uninvite(meeting.id, eve.id, by=alice)
        with pytest.raises(Refusal) as refused:
            join(meeting.code, Entry(Person(), uuid4(), ticket=ticket))
        assert refused.value.code == "NOT_AUTHENTICATED"

    def test_a_file_for_calendars(self, client: Client, eve: Invitee) -> None:
        response = client.get(f"/i/{eve.key}/meeting.ics")
        assert response.headers["Content-Type"].startswith("text/calendar")
        [event] = Calendar.from_ical(response.content).walk("VEVENT")
        assert str(event["attendee"]) == "mailto:eve@example.org"

    def test_malice_a_key_that_is_none(self, client: Client, eve: Invitee, meeting: Meeting, alice: Person) -> None:
        uninvite(meeting.id, eve.id, by=alice)
        for key in (eve.key, "nonsense", "x" * 300):
            for path in ("", "meeting.ics"):
                assert client.get(f"/i/{key}/{path}").status_code == 404
            for path in ("join/", "answer/"):
                assert client.post(f"/i/{key}/{path}", {"answer": "accepted"}).status_code == 404


class TestFeed:
    def test_what_is_mine_is_in_it(
        self, client: Client, client_of: Client, meeting: Meeting, alice: Person, bob: Person
    ) -> None:
        plan_meeting(meeting.id, weekly(), by=alice)
        theirs = start_meeting(bob, "Theirs")
        plan_meeting(theirs.id, weekly(), by=bob)
        hidden = start_meeting(bob, "Hidden")
        plan_meeting(hidden.id, weekly(), by=bob)
        invite_people(theirs.id, [Wanted("Alice@example.org")], by=bob)
        assert client_of.post("/calendar/renew/", {"on": "1"}).status_code == 302
        key = Profile.objects.get().feed_key
        assert f"/calendar/{key}/meetings.ics" in page(client_of, "/account/")
        feed = Calendar.from_ical(client.get(f"/calendar/{key}/meetings.ics").content)
        assert sorted(str(event["summary"]) for event in feed.walk("VEVENT")) == ["Algebra", "Theirs"]
        client_of.post("/calendar/renew/", {"on": "1"})
        assert client.get(f"/calendar/{key}/meetings.ics").status_code == 404
        client_of.post("/calendar/renew/")
        assert Profile.objects.get().feed_key == ""

    def test_malice_without_a_key(self, client: Client, alice: Person) -> None:
        Profile.objects.create(user=User.objects.get(username="alice@example.org"))
        for key in ("%20", "x"):
            assert client.get(f"/calendar/{key}/meetings.ics").status_code == 404


def test_my_meetings_day_by_day(client_of: Client, meeting: Meeting, alice: Person, bob: Person) -> None:
    plan_meeting(meeting.id, once(timezone.now()), by=alice)
    theirs = start_meeting(bob, "Theirs")
    plan_meeting(theirs.id, once(timezone.now() + timedelta(days=3)), by=bob)
    invite_people(theirs.id, [Wanted("alice@example.org")], by=bob)
    client_of.cookies["zone"] = "Asia/Kolkata"
    response = client_of.get("/meetings/")
    assert [one.meeting.title for one in response.context["today"]] == ["Algebra"]
    [(_, [to_come])] = response.context["to_come"]
    assert to_come.meeting.title == "Theirs"
    client_of.cookies["zone"] = "../../etc/passwd"
    assert client_of.get("/meetings/").status_code == 200

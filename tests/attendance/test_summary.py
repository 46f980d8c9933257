"""What stays of a meeting, for its hosts: the page, its downloads, and the API."""

from __future__ import annotations

import csv
import re
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from meetings.audit import note_act
from meetings.calendars.plan import read_plan
from meetings.identity import GUEST, Person
from meetings.models import JoinAttempt, Meeting, Membership, Organisation, Participant, Poll, Profile
from meetings.planning.plan import plan_meeting
from meetings.trace.steps import STEPS
from tests.attendance.conftest import NINE, at, was_there, wrote

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def class_of(meeting: Meeting, alice: User) -> dict[str, Participant]:
    """Alice all the time, Bob in two parts, Carol by name a formula, and a bit of everything else."""
    people = {
        "alice": was_there(meeting, "Alice", 0, 60, user=alice, role="host", spoke_ms=600_000),
        "bob": was_there(meeting, "Bob", 12, 30),
        "carol": was_there(meeting, "=cmd|' /C calc'!A1", 3, 45),
    }
    was_there(meeting, "Bob", 40, 60)
    wrote(people["alice"], "Good morning <script>alert(1)</script>", 5)
    wrote(people["bob"], "A secret for Alice", 20, "private", people["alice"])
    note_act(meeting.id, "muted", {"kind": "audio"}, by=people["alice"], about=people["bob"])
    for outcome, code in (("well", ""), ("well", "NOT_SECURE"), ("failed", "WRONG_PASSCODE"), ("impaired", "WHATEVER")):
        JoinAttempt.objects.create(id=uuid4(), meeting=meeting, began_at=at(1), outcome=outcome, code=code)
    return people


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


def table(client: Client, path: str) -> list[list[str]]:
    response: Any = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(b"".join(response.streaming_content).decode().splitlines()))


@pytest.mark.usefixtures("class_of")
class TestPage:
    def test_what_it_tells(self, host: Client, meeting: Meeting) -> None:
        shown = page(host, f"/meetings/{meeting.code}/summary/")
        text = unescape(shown)
        for words in ("came 2 times", "38 min", "63%", "10 min", "1 h 00 min", "2 messages were written", "1 of them"):
            assert words in text, words
        assert "Of 4 times that somebody wanted to come in, 2 went well, 1 had trouble, and 1 failed." in text
        assert "They were not let in: once" in text
        assert "Something else: once" in text
        assert "&lt;script&gt;alert(1)" in shown
        assert "<script>alert(1)" not in shown
        assert "A secret for Alice" not in shown, "what is private stays so"

    def test_without_the_chat(self, host: Client, meeting: Meeting, settings: Any) -> None:
        settings.SUMMARY_CHAT = False
        shown = page(host, f"/meetings/{meeting.code}/summary/")
        assert "2 messages were written" in shown
        assert "Good morning" not in shown

    def test_the_acts_of_hosts(self, host: Client, meeting: Meeting) -> None:
        shown = page(host, f"/meetings/{meeting.code}/summary/")
        section = shown[shown.index('id="moderation"') :]
        assert '<td class="summary-who">Alice</td>' in section
        assert '<td class="summary-who">Bob</td>' in section

    def test_the_acts_of_hosts_in_the_language_of_the_page(self, host: Client, meeting: Meeting) -> None:
        Profile.objects.update_or_create(user=meeting.host_user, defaults={"language": "de"})
        shown = page(host, f"/meetings/{meeting.code}/summary/")
        section = shown[shown.index('id="moderation"') :]
        labels = {step.label for step in STEPS.values() if step.side == "act"}
        told = set(re.findall(r'class="summary-what">([^<]+)<', section))
        assert told
        assert not told & labels

    def test_polls_with_their_results(self, host: Client, meeting: Meeting) -> None:
        assert "Polls" not in page(host, f"/meetings/{meeting.code}/summary/")
        known = {"meeting": meeting, "author_name": "Alice", "kind": "single", "anonymous": True, "created_at": at(1)}
        asked = {"options": ["Yes", "No"], "counts": [3, 1], "voters": 4, "results_for": "everybody"}
        Poll.objects.create(question="Tea?", state="closed", opened_at=at(2), closed_at=at(3), **known, **asked)
        Poll.objects.create(question="A draft", **known, **(asked | {"voters": 0, "counts": [0, 0]}))
        shown = page(host, f"/meetings/{meeting.code}/summary/")
        assert '<th scope="row">Yes</th><td>3</td><td>75%</td>' in shown
        assert "A draft" not in shown

    def test_late_and_early_where_there_was_a_time(self, host: Client, meeting: Meeting, alice: User) -> None:
        Meeting.objects.filter(id=meeting.id).update(state="open", ended_at=None)
        plan_meeting(meeting.id, read_plan(NINE.replace(tzinfo=None), "UTC", 60), by=Person(user_id=alice.pk))
        shown = page(host, f"/meetings/{meeting.code}/summary/")
        assert "12 min late" in shown
        assert "left 15 min early" in shown
        line = table(host, f"/meetings/{meeting.code}/summary/attendance.csv")[-1]
        assert line[0] == "Bob"
        assert line[4:] == ["2", "38.0", "63%", "12.0", "0.0", "0.0"]

    def test_as_many_queries_for_many_as_for_few(self, host: Client, meeting: Meeting) -> None:
        def asked() -> int:
            with CaptureQueriesContext(connection) as queries:
                page(host, f"/meetings/{meeting.code}/summary/")
            return len(queries.captured_queries)

        few = asked()
        for number in range(30):
            wrote(was_there(meeting, f"Guest {number}", number, 50), "Hello", number)
        assert asked() == few


def test_nothing_to_tell(host: Client, meeting: Meeting) -> None:
    shown = page(host, f"/meetings/{meeting.code}/summary/")
    for words in (
        "Nobody was there",
        "Nothing was written",
        "No file was shared",
        "Nobody wrote any notes",
        "Nothing is known",
        "No host had to do anything",
    ):
        assert words in shown
    assert table(host, f"/meetings/{meeting.code}/summary/attendance.csv")[1:] == []


@pytest.mark.usefixtures("class_of")
class TestDownloads:
    def test_no_name_is_a_formula(self, host: Client, meeting: Meeting) -> None:
        for path in (f"/meetings/{meeting.code}/summary/attendance.csv", f"/api/meetings/{meeting.id}/attendance.csv"):
            names = [line[0] for line in table(host, path)]
            assert names == ["name", "Alice", "'=cmd|' /C calc'!A1", "Bob"]

    def test_json(self, host: Client, meeting: Meeting, alice: User) -> None:
        told = host.get(f"/meetings/{meeting.code}/summary/attendance.json")
        assert told["Content-Disposition"] == f'attachment; filename="attendance-{meeting.code}.json"'
        assert told.json() == host.get(f"/api/meetings/{meeting.id}/attendance/").json()
        assert told.json()["people"][0] == {
            "displayName": "Alice",
            "userId": str(alice.pk),
            "role": "host",
            "cameAt": at(0).isoformat(),
            "leftAt": at(60).isoformat(),
            "intervals": [{"since": at(0).isoformat(), "until": at(60).isoformat()}],
            "seconds": 3600.0,
            "share": 1.0,
            "lateSeconds": None,
            "earlySeconds": None,
            "spokeSeconds": 600.0,
        }
        assert told.json()["most"] == 3

    def test_one_date_of_many(self, host: Client, meeting: Meeting, alice: User) -> None:
        Meeting.objects.filter(id=meeting.id).update(state="open", ended_at=None)
        rule = read_plan(NINE.replace(tzinfo=None), "UTC", 60, "FREQ=WEEKLY;COUNT=2")
        plan_meeting(meeting.id, rule, by=Person(user_id=alice.pk))
        was_there(meeting, "Dora", 7 * 24 * 60, 7 * 24 * 60 + 60)
        first, second = meeting.occurrences.order_by("starts_at")
        address = f"/api/meetings/{meeting.id}/attendance/?occurrence="
        assert [one["displayName"] for one in host.get(f"{address}{second.id}").json()["people"]] == ["Dora"]
        assert len(host.get(f"{address}{first.id}").json()["people"]) == 3
        assert host.get(f"{address}{uuid4()}").status_code == 404
        shown = page(host, f"/meetings/{meeting.code}/summary/?occurrence={first.id}")
        assert "Other dates" in shown
        assert f"attendance.csv?occurrence={first.id}" in shown
        page(host, f"/meetings/{meeting.code}/summary/?occurrence=x", 404)
        page(host, f"/meetings/{meeting.code}/summary/?occurrence={uuid4()}", 404)


class TestWhoMay:
    PATHS = ("summary/", "summary/attendance.csv", "summary/attendance.json")

    def looks(self, client: Client, meeting: Meeting) -> set[int]:
        return {client.get(f"/meetings/{meeting.code}/{path}").status_code for path in self.PATHS}

    @pytest.mark.usefixtures("class_of")
    def test_hosts_alone(self, host: Client, meeting: Meeting) -> None:
        mallory = Client()
        mallory.force_login(User.objects.create_user("mallory"))
        bob = Client()
        session = bob.session
        session[GUEST] = "bob"
        session.save()
        assert self.looks(host, meeting) == {200}
        assert [self.looks(client, meeting) for client in (mallory, bob, Client())] == [{404}] * 3

    def test_a_guest_who_hosts(self, meeting: Meeting) -> None:
        Meeting.objects.filter(id=meeting.id).update(host_user=None, host_guest="gus")
        gus = Client()
        session = gus.session
        session[GUEST] = "gus"
        session.save()
        assert self.looks(gus, meeting) == {200}

    def test_co_hosts_who_are_there(self, meeting: Meeting) -> None:
        carol = User.objects.create_user("carol")
        client = Client()
        client.force_login(carol)
        was_there(meeting, "Carol", 0, None, user=carol, role="co_host")
        assert self.looks(client, meeting) == {200}

    def test_administrators_of_its_organisation(self, meeting: Meeting) -> None:
        mine, other = Organisation.objects.create(name="Mine"), Organisation.objects.create(name="Other")
        Meeting.objects.filter(id=meeting.id).update(organisation=mine)
        looked = []
        for organisation, role in ((mine, "admin"), (mine, "member"), (other, "admin")):
            user = User.objects.create_user(f"{organisation}-{role}", is_staff=role == "admin")
            Membership.objects.create(user=user, organisation=organisation, role=role)
            client = Client()
            client.force_login(user)
            looked.append(self.looks(client, meeting))
        assert looked == [{200}, {404}, {404}]

    def test_whoever_runs_the_site(self, meeting: Meeting) -> None:
        client = Client()
        client.force_login(User.objects.create_superuser("root"))
        assert self.looks(client, meeting) == {200}
        shown = page(client, f"/admin/meetings/meeting/{meeting.id}/change/")
        assert f"/meetings/{meeting.code}/summary/" in shown

    def test_the_page_of_a_meeting_that_has_ended_leads_its_host_there(self, host: Client, meeting: Meeting) -> None:
        link = f"/meetings/{meeting.code}/summary/"
        assert link in page(host, f"/m/{meeting.code}/", 410)
        assert link not in page(Client(), f"/m/{meeting.code}/", 410)
        assert link in page(host, f"/meetings/{meeting.code}/")

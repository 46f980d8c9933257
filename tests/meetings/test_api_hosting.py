"""What hosts do over the API, and what comes of it."""

from __future__ import annotations

import csv
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from meetings.actions.join import Entry
from meetings.actions.leave import leave
from meetings.actions.start import start_meeting
from meetings.api.idempotency import KEPT, purge_keys
from meetings.identity import GUEST, Person
from meetings.models import IdempotencyKey, JoinAttempt, Knock, Meeting, MeetingEvent, Participant
from tests.meetings.coming_in import join

pytestmark = pytest.mark.django_db

Json = dict[str, Any]
ALICE = Person(guest="alice", display_name="Alice")
BOB = Person(guest="bob", display_name="Bob")


@pytest.fixture(autouse=True)
def _fresh_throttles() -> None:
    cache.clear()


def session_of(person: Person, **options: Any) -> Client:
    client = Client(**options)
    session = client.session
    session[GUEST] = person.guest
    session.save()
    return client


@pytest.fixture
def alice() -> Client:
    return session_of(ALICE)


@pytest.fixture
def meeting() -> Meeting:
    return start_meeting(ALICE, "Standup")


def ask(client: Client, method: str, path: str, body: Any = None, **headers: str) -> Any:
    return client.generic(
        method,
        f"/api/meetings/{path}",
        "" if body is None else json.dumps(body),
        "application/json",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


class TestLife:
    def test_from_start_to_end_and_back(self, alice: Client, meeting: Meeting) -> None:
        for step, state in (("start", "live"), ("end", "ended"), ("reopen", "open"), ("cancel", "cancelled")):
            response = ask(alice, "POST", f"{meeting.code}/{step}", {})
            assert (response.status_code, response.json()["state"]) == (200, state)
        assert ask(alice, "DELETE", meeting.code).status_code == 204
        assert not Meeting.objects.exists()

    @pytest.mark.parametrize("step", ["end", "cancel", "start"])
    def test_wrong_state_says_what_is_allowed(self, step: str, alice: Client, meeting: Meeting) -> None:
        ask(alice, "POST", f"{meeting.code}/end", {})
        refused = ask(alice, "POST", f"{meeting.code}/{step}", {})
        assert refused.status_code == 409
        assert refused["Content-Type"] == "application/problem+json"
        problem = refused.json()
        assert (problem["code"], sorted(problem["allowed"])) == ("WRONG_STATE", ["delete", "plan", "reopen"])
        assert (problem["status"], problem["title"]) == (409, problem["message"])
        assert problem["type"] == "/api/#WRONG_STATE"

    def test_change(self, alice: Client, meeting: Meeting) -> None:
        begins = timezone.now() + timedelta(days=1)
        body = {
            "title": "Review",
            "startsAt": begins.isoformat(),
            "capacity": 7,
            "passcode": "sesame",
            "beforeHost": False,
            "guestsAllowed": False,
            "emptyMinutes": 5,
            "locked": True,
            "waitingRoom": "guests",
            "permissions": {"screen": False},
        }
        response = ask(alice, "PATCH", f"{meeting.id}/", body)
        assert response.status_code == 200
        seen = response.json()
        assert {name: seen[name] for name in body if name in seen and name not in ("permissions", "startsAt")} == {
            name: value for name, value in body.items() if name not in ("permissions", "startsAt", "passcode")
        }
        assert seen["hasPasscode"] is True
        assert seen["permissions"] == {"microphone": True, "camera": True, "screen": False, "chat": True}
        meeting.refresh_from_db()
        assert meeting.starts_at == begins
        assert "sesame" not in meeting.passcode_hash
        taken_back = ask(alice, "PATCH", f"{meeting.id}/", {"startsAt": None, "passcode": "", "emptyMinutes": None})
        assert taken_back.json()["startsAt"] is taken_back.json()["emptyMinutes"] is None
        assert taken_back.json()["hasPasscode"] is False

    @pytest.mark.parametrize(
        "body",
        [{"state": "ended"}, {"hostUser": 1}, {"id": "x"}, {"capacity": None}, {"startsAt": "0001-01-01T00:00+14:00"}],
    )
    def test_nothing_else_is_changed(self, body: Json, alice: Client, meeting: Meeting) -> None:
        refused = ask(alice, "PATCH", f"{meeting.id}/", body)
        assert (refused.status_code, refused.json()["code"]) == (400, "BAD_REQUEST")

    def test_who_waited_for_the_host_need_not_any_more(self, alice: Client, meeting: Meeting) -> None:
        knock = Knock.objects.create(meeting=meeting, asks_host=False, asked_at=timezone.now(), connection=uuid4())
        ask(alice, "PATCH", f"{meeting.id}/", {"beforeHost": True})
        knock.refresh_from_db()
        assert knock.decision == Knock.Decision.ADMITTED


class TestVersions:
    def test_what_is_known_is_not_sent_again(self, alice: Client, meeting: Meeting) -> None:
        first = ask(alice, "GET", f"{meeting.id}/")
        again = ask(alice, "GET", f"{meeting.id}/", If_None_Match=first["ETag"])
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        join(meeting.code, Entry(BOB, uuid4()))
        assert ask(alice, "GET", f"{meeting.id}/", If_None_Match=first["ETag"]).status_code == 200

    def test_what_somebody_else_changed_is_not_written_over(self, alice: Client, meeting: Meeting) -> None:
        known = ask(alice, "GET", f"{meeting.id}/")["ETag"]
        join(meeting.code, Entry(BOB, uuid4()))
        changed = ask(alice, "PATCH", f"{meeting.id}/", {"title": "First"}, If_Match=known)
        assert changed.status_code == 200, "people who come change no setting"
        refused = ask(alice, "PATCH", f"{meeting.id}/", {"title": "Second"}, If_Match=known)
        assert (refused.status_code, refused.json()["code"]) == (412, "CHANGED_MEANWHILE")
        assert ask(alice, "PATCH", f"{meeting.id}/", {"title": "Third"}, If_Match=changed["ETag"]).status_code == 200


class TestMine:
    def titles(self, client: Client, query: str = "") -> list[str]:
        response = ask(client, "GET", query)
        assert response.status_code == 200, response.content
        return [one["title"] for one in response.json()["results"]]

    def test_hosted_or_attended_and_no_other(self, alice: Client) -> None:
        start_meeting(ALICE, "Hosted")
        attended = start_meeting(BOB, "Attended")
        join(attended.code, Entry(ALICE, uuid4()))
        join(attended.code, Entry(ALICE, uuid4()))
        start_meeting(BOB, "Neither")
        assert sorted(self.titles(alice)) == ["Attended", "Hosted"]
        assert [one["isHost"] for one in ask(alice, "GET", "?ordering=title").json()["results"]] == [False, True]
        assert self.titles(Client()) == []

    def test_filters_and_order(self, alice: Client) -> None:
        now = timezone.now()
        for title, days in (("Review", 2), ("Standup", 1), ("Stand-in", 3)):
            start_meeting(ALICE, title, starts_at=now + timedelta(days=days))
        Meeting.objects.filter(title="Standup").update(state="cancelled", ended_at=now)
        assert self.titles(alice) == ["Stand-in", "Review", "Standup"]
        assert self.titles(alice, "?ordering=startsAt") == ["Standup", "Review", "Stand-in"]
        assert self.titles(alice, "?search=stand&ordering=-title") == ["Standup", "Stand-in"]
        assert self.titles(alice, "?state=cancelled") == ["Standup"]
        until = (now + timedelta(days=2, hours=1)).isoformat().replace("+", "%2B")
        assert self.titles(alice, f"?to={until}") == ["Review", "Standup"]

    def test_pages(self, alice: Client) -> None:
        for number in range(5):
            start_meeting(ALICE, f"{number}")
        seen, address = [], "/api/meetings/?ordering=title&pageSize=2"
        while address:
            page = alice.get(address).json()
            seen += [one["title"] for one in page["results"]]
            address = page["next"]
            # What comes meanwhile shifts nothing.
            start_meeting(ALICE, "!")
        assert seen == ["0", "1", "2", "3", "4"]

    @pytest.mark.parametrize(
        "query",
        ["state=no", "pageSize=0", "pageSize=x", "cursor=x", "cursor=cD14", "from=x", "state=open&state=live", "a=b"],
    )
    def test_bad_queries(self, query: str, alice: Client, meeting: Meeting) -> None:
        refused = ask(alice, "GET", f"?{query}")
        assert (refused.status_code, refused.json()["code"]) == (400, "BAD_REQUEST")

    def test_queries_do_not_grow(self, alice: Client, django_assert_max_num_queries: Any) -> None:
        for number in range(20):
            start_meeting(ALICE, f"{number}")
        with django_assert_max_num_queries(4):
            assert len(self.titles(alice)) == 20


class TestTwice:
    KEY = {"Idempotency_Key": "3f1c"}

    def test_same_answer(self, alice: Client) -> None:
        first = ask(alice, "POST", "", {"title": "Once"}, **self.KEY)
        again = ask(alice, "POST", "", {"title": "Once"}, **self.KEY)
        assert (first.status_code, first.json()) == (again.status_code, again.json())
        assert Meeting.objects.count() == 1

    def test_another_body(self, alice: Client) -> None:
        ask(alice, "POST", "", {"title": "Once"}, **self.KEY)
        refused = ask(alice, "POST", "", {"title": "Twice"}, **self.KEY)
        assert (refused.status_code, refused.json()["code"]) == (422, "KEY_REUSED")

    def test_a_key_is_one_persons(self, alice: Client) -> None:
        ask(alice, "POST", "", {}, **self.KEY)
        ask(session_of(BOB), "POST", "", {}, **self.KEY)
        assert Meeting.objects.count() == 2
        refused = ask(Client(), "POST", "", {}, **self.KEY)
        assert (refused.status_code, refused.json()["code"]) == (400, "BAD_REQUEST")

    def test_what_failed_may_be_tried_again(self, alice: Client, settings: Any) -> None:
        settings.ALLOW_ANONYMOUS_HOSTS = False
        assert ask(alice, "POST", "", {}, **self.KEY).status_code == 403
        settings.ALLOW_ANONYMOUS_HOSTS = True
        assert ask(alice, "POST", "", {}, **self.KEY).status_code == 201

    def test_for_a_day(self, alice: Client) -> None:
        ask(alice, "POST", "", {}, **self.KEY)
        assert purge_keys() == 0
        IdempotencyKey.objects.update(created_at=timezone.now() - KEPT - timedelta(minutes=1))
        ask(alice, "POST", "", {}, **self.KEY)
        assert Meeting.objects.count() == 2
        IdempotencyKey.objects.update(created_at=timezone.now() - KEPT - timedelta(minutes=1))
        assert purge_keys() == 1

    @pytest.mark.django_db(transaction=True)
    def test_at_once(self, alice: Client) -> None:
        def one(_: int) -> Json:
            client = Client()
            client.cookies = alice.cookies
            try:
                answer: Json = ask(client, "POST", "", {"title": "Once"}, **self.KEY).json()
                return answer
            finally:
                connection.close()

        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(one, range(6)))
        assert all(answer == answers[0] for answer in answers)
        assert Meeting.objects.count() == 1


class TestForgery:
    """A page of another site sends the cookies, and cannot send the token."""

    @pytest.mark.parametrize(("method", "path"), [("POST", "/end"), ("DELETE", "/"), ("POST", "/waiting/admit-all")])
    def test_guests_who_host_are_safe_too(self, method: str, path: str, meeting: Meeting) -> None:
        client = session_of(ALICE, enforce_csrf_checks=True)
        refused = ask(client, method, f"{meeting.code}{path}", {})
        assert (refused.status_code, refused.json()["code"]) == (403, "NOT_ALLOWED")
        client.get("/")
        token = client.cookies["csrftoken"].value
        assert ask(client, method, f"{meeting.code}{path}", {}, X_CSRFToken=token).status_code in (200, 204)


class TestNumbers:
    def test_analytics(self, alice: Client, meeting: Meeting) -> None:
        began = timezone.now() - timedelta(hours=1)

        def stay(guest: str, since: int, until: int) -> None:
            Participant.objects.create(
                meeting=meeting,
                guest=guest,
                display_name=guest,
                joined_at=began + timedelta(minutes=since),
                left_at=began + timedelta(minutes=until),
                left_reason="left",
                connection=uuid4(),
                resume_hash=uuid4().hex,
            )

        for guest, since, until in (("a", 0, 10), ("b", 5, 15), ("a", 10, 20), ("c", 30, 31)):
            stay(guest, since, until)
        for outcome, code in (("well", ""), ("failed", "ICE_FAILED"), ("failed", "ICE_FAILED")):
            JoinAttempt.objects.create(meeting=meeting, began_at=began, outcome=outcome, code=code)
        JoinAttempt.objects.create(meeting=meeting, began_at=began, outcome="well", purpose="probe")
        assert ask(alice, "GET", f"{meeting.id}/analytics").json() == {
            "joins": 4,
            "people": 3,
            "peak": 2,
            "minutes": 31.0,
            "attempts": 3,
            "outcomes": {"trying": 0, "well": 1, "impaired": 0, "failed": 2},
            "causes": [{"code": "ICE_FAILED", "count": 2}],
        }

    def test_audit_in_both_forms(self, alice: Client, meeting: Meeting) -> None:
        mallory = join(meeting.code, Entry(Person(guest="m"), uuid4(), display_name="=HYPERLINK(1)"))
        assert ask(alice, "DELETE", f"{meeting.id}/participants/{mallory.participant_id}/?ban=true").status_code == 204
        ask(alice, "POST", f"{meeting.id}/end", {})
        acts = ask(alice, "GET", f"{meeting.id}/audit").json()["results"]
        assert [(one["act"], one["label"], one["data"]) for one in acts] == [
            ("removed", "Removed", {"banned": True}),
            ("ended", "Ended", {}),
        ]
        assert acts[0]["about"]["displayName"] == "=HYPERLINK(1)"
        table = ask(alice, "GET", f"{meeting.id}/audit.csv")
        assert table["Content-Type"].startswith("text/csv")
        rows = list(csv.DictReader(b"".join(table.streaming_content).decode().splitlines()))
        assert [row["act"] for row in rows] == ["Removed", "Ended"]
        assert rows[0]["whom"] == "'=HYPERLINK(1)", "nothing that a spreadsheet would run"
        assert Participant.objects.get(id=mallory.participant_id).banned
        assert MeetingEvent.objects.filter(step="removed").count() == 1

    def test_somebody_who_left_is_not_in_the_list(self, alice: Client, meeting: Meeting) -> None:
        bob = join(meeting.code, Entry(BOB, uuid4()))
        listed = ask(alice, "GET", f"{meeting.id}/participants").json()["results"]
        assert [one["participantId"] for one in listed] == [str(bob.participant_id)]
        leave(bob.participant_id)
        assert ask(alice, "GET", f"{meeting.id}/participants").json()["results"] == []


class TestReference:
    def test_page_needs_nothing_from_elsewhere(self, client: Client) -> None:
        page = client.get("/api/")
        assert page.status_code == 200
        text = page.content.decode()
        assert "<script" not in text
        assert "style=" not in text
        assert 'id="startMeeting"' in text
        assert 'id="WRONG_STATE"' in text

    def test_nothing_else_is_there(self, client: Client) -> None:
        for path in ("/api/nothing", "/api/meetings/a/b/c", "/api/meetings/attempts/x/steps"):
            refused = client.post(path, {}, "application/json")
            assert (refused.status_code, refused.json()["code"]) == (404, "NOT_FOUND"), path

    def test_document(self, client: Client) -> None:
        response = client.get("/api/schema/", headers={"Accept": "application/json"})
        assert response.json()["openapi"].startswith("3.1")

"""A meeting's quality timeline in the admin."""

from __future__ import annotations

import csv
import io
import re
import time
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings.admin.timeline import timeline_url
from meetings.models import JoinAttempt, Meeting, MeetingEvent
from meetings.timeline.told import Told
from meetings.trace.calm import Calm
from tests.timeline.stored import store_meeting
from tests.timeline.traces import TEN, a_sample, a_stay, a_stream, merged, participant_id

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root"))
    return client


def text(response: Any) -> str:
    return b"".join(response).decode()


def a_meeting_in_trouble(bob: str = "Bob") -> Meeting:
    """Ada loses packets on her way up for ten seconds, and Bob's pictures stand still."""

    def is_bad(at: float) -> bool:
        return TEN + 60 < at <= TEN + 70

    told = merged(
        a_stay("Ada", TEN, TEN + 180, lambda at: a_sample(at, spoke=3000, loss=0.2 if is_bad(at) else 0.0)),
        a_stay(
            "Bob",
            TEN + 10,
            TEN + 180,
            lambda at: a_sample(at, streams=[a_stream("Ada", frozenMs=3500 if is_bad(at) else 0)]),
        ),
    )
    return store_meeting(told, {participant_id("Ada"): "Ada", participant_id("Bob"): bob})


def test_the_page_says_what_went_wrong_and_whose_fault_it_was(administrator: Client) -> None:
    meeting = a_meeting_in_trouble()
    page = administrator.get(timeline_url(meeting.id))
    assert page.status_code == 200
    assert "Bob&#x27;s pictures stood still for 7 s in 1 interval: Ada&#x27;s uplink lost packets." in text(page)
    assert "The sender&#x27;s: Ada lost 20 % on the way to us." in text(page)
    assert 'role="img"' in text(page)
    assert "<title" in text(page)
    assert "As a table" in text(page)


def test_the_strict_policy_lets_all_of_it_be_drawn(administrator: Client) -> None:
    """No inline styles and scripts: the browser would leave them out."""
    body = text(administrator.get(timeline_url(a_meeting_in_trouble().id)))
    main = body[body.index('id="content"') :]
    assert "style=" not in main
    assert "<style" not in main
    assert not re.search(r"<script(?![^>]*src=)", main)


def test_names_cannot_break_out_of_the_charts(administrator: Client) -> None:
    meeting = a_meeting_in_trouble(bob='"><script>alert(1)</script>')
    body = text(administrator.get(timeline_url(meeting.id)))
    assert "<script>alert" not in body
    assert "&lt;script&gt;alert(1)" in body


def test_the_meeting_and_its_attempts_lead_there(administrator: Client) -> None:
    meeting = a_meeting_in_trouble()
    changing = text(administrator.get(reverse("admin:meetings_meeting_change", args=[meeting.id])))
    assert timeline_url(meeting.id) in changing
    assert f"{reverse('admin:meetings_joinattempt_changelist')}?meeting={meeting.id}" in changing
    attempt = JoinAttempt.objects.filter(meeting=meeting)[0]
    assert timeline_url(meeting.id) in text(
        administrator.get(reverse("admin:meetings_joinattempt_change", args=[attempt.id]))
    )


def test_a_meeting_without_events_says_so(administrator: Client) -> None:
    meeting = Meeting.objects.create(title="Quiet")
    assert "Nothing is known of how this meeting went" in text(administrator.get(timeline_url(meeting.id)))
    assert (
        administrator.get(reverse("admin:meetings_meeting_timeline_json", args=[meeting.id])).json()["timeline"] is None
    )


def test_a_meeting_that_does_not_exist(administrator: Client) -> None:
    assert administrator.get(timeline_url(uuid4())).status_code == 404


@pytest.mark.parametrize("missing", ["view_meeting", "view_joinattempt"])
def test_who_may_not_see_both_sees_nothing(client: Client, missing: str) -> None:
    user = User.objects.create_user("clerk", is_staff=True)
    names = {"view_meeting", "view_joinattempt"} - {missing}
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    meeting = a_meeting_in_trouble()
    for name in ("timeline", "timeline_json", "timeline_csv", "troubles_csv"):
        assert client.get(reverse(f"admin:meetings_meeting_{name}", args=[meeting.id])).status_code == 403


def test_exports(administrator: Client) -> None:
    meeting = a_meeting_in_trouble(bob="=1+1")
    told = administrator.get(reverse("admin:meetings_meeting_timeline_json", args=[meeting.id])).json()
    assert told["meeting"]["code"] == meeting.code
    assert [one["name"] for one in told["timeline"]["people"]] == ["Ada", "=1+1"]
    samples = administrator.get(reverse("admin:meetings_meeting_timeline_csv", args=[meeting.id]))
    assert samples["Content-Disposition"] == f'attachment; filename="timeline-{meeting.code}.csv"'
    rows = list(csv.DictReader(io.StringIO(text(samples))))
    assert len(rows) == MeetingEvent.objects.filter(step="quality").count()
    assert {row["person"] for row in rows} == {"Ada", "'=1+1"}
    troubles = administrator.get(reverse("admin:meetings_meeting_troubles_csv", args=[meeting.id]))
    found = list(csv.DictReader(io.StringIO(text(troubles))))
    assert {(row["person"], row["kind"], row["whose"]) for row in found} == {
        ("Ada", "lossy-up", "sender"),
        ("'=1+1", "frozen", "sender"),
    }


def test_queries_do_not_grow_with_the_meeting(administrator: Client) -> None:
    def asked(meeting: Meeting) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert administrator.get(timeline_url(meeting.id)).status_code == 200
        return len(queries)

    names = [f"Person {number}" for number in range(8)]
    told = merged(*(a_stay(name, TEN, TEN + 300, a_sample) for name in names))
    large = store_meeting(told, {participant_id(name): name for name in names})
    assert asked(a_meeting_in_trouble()) == asked(large)


def test_an_hour_of_twenty_people_is_drawn_within_a_second(administrator: Client) -> None:
    """14 400 samples, as they are written down: `make bench-events` measures 0.3 s."""
    names = [f"Person {number}" for number in range(20)]

    def sampled(name: str) -> Any:
        def sample(at: float) -> Any:
            bad = int(at) % 600 < 30
            told = a_sample(
                at,
                loss=0.12 if bad and name == names[0] else 0.0,
                streams=[a_stream(names[0], frozenMs=2500, loss=0.1)] if bad and name != names[0] else [],
            )
            told.data["down"] |= {"kbps": 9000, "height": 720, "layer": 1, "well": 18 if bad else 19}
            if not told.data["down"]["streams"]:
                del told.data["down"]["streams"]
            return told

        return sample

    told: list[Told] = []
    for name in names:
        calm = Calm()
        for one in a_stay(name, TEN, TEN + 3600, sampled(name)):
            events = calm.take(one.event) if one.event.step == "quality" else [*calm.end(), one.event]
            told.extend(Told(event, one.participant) for event in events)
    assert sum(one.event.data.get("seconds", 0) for one in told) == 20 * 3600
    assert len(told) < 7000
    meeting = store_meeting(merged(told), {participant_id(name): name for name in names})
    del told
    took = []
    for _ in range(3):
        # What it costs, for other tests may have the cores at the same time.
        began = time.process_time()
        response = administrator.get(timeline_url(meeting.id))
        took.append(time.process_time() - began)
        assert response.status_code == 200
    assert len(response.content) < 2_000_000
    assert min(took) < 1

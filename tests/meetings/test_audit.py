"""The audit trail: every act of a host, with who, what, whom and when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from meetings.actions.end import end_meeting
from meetings.database import in_database
from meetings.models import ACT, Meeting, MeetingEvent
from meetings.trace.purge import purge, purge_acts
from meetings.trace.steps import STEPS
from tests.meetings.conftest import Someone

Json = dict[str, Any]


def trail(meeting: Meeting) -> list[tuple[str, Json]]:
    acts = MeetingEvent.objects.filter(meeting=meeting, side=ACT).order_by("at", "id")
    return [(one.step, one.data) for one in acts]


async def test_acts_are_written_down(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, alices = await alice.join(meeting)
    at_bobs, bobs = await bob.join(meeting)
    her = {"participantId": alices["participantId"], "displayName": "Alice"}
    him = {"participantId": bobs["participantId"], "displayName": "Bob"}
    bob_alone = {"participantId": bobs["participantId"]}
    await at_bobs.refusal("NOT_ALLOWED", "lock-meeting", {"locked": True})
    await at_alices.ask("set-permissions", {**bob_alone, "camera": False})
    await at_alices.ask("set-permissions", {"screen": False})
    await at_alices.ask("lock-meeting", {"locked": True})
    await at_alices.ask("lock-meeting", {"locked": True})
    await at_alices.ask("remove-participant", {**bob_alone, "ban": True})
    await at_alices.ask("end-meeting")
    assert await in_database(trail, meeting) == [
        ("permissions", {"by": her, "about": him, "camera": False}),
        ("permissions", {"by": her, "screen": False}),
        ("locked", {"by": her, "locked": True}),
        ("removed", {"by": her, "about": him, "banned": True}),
        ("ended", {"by": her}),
    ]
    assert all((ACT, step) in STEPS for step, _ in await in_database(trail, meeting))


@pytest.mark.django_db(transaction=True)
def test_what_the_site_did_by_itself_says_so(meeting: Meeting) -> None:
    end_meeting(meeting.id)
    assert trail(meeting) == [("ended", {"by": None})]


@pytest.mark.django_db(transaction=True)
def test_the_trail_is_kept_for_longer_than_other_events(meeting: Meeting) -> None:
    end_meeting(meeting.id)
    old = timezone.now() - timedelta(days=100)
    MeetingEvent.objects.filter(meeting=meeting).update(at=old)
    MeetingEvent.objects.create(meeting=meeting, side="web", step="joined", outcome="ok", at=old)
    assert purge(timedelta(days=30)) == (1, 0)
    assert purge_acts(timedelta(days=365)) == 0
    assert len(trail(meeting)) == 1
    assert purge_acts(timedelta(days=99)) == 1
    assert trail(meeting) == []

"""A meeting that takes no guests, over the socket."""

from __future__ import annotations

import pytest

from meetings.database import in_database
from meetings.models import Meeting
from tests.meetings.conftest import Someone

pytestmark = pytest.mark.django_db(transaction=True)


async def test_guests_are_refused_and_accounts_come_in(
    meeting: Meeting, alice: Someone, bob: Someone, carol: Someone
) -> None:
    await in_database(Meeting.objects.update, guests_allowed=False)
    at_bobs = await bob.socket()
    await at_bobs.refusal("ACCOUNT_REQUIRED", "join-meeting", {"meetingId": str(meeting.id)})
    _, carols = await carol.join(meeting)
    assert carols["role"] == "attendee"
    _, alices = await alice.join(meeting)
    assert alices["role"] == "host", "the host is nobody's guest"
    # The socket lives on, and is let in once guests are.
    await in_database(Meeting.objects.update, guests_allowed=True)
    reply = await at_bobs.ask("join-meeting", {"meetingId": str(meeting.id)})
    assert reply["role"] == "guest"

"""`lock-meeting`."""

from __future__ import annotations

from meetings.models import Meeting
from tests.meetings.conftest import Someone


async def test_nobody_else_gets_in_until_it_is_opened(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, bobs = await bob.join(meeting)
    assert await at_alices.ask("lock-meeting", {"locked": True}) == {"locked": True}
    assert (await at_bobs.push("meeting-updated"))["locked"] is True
    at_mallorys = await mallory.socket()
    await at_mallorys.refusal("MEETING_LOCKED", "join-meeting", {"meetingId": str(meeting.id)})

    # Who is in already may come back, and so may the host.
    await at_bobs.drop()
    back = await bob.socket()
    await back.ask("join-meeting", {"meetingId": str(meeting.id), "resumeToken": bobs["resumeToken"]})
    await alice.join(meeting)

    await at_alices.ask("lock-meeting", {"locked": False})
    await at_mallorys.ask("join-meeting", {"meetingId": str(meeting.id)})


async def test_locking_what_is_locked_is_no_news(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await bob.join(meeting)
    await at_alices.ask("lock-meeting", {"locked": True})
    await at_alices.ask("lock-meeting", {"locked": True})
    await at_bobs.push("meeting-updated")
    assert await at_bobs.pushes_so_far() == []


async def test_only_hosts_may(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    await alice.join(meeting)
    at_bobs, _ = await bob.join(meeting)
    await at_bobs.refusal("NOT_ALLOWED", "lock-meeting", {"locked": True})

"""`end-meeting`."""

from __future__ import annotations

from media.client import get_media_client
from meetings.database import in_database
from meetings.models import Meeting, Participant
from tests.meetings.conftest import Someone


async def test_everybody_is_told_and_out(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await bob.join(meeting)
    assert await at_alices.ask("end-meeting") == {}
    assert await at_bobs.push("meeting-ended") == {}
    for socket in (at_alices, at_bobs):
        assert await socket.pushes_so_far() == ([] if socket is at_bobs else ["participant-joined"])
        await socket.refusal("NOT_IN_MEETING", "leave-meeting")
    await in_database(meeting.refresh_from_db)
    assert (meeting.state, meeting.present) == (Meeting.State.ENDED, 0)
    reasons = await in_database(lambda: set(Participant.objects.values_list("left_reason", flat=True)))
    assert reasons == {"ended"}


async def test_media_end_with_it(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    await bob.join(meeting)
    rooms = (await get_media_client().status())["activeRooms"]
    await at_alices.ask("end-meeting")
    assert (await get_media_client().status())["activeRooms"] == rooms - 1


async def test_only_the_host_may(alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting) -> None:
    await alice.join(meeting)
    at_bobs, _ = await bob.join(meeting)
    await at_bobs.refusal("NOT_ALLOWED", "end-meeting")
    await (await mallory.socket()).refusal("NOT_IN_MEETING", "end-meeting")

"""`leave-meeting`, and what happens when the host goes."""

from __future__ import annotations

from media.client import get_media_client
from meetings.database import in_database
from meetings.models import Meeting, Participant
from tests.meetings.conftest import Someone


async def test_others_are_told_once(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, bobs = await bob.join(meeting)
    assert await at_bobs.ask("leave-meeting") == {}
    assert await at_alices.push("participant-left") == {"participantId": bobs["participantId"], "reason": "left"}
    await at_bobs.drop()
    assert await at_alices.pushes_so_far() == []


async def test_media_go_too(bob: Someone, meeting: Meeting) -> None:
    socket, _ = await bob.join(meeting)
    before = (await get_media_client().status())["totalParticipants"]
    await socket.ask("leave-meeting")
    assert (await get_media_client().status())["totalParticipants"] == before - 1


async def test_afterwards_one_is_not_in_the_meeting(bob: Someone, meeting: Meeting) -> None:
    socket, _ = await bob.join(meeting)
    await socket.ask("leave-meeting")
    await socket.refusal("NOT_IN_MEETING", "leave-meeting")
    await socket.refusal("NOT_IN_MEETING", "create-transport", {"meetingId": str(meeting.id), "direction": "send"})


async def test_coming_back_is_a_new_stay(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    await alice.join(meeting)
    socket, before = await bob.join(meeting)
    await socket.ask("leave-meeting")
    again = await socket.ask("join-meeting", {"meetingId": str(meeting.id), "resumeToken": before["resumeToken"]})
    assert again["participantId"] != before["participantId"]
    assert again["state"]["resumed"] is False
    assert len(again["participants"]) == 2


async def test_last_one_out_leaves_the_meeting_open(bob: Someone, meeting: Meeting) -> None:
    socket, _ = await bob.join(meeting)
    await socket.ask("leave-meeting")
    await in_database(meeting.refresh_from_db)
    assert (meeting.state, meeting.present) == (Meeting.State.OPEN, 0)
    assert meeting.started_at is not None


async def test_never_joined(mallory: Someone, meeting: Meeting) -> None:
    socket = await mallory.socket()
    await socket.refusal("NOT_IN_MEETING", "leave-meeting")


async def test_when_the_host_leaves_whoever_was_there_longest_is_in_charge(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, bobs = await bob.join(meeting)
    at_mallorys, _ = await mallory.join(meeting)
    await at_alices.ask("leave-meeting")
    for socket in (at_bobs, at_mallorys):
        updated = await socket.push("participant-updated")
        assert (updated["participantId"], updated["role"]) == (bobs["participantId"], "co_host")
    await at_mallorys.refusal("NOT_ALLOWED", "lock-meeting", {"locked": True})
    await at_bobs.ask("lock-meeting", {"locked": True})
    await at_bobs.refusal("NOT_ALLOWED", "end-meeting")
    _, back = await alice.join(meeting)
    assert back["role"] == "host"


async def test_a_host_in_two_tabs_hands_nothing_over(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    first, _ = await alice.join(meeting)
    await alice.join(meeting)
    at_bobs, bobs = await bob.join(meeting)
    await first.ask("leave-meeting")
    assert "participant-updated" not in await at_bobs.pushes_so_far()
    role = await in_database(lambda: Participant.objects.get(id=bobs["participantId"]).role)
    assert role == Participant.Role.GUEST

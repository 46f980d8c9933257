"""`join-meeting`."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from django.utils import timezone

from meetings.actions.judge import judge
from meetings.actions.start import host_ticket, start_meeting
from meetings.database import in_database
from meetings.models import Meeting, Participant
from meetings.tickets import Ticket
from tests.meetings.conftest import Someone

Json = dict[str, Any]


async def test_reply_holds_everything_one_needs(alice: Someone, meeting: Meeting) -> None:
    _, joined = await alice.join(meeting)
    assert joined["meeting"]["id"] == str(meeting.id)
    assert joined["meeting"]["state"] == "live"
    assert joined["role"] == "host"
    assert joined["permissions"]["endMeeting"] is True
    assert [one["participantId"] for one in joined["participants"]] == [joined["participantId"]]
    assert joined["participants"][0]["displayName"] == "Alice"
    assert joined["producers"] == []
    assert joined["rtpCapabilities"]["codecs"]
    assert joined["iceServers"] == []
    assert joined["state"] == {"resumed": False, "mediaResumed": False, "ownProducers": []}
    assert "transports" not in joined


async def test_others_are_told_and_the_newcomer_is_not(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, bobs = await bob.join(meeting, displayName="Bobby")
    told = await at_alices.push("participant-joined")
    assert told == bobs["participants"][1]
    assert told["displayName"] == "Bobby"
    assert told["role"] == "guest"
    assert await at_bobs.pushes_so_far() == []


async def test_fast_join_brings_transports(bob: Someone, meeting: Meeting) -> None:
    socket, first = await bob.join(meeting)
    await socket.ask("leave-meeting")
    joined = await socket.ask(
        "join-meeting", {"meetingId": str(meeting.id), "rtpCapabilities": first["rtpCapabilities"]}
    )
    assert set(joined["transports"]) == {"send", "recv"}
    assert joined["transports"]["send"]["iceCandidates"]
    assert joined["consumers"] == []


async def test_by_code_in_any_spelling(bob: Someone, meeting: Meeting) -> None:
    socket = await bob.socket()
    joined = await socket.ask("join-meeting", {"meetingId": f" {meeting.code.upper()} "})
    assert joined["meeting"]["code"] == meeting.code


async def test_unknown_meeting(mallory: Someone, meeting: Meeting) -> None:
    socket = await mallory.socket()
    for reference in ("00000000-0000-4000-8000-000000000000", "aaa-bbbb-ccc", "nonsense"):
        await socket.refusal("MEETING_NOT_FOUND", "join-meeting", {"meetingId": reference})


async def test_ended_meeting(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    await at_alices.ask("end-meeting")
    socket = await bob.socket()
    await socket.refusal("MEETING_ENDED", "join-meeting", {"meetingId": str(meeting.id)})


async def test_meeting_that_has_not_started_lets_only_the_host_in(alice: Someone, bob: Someone, media: None) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    later = await in_database(start_meeting, alice.person, "Later", starts_at=tomorrow)
    at_bobs = await bob.socket()
    await at_bobs.refusal("MEETING_NOT_STARTED", "join-meeting", {"meetingId": str(later.id)})
    await alice.join(later)
    await at_bobs.ask("join-meeting", {"meetingId": str(later.id)})


async def test_passcode(alice: Someone, bob: Someone, media: None) -> None:
    closed = await in_database(start_meeting, alice.person, "Closed", passcode="sesame")
    socket = await bob.socket()
    await socket.refusal("WRONG_PASSCODE", "join-meeting", {"meetingId": str(closed.id)})
    await socket.refusal("WRONG_PASSCODE", "join-meeting", {"meetingId": str(closed.id), "passcode": "basil"})
    await socket.ask("join-meeting", {"meetingId": str(closed.id), "passcode": "sesame"})
    # It is hers.
    await alice.join(closed)


async def test_guessing_passcodes_is_slowed(alice: Someone, mallory: Someone, media: None) -> None:
    closed = await in_database(start_meeting, alice.person, "Closed", passcode="sesame")
    socket = await mallory.socket()
    for number in range(10):
        await socket.refusal("WRONG_PASSCODE", "join-meeting", {"meetingId": str(closed.id), "passcode": str(number)})
    refused = await socket.refusal("RATE_LIMITED", "join-meeting", {"meetingId": str(closed.id), "passcode": "sesame"})
    assert refused.data["retryAfter"] > 1


async def test_ticket_says_who_one_is(open_socket: Any, alice: Someone, meeting: Meeting) -> None:
    socket = await open_socket(ticket=host_ticket(meeting))
    joined = await socket.ask("join-meeting", {"meetingId": str(meeting.id)})
    assert joined["role"] == "host"
    bobs = Ticket(meeting.id, "attendee", display_name="Bob", guest="bobs-key").signed(60)
    joined = await (await open_socket(ticket=bobs)).ask("join-meeting", {"meetingId": str(meeting.id)})
    assert joined["role"] == "guest"
    assert joined["participants"][-1]["displayName"] == "Bob"
    assert await in_database(lambda: Participant.objects.get(id=joined["participantId"]).guest) == "bobs-key"


async def test_forged_and_expired_tickets(open_socket: Any, meeting: Meeting) -> None:
    for text in ("nonsense", host_ticket(meeting)[:-2], Ticket(meeting.id, "host").signed(-1)):
        socket = await open_socket(ticket=text)
        await socket.refusal("NOT_AUTHENTICATED", "join-meeting", {"meetingId": str(meeting.id)})


async def test_ticket_for_another_meeting(open_socket: Any, alice: Someone, meeting: Meeting) -> None:
    other = await in_database(start_meeting, alice.person, "Other")
    socket = await open_socket(ticket=host_ticket(other))
    await socket.refusal("NOT_ALLOWED", "join-meeting", {"meetingId": str(meeting.id)})


async def test_two_meetings_on_one_socket(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    other = await in_database(start_meeting, alice.person, "Other")
    socket, _ = await bob.join(meeting)
    await socket.refusal("NOT_ALLOWED", "join-meeting", {"meetingId": str(other.id)})


async def test_same_person_in_two_tabs_is_two_participants(bob: Someone, meeting: Meeting) -> None:
    first, one = await bob.join(meeting)
    _, two = await bob.join(meeting)
    assert one["participantId"] != two["participantId"]
    assert len(two["participants"]) == 2
    assert (await first.push("participant-joined"))["participantId"] == two["participantId"]


async def test_whoever_is_without_session_or_ticket_is_a_guest(open_socket: Any, meeting: Meeting) -> None:
    joined = await (await open_socket()).ask("join-meeting", {"meetingId": str(meeting.id)})
    assert joined["role"] == "guest"
    assert joined["participants"][0]["displayName"] == "Guest"


async def test_joining_again_on_the_same_socket_takes_up_media_afresh(
    alice: Someone, bob: Someone, meeting: Meeting
) -> None:
    at_alices, _ = await alice.join(meeting)
    socket, before = await bob.join(meeting)
    again = await socket.ask("join-meeting", {"meetingId": str(meeting.id)})
    assert again["participantId"] == before["participantId"]
    assert again["state"]["resumed"] is True
    assert len(again["participants"]) == 2
    await at_alices.push("participant-joined")
    assert await at_alices.pushes_so_far() == []


async def test_reloading_the_page_of_a_full_meeting(
    alice: Someone, bob: Someone, mallory: Someone, media: None
) -> None:
    pair = await in_database(start_meeting, alice.person, "Pair", capacity=2)
    at_alices, _ = await alice.join(pair)
    at_bobs, bobs = await bob.join(pair)
    await (await mallory.socket()).refusal("MEETING_FULL", "join-meeting", {"meetingId": str(pair.id)})
    await at_bobs.drop()
    await (await mallory.socket()).refusal("MEETING_FULL", "join-meeting", {"meetingId": str(pair.id)})
    await in_database(pair.refresh_from_db)
    assert str(await in_database(judge, pair, mallory.person, passcode_known=True)).startswith("MEETING_FULL")
    assert await in_database(judge, pair, bob.person, passcode_known=True) is None
    _, again = await bob.join(pair)
    assert len(again["participants"]) == 2
    assert (await at_alices.push("participant-left"))["participantId"] == bobs["participantId"]


async def test_snapshots_and_pushes_leave_no_gap(alice: Someone, meeting: Meeting, open_socket: Any) -> None:
    """Twelve people come at once: whoever is not in one's snapshot is pushed, and nobody is both."""
    sockets = [await open_socket() for _ in range(12)]
    joined = await asyncio.gather(*(one.ask("join-meeting", {"meetingId": str(meeting.id)}) for one in sockets))
    everybody = {one["participantId"] for one in joined}
    assert len(everybody) == 12
    for socket, mine in zip(sockets, joined, strict=True):
        known = [one["participantId"] for one in mine["participants"]]
        while len(known) < 12:
            known.append((await socket.push("participant-joined"))["participantId"])
        assert sorted(known) == sorted(everybody)
        assert await socket.pushes_so_far() == []

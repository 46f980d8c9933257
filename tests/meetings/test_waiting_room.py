"""The door of a meeting: waiting, being let in, being turned away."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from meetings.actions.sweep import DEAD_AFTER, sweep
from meetings.database import in_database
from meetings.models import Knock, Meeting, Participant, WebProcess
from tests.live.waiting import eventually
from tests.meetings.conftest import Someone
from tests.meetings.socket_client import Refused, SignallingSocket
from tests.meetings.test_audit import trail

Json = dict[str, Any]


async def with_door(meeting: Meeting, **columns: Any) -> None:
    await in_database(Meeting.objects.filter(id=meeting.id).update, **({"waiting_room": "everybody"} | columns))


async def waits(someone: Someone, meeting: Meeting, **data: Any) -> tuple[SignallingSocket, Json]:
    socket = await someone.socket()
    data = {"meetingId": str(meeting.id), **data}
    return socket, await socket.ask("join-meeting", data, answer="waiting")


async def test_somebody_is_let_in(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    await with_door(meeting)
    at_alices, first = await alice.join(meeting)
    assert first["waiting"] == []
    at_bobs, told = await waits(bob, meeting, rtpCapabilities=first["rtpCapabilities"])
    assert told == {"meetingId": str(meeting.id), "position": 1, "for": "admission"}
    knock = await at_alices.push("participant-waiting")
    assert (knock["displayName"], knock["for"]) == ("Bob", "admission")
    assert await at_bobs.pushes_so_far() == []

    who = {"participantId": knock["participantId"]}
    assert await at_alices.ask("admit-participant", who) == who
    joined = await at_bobs.push("meeting-joined")
    assert joined["participantId"] == knock["participantId"]
    assert set(joined["transports"]) == {"send", "recv"}
    assert await at_alices.push("waiting-over") == {**who, "decision": "admitted"}
    assert (await at_alices.push("participant-joined"))["participantId"] == knock["participantId"]
    assert [step for step, _ in await in_database(trail, meeting)] == ["admitted"]

    # Who was let in once comes and goes.
    await at_bobs.ask("leave-meeting")
    await at_bobs.ask("join-meeting", {"meetingId": str(meeting.id)})


async def test_somebody_is_turned_away_and_asks_again(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    await with_door(meeting)
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await waits(bob, meeting)
    who = {"participantId": (await at_alices.push("participant-waiting"))["participantId"]}
    assert await at_alices.ask("deny-participant", who) == who
    assert (await at_bobs.push("join-denied"))["code"] == "JOIN_DENIED"
    await at_bobs.refusal("NOT_IN_MEETING", "leave-meeting")
    await at_alices.refusal("NOT_IN_MEETING", "admit-participant", who)
    again = await at_bobs.ask("join-meeting", {"meetingId": str(meeting.id)}, answer="waiting")
    assert again["position"] == 1


async def test_everybody_is_let_in(alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting) -> None:
    await with_door(meeting)
    at_bobs, one = await waits(bob, meeting)
    at_mallorys, two = await waits(mallory, meeting)
    assert (one["position"], two["position"]) == (1, 2)
    at_alices, first = await alice.join(meeting)
    assert [each["displayName"] for each in first["waiting"]] == ["Bob", "Mallory"]
    assert await at_alices.ask("admit-all") == {"count": 2}
    await at_bobs.push("meeting-joined")
    await at_mallorys.push("meeting-joined")
    assert await at_alices.ask("admit-all") == {"count": 0}


async def test_who_waits_hears_nothing_of_the_meeting(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    at_alices, _ = await alice.join(meeting)
    at_mallorys, _ = await mallory.join(meeting)
    await with_door(meeting)
    at_bobs, _ = await waits(bob, meeting)
    await at_alices.push("participant-waiting")
    assert await at_mallorys.pushes_so_far() == [], "only hosts are told"
    await at_alices.ask("lock-meeting", {"locked": True})
    await at_mallorys.push("meeting-updated")
    await at_bobs.refusal("NOT_IN_MEETING", "create-transport", {"meetingId": str(meeting.id), "direction": "send"})
    await at_bobs.refusal("NOT_IN_MEETING", "admit-all")
    assert await at_bobs.pushes_so_far() == []


async def test_who_goes_away_waits_no_more(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    await with_door(meeting)
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await waits(bob, meeting)
    knock = await at_alices.push("participant-waiting")
    await at_bobs.ask("leave-meeting")
    over = {"participantId": knock["participantId"], "decision": "left"}
    assert await at_alices.push("waiting-over") == over
    await at_bobs.ask("join-meeting", {"meetingId": str(meeting.id)}, answer="waiting")
    knock = await at_alices.push("participant-waiting")
    await at_bobs.drop()
    assert await at_alices.push("waiting-over") == {**over, "participantId": knock["participantId"]}


async def test_asking_again_keeps_the_place(alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting) -> None:
    await with_door(meeting)
    at_bobs, _ = await waits(bob, meeting)
    await waits(mallory, meeting)
    at_bobs_phone, told = await waits(bob, meeting, displayName="Bobby")
    assert told["position"] == 1
    at_alices, first = await alice.join(meeting)
    assert [each["displayName"] for each in first["waiting"]] == ["Bobby", "Mallory"]
    # The socket that waited before says goodbye for nobody.
    await at_bobs.drop()
    await at_alices.ask("admit-participant", {"participantId": first["waiting"][0]["participantId"]})
    assert (await at_bobs_phone.push("meeting-joined"))["participants"][-1]["displayName"] == "Bobby"


async def test_nobody_comes_in_before_the_host(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    await with_door(meeting, waiting_room="nobody", before_host=False)
    at_bobs, told = await waits(bob, meeting)
    assert told["for"] == "host"
    await alice.join(meeting)
    await at_bobs.push("meeting-joined")
    await mallory.join(meeting)


async def test_accounts_need_not_wait_where_guests_do(
    alice: Someone, bob: Someone, carol: Someone, meeting: Meeting
) -> None:
    await with_door(meeting, waiting_room="guests")
    await alice.join(meeting)
    await waits(bob, meeting)
    _, carols = await carol.join(meeting)
    assert carols["role"] == "attendee"


async def test_a_host_lets_somebody_into_a_locked_meeting(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    await with_door(meeting)
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await waits(bob, meeting)
    knock = await at_alices.push("participant-waiting")
    await at_alices.ask("lock-meeting", {"locked": True})
    await at_alices.ask("admit-participant", {"participantId": knock["participantId"]})
    await at_bobs.push("meeting-joined")


async def test_a_full_meeting_has_no_room_for_who_was_let_in(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    await with_door(meeting, capacity=1)
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await waits(bob, meeting)
    knock = await at_alices.push("participant-waiting")
    await at_alices.ask("admit-participant", {"participantId": knock["participantId"]})
    assert (await at_bobs.push("join-denied"))["code"] == "MEETING_FULL"


async def test_the_end_of_the_meeting_is_told_at_the_door(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    await with_door(meeting)
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await waits(bob, meeting)
    await at_alices.ask("end-meeting")
    assert (await at_bobs.push("join-denied"))["code"] == "MEETING_ENDED"


async def test_only_hosts_open_the_door(alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting) -> None:
    await alice.join(meeting)
    at_bobs, _ = await bob.join(meeting)
    await with_door(meeting)
    await waits(mallory, meeting)
    knock = await in_database(Knock.objects.get, meeting=meeting)
    who = {"participantId": str(knock.id)}
    await at_bobs.refusal("NOT_ALLOWED", "admit-participant", who)
    await at_bobs.refusal("NOT_ALLOWED", "deny-participant", who)
    await at_bobs.refusal("NOT_ALLOWED", "admit-all")


async def test_two_hosts_decide_at_once(alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, bobs = await bob.join(meeting)
    await in_database(Participant.objects.filter(id=bobs["participantId"]).update, role="co_host")
    await with_door(meeting)
    at_mallorys, _ = await waits(mallory, meeting)
    who = {"participantId": (await at_alices.push("participant-waiting"))["participantId"]}
    answers = await asyncio.gather(
        at_alices.ask("admit-participant", who), at_bobs.ask("deny-participant", who), return_exceptions=True
    )
    refused = [isinstance(answer, Refused) and answer.code == "NOT_IN_MEETING" for answer in answers]
    assert sorted(refused) == [False, True]
    await at_mallorys.push("join-denied" if refused[0] else "meeting-joined")


async def test_who_waited_over_a_process_that_died_waits_no_more(
    alice: Someone, bob: Someone, meeting: Meeting
) -> None:
    await with_door(meeting)
    at_alices, _ = await alice.join(meeting)
    await waits(bob, meeting)
    await at_alices.push("participant-waiting")

    def dies() -> None:
        long_ago = timezone.now() - DEAD_AFTER - timedelta(seconds=1)
        dead = WebProcess.objects.create(id=uuid4(), host="gone", pid=1, heartbeat_at=long_ago)
        Knock.objects.filter(meeting=meeting).update(served_by=dead)
        sweep()

    await in_database(dies)
    assert (await at_alices.push("waiting-over"))["decision"] == "left"

    async def nobody_waits() -> bool:
        return not await in_database(Knock.objects.filter(decided_at=None).exists)

    await eventually("nobody waits", nobody_waits)


async def test_who_comes_in_by_other_means_is_not_waited_for(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    """The door was taken away without a word, as an administrator's form may do."""
    await with_door(meeting)
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await waits(bob, meeting)
    knock = await at_alices.push("participant-waiting")
    await with_door(meeting, waiting_room="nobody")
    await at_bobs.ask("join-meeting", {"meetingId": str(meeting.id)})
    assert await at_alices.push("waiting-over") == {"participantId": knock["participantId"], "decision": "left"}


async def test_who_asks_again_in_vain_waits_no_more(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    await with_door(meeting)
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await waits(bob, meeting)
    knock = await at_alices.push("participant-waiting")
    await at_alices.ask("lock-meeting", {"locked": True})
    await at_bobs.refusal("MEETING_LOCKED", "join-meeting", {"meetingId": str(meeting.id)})
    assert await at_alices.push("waiting-over") == {"participantId": knock["participantId"], "decision": "left"}
    await at_bobs.refusal("NOT_IN_MEETING", "leave-meeting")

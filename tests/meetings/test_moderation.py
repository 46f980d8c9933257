"""Muting, asking to unmute, roles, handing over, the spotlight, hands and reactions."""

from __future__ import annotations

from typing import Any

from meetings.database import in_database
from meetings.models import Meeting, Participant
from tests.meetings.conftest import Someone
from tests.meetings.socket_client import SignallingSocket
from tests.meetings.test_audit import trail
from tests.node import rtp

Json = dict[str, Any]


async def three(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> tuple[SignallingSocket, SignallingSocket, SignallingSocket, Json, Json]:
    at_alices, first = await alice.join(meeting)
    at_bobs, bobs = await bob.join(meeting, rtpCapabilities=first["rtpCapabilities"])
    at_mallorys, mallorys = await mallory.join(meeting, rtpCapabilities=first["rtpCapabilities"])
    return at_alices, at_bobs, at_mallorys, bobs, mallorys


async def talks(socket: SignallingSocket, meeting: Meeting) -> str:
    data = {"meetingId": str(meeting.id), "kind": "audio", "source": "mic", "rtpParameters": rtp.microphone()}
    return str((await socket.ask("produce", data))["producerId"])


async def test_somebody_is_muted_and_asked_to_unmute(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    at_alices, at_bobs, at_mallorys, bobs, _ = await three(alice, bob, mallory, meeting)
    mic = await talks(at_bobs, meeting)
    who = {"participantId": bobs["participantId"]}
    await at_alices.ask("mute-participant", {**who, "kind": "audio"})
    notice = await at_bobs.push("muted-by-host")
    assert (notice["kind"], notice["byName"]) == ("audio", "Alice")
    told = await at_mallorys.push("participant-media-updated")
    assert told == {**who, "permissions": {"microphone": False, "camera": True, "screen": True, "chat": True}}
    assert (await at_alices.push("producer-paused"))["producerId"] == mic
    await at_bobs.refusal("NOT_ALLOWED", "resume-producer", {"producerId": mic})

    await at_alices.ask("ask-to-unmute", who)
    assert (await at_bobs.push("unmute-requested"))["byName"] == "Alice"
    await at_bobs.ask("resume-producer", {"producerId": mic})
    assert (await at_mallorys.push("producer-resumed"))["producerId"] == mic
    assert [step for step, _ in await in_database(trail, meeting)] == ["muted", "asked-to-unmute"]


async def test_all_are_muted_but_hosts_and_whoever_is_spared(
    alice: Someone, bob: Someone, mallory: Someone, carol: Someone, meeting: Meeting
) -> None:
    at_alices, at_bobs, at_mallorys, _, mallorys = await three(alice, bob, mallory, meeting)
    at_carols, carols = await carol.join(meeting)
    await at_alices.ask("set-role", {"participantId": carols["participantId"], "role": "co_host"})
    await at_carols.push("participant-updated")
    assert await at_alices.ask("mute-all", {"except": mallorys["participantId"]}) == {"count": 1}
    assert (await at_bobs.push("muted-by-host"))["kind"] == "audio"
    for spared in (at_mallorys, at_carols):
        assert "muted-by-host" not in await spared.pushes_so_far()


async def test_of_many_it_is_told_of_each_and_carried_out_for_each(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    at_alices, at_bobs, at_mallorys, bobs, mallorys = await three(alice, bob, mallory, meeting)
    mic = await talks(at_bobs, meeting)
    both = {bobs["participantId"], mallorys["participantId"]}
    for verb, said in (("mute-all", {}), ("set-permissions", {"camera": False})):
        await at_alices.ask(verb, said)
        for socket in (at_alices, at_bobs, at_mallorys):
            events = ["participant-updated"] + ["participant-media-updated"] * (verb == "mute-all")
            for event in events:
                told = [await socket.push(event) for _ in both]
                assert {one["participantId"] for one in told} == both
                assert not any(one["permissions"]["microphone"] for one in told)
    await at_bobs.refusal("NOT_ALLOWED", "resume-producer", {"producerId": mic})


async def test_where_nobody_may_speak_one_is_asked_to(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    at_alices, at_bobs, at_mallorys, bobs, _ = await three(alice, bob, mallory, meeting)
    await at_alices.ask("set-permissions", {"microphone": False})
    await at_alices.ask("ask-to-unmute", {"participantId": bobs["participantId"]})
    await at_bobs.push("unmute-requested")
    await talks(at_bobs, meeting)
    produce = {"meetingId": str(meeting.id), "kind": "audio", "source": "mic", "rtpParameters": rtp.microphone()}
    await at_mallorys.refusal("NOT_ALLOWED", "produce", produce)


async def test_roles_are_given_and_change_what_one_may(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    at_alices, at_bobs, _, bobs, mallorys = await three(alice, bob, mallory, meeting)
    await at_alices.ask("set-permissions", {"camera": False})
    await at_alices.ask("set-role", {"participantId": bobs["participantId"], "role": "co_host"})
    updated = await at_bobs.push("participant-updated")
    while updated["role"] != "co_host":
        updated = await at_bobs.push("participant-updated")
    assert updated["permissions"]["camera"] is True
    # A co-host makes presenters, and neither co-hosts nor a host.
    who = {"participantId": mallorys["participantId"]}
    await at_bobs.ask("set-role", {**who, "role": "presenter"})
    for role in ("co_host", "host"):
        await at_bobs.refusal("NOT_ALLOWED", "set-role", {**who, "role": role})
    # The host cannot be made less than a host, but a co-host may step down.
    alices = next(one for one in bobs["participants"] if one["displayName"] == "Alice")["participantId"]
    await at_bobs.refusal("NOT_ALLOWED", "set-role", {"participantId": alices, "role": "attendee"})
    await at_alices.refusal("NOT_ALLOWED", "set-role", {"participantId": alices, "role": "attendee"})
    await at_bobs.ask("set-role", {"participantId": bobs["participantId"], "role": "attendee"})
    await at_bobs.refusal("NOT_ALLOWED", "mute-all")


async def test_the_meeting_is_handed_over_for_good(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    at_alices, at_bobs, _, bobs, _ = await three(alice, bob, mallory, meeting)
    await at_alices.ask("set-role", {"participantId": bobs["participantId"], "role": "host"})
    roles = await in_database(
        lambda: dict(Participant.objects.filter(meeting=meeting).values_list("display_name", "role"))
    )
    assert roles == {"Alice": "co_host", "Bob": "host", "Mallory": "guest"}
    await at_alices.refusal("NOT_ALLOWED", "end-meeting")
    for socket, who, role in ((at_bobs, bob, "host"), (at_alices, alice, "guest")):
        await socket.ask("leave-meeting")
        assert (await socket.ask("join-meeting", {"meetingId": str(meeting.id)}))["role"] == role, who.name


async def test_the_spotlight_goes_out_with_whom_it_is_on(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    at_alices, at_bobs, at_mallorys, bobs, _ = await three(alice, bob, mallory, meeting)
    who = {"participantId": bobs["participantId"]}
    await at_alices.ask("spotlight-participant", who)
    assert await at_mallorys.push("participant-spotlighted") == who
    _, late = await alice.join(meeting)
    assert late["meeting"]["spotlight"] == bobs["participantId"]
    await at_bobs.ask("leave-meeting")
    assert await at_mallorys.push("participant-spotlighted") == {"participantId": None}
    await at_alices.ask("spotlight-participant", {"participantId": None})


async def test_hands_are_up_in_the_order_in_which_they_were_raised(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    at_alices, at_bobs, at_mallorys, bobs, mallorys = await three(alice, bob, mallory, meeting)
    hers = {"participantId": mallorys["participantId"], "raised": True, "order": 1}
    his = {"participantId": bobs["participantId"], "raised": True, "order": 2}
    assert await at_mallorys.ask("raise-hand", {"raised": True}) == hers
    assert await at_bobs.ask("raise-hand", {"raised": True}) == his
    assert await at_bobs.ask("raise-hand", {"raised": True}) == his, "it is up already"
    assert [await at_alices.push("hand-raised"), await at_alices.push("hand-raised")] == [hers, his]
    _, late = await alice.join(meeting)
    up = [one["displayName"] for one in late["participants"] if one["handRaisedAt"]]
    assert sorted(up) == ["Bob", "Mallory"]
    await at_alices.ask("lower-hand", {"participantId": mallorys["participantId"]})
    assert (await at_mallorys.push("hand-raised"))["participantId"] == mallorys["participantId"]
    assert (await at_bobs.ask("raise-hand", {"raised": True}))["order"] == 1
    assert (await at_bobs.ask("raise-hand", {"raised": False}))["order"] is None


async def test_reactions_are_shown_and_do_not_flood(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    at_alices, at_bobs, _, bobs, _ = await three(alice, bob, mallory, meeting)
    await at_bobs.ask("send-reaction", {"reaction": "clap"})
    shown = await at_alices.push("participant-reaction")
    assert shown == {"participantId": bobs["participantId"], "reaction": "clap"}
    await at_bobs.refusal("BAD_REQUEST", "send-reaction", {"reaction": "<script>"})
    for _ in range(9):
        await at_bobs.ask("send-reaction", {"reaction": "heart"})
    assert (await at_bobs.refusal("RATE_LIMITED", "send-reaction", {"reaction": "heart"})).data["retryAfter"] > 0


async def test_who_waits_and_need_not_any_more_comes_in(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    at_alices, _ = await alice.join(meeting)
    await at_alices.ask("set-waiting-room", {"waitingRoom": "everybody"})
    at_bobs = await bob.socket()
    await at_bobs.ask("join-meeting", {"meetingId": str(meeting.id)}, answer="waiting")
    await at_alices.ask("set-waiting-room", {"waitingRoom": "guests"})
    await at_alices.push("participant-waiting")
    assert await at_bobs.pushes_so_far() == []
    await at_alices.ask("set-waiting-room", {"waitingRoom": "nobody"})
    await at_bobs.push("meeting-joined")

"""Breakout rooms: dividing a meeting, moving between its rooms, and coming back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings.actions.breakouts.close import close_due
from meetings.actions.change import delete
from meetings.actions.end_empty import end_empty
from meetings.actions.start import start_meeting
from meetings.actions.take_over import take_over
from meetings.audience import group_of
from meetings.countdowns import end_countdowns
from meetings.database import in_database
from meetings.models import Act, Breakouts, BreakoutSeat, Meeting, Participant
from meetings.planning.mine import past_of
from meetings.recent import meetings_of
from meetings.signalling.session import DIVISIONS_AT_ONCE
from tests.meetings.conftest import Someone
from tests.meetings.socket_client import SignallingSocket
from tests.meetings.test_audit import trail

Json = dict[str, Any]
MakesPeople = Callable[[str], Awaitable[Someone]]


class Class:
    """Alice, who hosts, and Bob and Mallory in her meeting, with one room for each of the two."""

    def __init__(self, meeting: Meeting) -> None:
        self.meeting = meeting
        self.sockets: dict[str, SignallingSocket] = {}
        self.joined: dict[str, Json] = {}
        self.rooms: dict[str, Json] = {}

    @property
    def alice(self) -> SignallingSocket:
        return self.sockets["Alice"]

    @property
    def bob(self) -> SignallingSocket:
        return self.sockets["Bob"]

    @property
    def mallory(self) -> SignallingSocket:
        return self.sockets["Mallory"]

    def id_of(self, name: str) -> str:
        return str(self.joined[name]["participantId"])

    async def comes(self, *people: Someone) -> None:
        for one in people:
            self.sockets[one.name], self.joined[one.name] = await one.join(self.meeting)

    async def prepare(self, *names: str, **how: Any) -> None:
        state = await self.alice.ask("create-breakouts", {"names": list(names), "assign": "by-hand", **how})
        self.rooms = {room["name"]: room for room in state["rooms"]}

    async def assign(self, name: str, room: str | None) -> Json:
        """Say where somebody belongs, as who they are at present."""
        people = (await self.alice.ask("breakouts"))["people"]
        who = next(one["participantId"] for one in people if one["displayName"] == name)
        room_id = None if room is None else self.rooms[room]["roomId"]
        return await self.alice.ask("assign-breakout", {"participantId": who, "roomId": room_id})

    async def goes(self, name: str) -> Json:
        """Follow the call to a room, or back; the answer to the join."""
        way = await self.sockets[name].push("breakout-assigned")
        return await self.enters(name, way)

    async def enters(self, name: str, way: Json) -> Json:
        self.joined[name] = await self.sockets[name].ask("join-meeting", {"meetingId": way["code"]})
        return self.joined[name]

    async def state(self) -> Json:
        """Who is in which room, by name."""
        state = await self.alice.ask("breakouts")
        names = {room["roomId"]: room["name"] for room in state["rooms"]}
        return {one["displayName"]: names.get(one["isIn"]) for one in state["people"]}


async def divided(meeting: Meeting, *people: Someone) -> Class:
    """With Bob in Red and Mallory in Blue, the rooms open, and both gone there."""
    together = Class(meeting)
    await together.comes(*people)
    await together.prepare("Red", "Blue")
    await together.assign("Bob", "Red")
    await together.assign("Mallory", "Blue")
    await together.alice.ask("open-breakouts")
    await together.goes("Bob")
    await together.goes("Mallory")
    return together


def names_in(joined: Json) -> list[str]:
    return [one["displayName"] for one in joined["participants"]]


async def test_everybody_goes_to_their_room_and_comes_back(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    together = Class(meeting)
    await together.comes(alice, bob, mallory)
    assert together.joined["Bob"]["breakout"] is None
    await together.prepare("Red", "Blue")
    assert await together.assign("Bob", "Red") == {
        "participantId": together.id_of("Bob"),
        "roomId": together.rooms["Red"]["roomId"],
    }
    await together.assign("Mallory", "Blue")
    assert "breakout-assigned" not in await together.bob.pushes_so_far(), "nobody goes before the rooms are open"

    assert await together.alice.ask("open-breakouts") == {}
    reds = await together.goes("Bob")
    assert (reds["meeting"]["title"], names_in(reds)) == ("Red", ["Bob"])
    assert (reds["breakout"]["state"], reds["breakout"]["isIn"]) == ("open", together.rooms["Red"]["roomId"])
    assert (await together.alice.push("participant-left"))["reason"] == "left"
    blues = await together.goes("Mallory")
    assert names_in(blues) == ["Mallory"]
    assert await together.state() == {"Alice": None, "Bob": "Red", "Mallory": "Blue"}

    # What is said in one room is heard in that room.
    await together.bob.ask("send-message", {"message": "In red", "recipientType": "all"})
    assert "new-message" not in await together.mallory.pushes_so_far()

    assert await together.alice.ask("broadcast", {"text": "Five minutes"}) == {}
    for name in ("Bob", "Mallory"):
        told = await together.sockets[name].push("breakout-broadcast")
        assert (told["text"], told["byName"]) == ("Five minutes", "Alice")

    assert (await together.alice.ask("close-breakouts", {"seconds": 0}))["state"] == "closing"
    for name in ("Bob", "Mallory"):
        await together.sockets[name].push("meeting-ended")
        await together.sockets[name].refusal("NOT_IN_MEETING", "chat-history")
        back = await together.enters(name, together.joined[name]["breakout"]["main"])
        assert back["breakout"] is None
    assert names_in(back) == ["Alice", "Bob", "Mallory"]
    assert sorted(step for step, _ in await in_database(trail, meeting)) == [
        "breakout-assigned",
        "breakout-assigned",
        "breakouts-closed",
        "breakouts-closing",
        "breakouts-created",
        "breakouts-opened",
        "broadcast",
    ]


async def test_evenly_by_chance(alice: Someone, someone: MakesPeople, meeting: Meeting) -> None:
    together = Class(meeting)
    pupils = [await someone(f"Pupil {number}") for number in range(7)]
    await together.comes(alice, *pupils)
    state = await together.alice.ask("create-breakouts", {"count": 3, "assign": "evenly"})
    assert [room["name"] for room in state["rooms"]] == ["Room 1", "Room 2", "Room 3"]
    belongs = {one["displayName"]: one["roomId"] for one in state["people"]}
    assert belongs.pop("Alice") is None, "hosts go where they like"
    sizes = [list(belongs.values()).count(room["roomId"]) for room in state["rooms"]]
    assert sorted(sizes) == [2, 2, 3]


async def test_rooms_that_are_not_open_make_way(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    together = Class(meeting)
    await together.comes(alice, bob)
    await together.alice.refusal("WRONG_STATE", "open-breakouts")
    await together.prepare("Red", "Blue")
    await together.assign("Bob", "Red")
    await together.prepare("Green")
    assert [room["name"] for room in (await together.alice.ask("breakouts"))["rooms"]] == ["Green"]
    await together.alice.ask("open-breakouts")
    await together.alice.refusal("WRONG_STATE", "create-breakouts", {"count": 2, "assign": "evenly"})
    await together.alice.refusal("WRONG_STATE", "open-breakouts")


async def test_somebody_is_moved_while_the_rooms_are_open(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    together = await divided(meeting, alice, bob, mallory)
    await together.assign("Bob", "Blue")
    blues = await together.goes("Bob")
    assert names_in(blues) == ["Mallory", "Bob"]
    assert (await together.mallory.push("participant-joined"))["displayName"] == "Bob"
    await together.assign("Bob", None)
    back = await together.goes("Bob")
    assert (back["meeting"]["id"], names_in(back)) == (str(meeting.id), ["Alice", "Bob"])


async def test_a_host_visits_rooms_and_leads_from_there(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    together = await divided(meeting, alice, bob, mallory)
    for name in ("Red", "Blue"):
        way = await together.alice.ask("move-to-breakout", {"roomId": together.rooms[name]["roomId"]})
        visiting = await together.enters("Alice", way)
        assert (visiting["meeting"]["title"], visiting["role"]) == (name, "host")
        assert visiting["breakout"]["called"] is False
    # What hosts do, she does in the room; and for all rooms from there.
    await together.alice.ask("mute-participant", {"participantId": together.id_of("Mallory"), "kind": "audio"})
    await together.mallory.push("muted-by-host")
    await together.alice.refusal(
        "NOT_ALLOWED", "set-role", {"participantId": together.id_of("Mallory"), "role": "presenter"}
    )
    await together.alice.ask("broadcast", {"text": "Hear, hear"})
    await together.bob.push("breakout-broadcast")
    back = await together.enters("Alice", await together.alice.ask("leave-breakout"))
    assert (back["role"], names_in(back)) == ("host", ["Alice"])


async def test_roles_go_along_and_come_back(
    alice: Someone, bob: Someone, mallory: Someone, carol: Someone, meeting: Meeting
) -> None:
    together = Class(meeting)
    await together.comes(alice, bob, mallory, carol)
    await together.alice.ask("set-role", {"participantId": together.id_of("Carol"), "role": "co_host"})
    said = {"participantId": together.id_of("Bob"), "camera": False}
    await together.alice.ask("set-permissions", said)
    await together.prepare("Red")
    await together.assign("Bob", "Red")
    await together.alice.ask("open-breakouts")
    reds = await together.goes("Bob")
    assert reds["permissions"]["camera"] is False
    way = await together.sockets["Carol"].ask("move-to-breakout", {"roomId": together.rooms["Red"]["roomId"]})
    assert (await together.enters("Carol", way))["role"] == "co_host"
    # Hosts in rooms are in charge still: nobody in the main room is made one when Alice goes too.
    await together.mallory.pushes_so_far()
    way = await together.alice.ask("move-to-breakout", {"roomId": together.rooms["Red"]["roomId"]})
    await together.enters("Alice", way)
    assert "participant-updated" not in await together.mallory.pushes_so_far()
    # When the last of them is gone, whoever succeeds is in the main room.
    await together.enters("Carol", await together.sockets["Carol"].ask("leave-breakout"))
    assert together.joined["Carol"]["role"] == "co_host"
    await together.sockets["Carol"].ask("leave-meeting")
    await together.alice.ask("leave-meeting")
    assert (await together.mallory.push("participant-updated"))["role"] == "co_host"
    back = await together.enters("Bob", await together.bob.ask("leave-breakout"))
    assert back["permissions"]["camera"] is False


async def test_in_a_room_nothing_is_heard_of_the_main_room(
    alice: Someone, bob: Someone, mallory: Someone, someone: MakesPeople, meeting: Meeting
) -> None:
    together = await divided(meeting, alice, bob, mallory)
    await together.bob.pushes_so_far()
    await together.comes(await someone("Zoe"))
    await together.alice.push("participant-joined")
    # Nor what was on its way when he went.
    red = group_of(together.rooms["Red"]["roomId"])
    hand = {"participantId": together.id_of("Alice"), "raised": True, "order": 1}
    for meeting_id in (str(meeting.id), together.rooms["Red"]["roomId"]):
        late = {"type": "meeting.fact", "meeting": meeting_id, "event": "hand-raised", "each": [hand]}
        await get_channel_layer().group_send(red, late)
    assert await together.bob.pushes_so_far() == ["hand-raised"]


async def test_nobody_else_gets_in(
    alice: Someone, bob: Someone, mallory: Someone, someone: MakesPeople, meeting: Meeting
) -> None:
    together = Class(meeting)
    await together.comes(alice, bob)
    await together.prepare("Red", "Blue")
    await together.assign("Bob", "Red")
    red = {"meetingId": together.rooms["Red"]["roomId"]}
    await together.bob.refusal("MEETING_NOT_STARTED", "join-meeting", red)
    await together.alice.ask("open-breakouts")
    way = await together.bob.push("breakout-assigned")
    await together.bob.refusal("NOT_ALLOWED", "join-meeting", {"meetingId": together.rooms["Blue"]["roomId"]})
    # He is where he was.
    await together.bob.ask("raise-hand", {"raised": True})
    # Whoever has no part in the meeting learns nothing of the room, whatever of Bob's they have in hand.
    stranger = await mallory.socket()
    unknown = await stranger.refusal("MEETING_NOT_FOUND", "join-meeting", {"meetingId": "aaa-aaaa-aaa"})
    for reference in (way["code"], way["roomId"]):
        refused = await stranger.refusal("MEETING_NOT_FOUND", "join-meeting", {"meetingId": reference})
        assert refused.data == unknown.data
    # Nor does whoever is in the meeting and belongs nowhere.
    await together.comes(mallory)
    await together.mallory.refusal("MEETING_NOT_FOUND", "join-meeting", red)
    await together.mallory.refusal("NOT_ALLOWED", "move-to-breakout", {"roomId": red["meetingId"]})
    joined = await together.enters("Bob", way)
    with_his_token = {**red, "resumeToken": together.joined["Mallory"]["resumeToken"]}
    await together.mallory.refusal("MEETING_NOT_FOUND", "join-meeting", with_his_token)
    assert names_in(joined) == ["Bob"]


async def test_in_nobodys_list(alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting) -> None:
    await divided(meeting, alice, bob, mallory)

    def listed(one: Someone) -> list[Any]:
        return [list(which(one.person).values_list("id", flat=True)) for which in (meetings_of, past_of)]

    for one in (alice, bob):
        assert await in_database(listed, one) == [[meeting.id], [meeting.id]]


async def test_another_meetings_room_is_as_unknown_as_none(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting, other_meeting: Meeting
) -> None:
    together = await divided(meeting, alice, bob, mallory)
    elsewhere = Class(other_meeting)
    await elsewhere.comes(alice)
    await elsewhere.prepare("Green")
    await elsewhere.alice.ask("open-breakouts")
    who = elsewhere.joined["Alice"]["participantId"]
    for room in (together.rooms["Red"]["roomId"], str(meeting.id), "nonsense"):
        data = {"participantId": who, "roomId": room}
        await elsewhere.alice.refusal("MEETING_NOT_FOUND", "assign-breakout", data)
        await elsewhere.alice.refusal("MEETING_NOT_FOUND", "move-to-breakout", {"roomId": room})
    theirs = {"participantId": together.id_of("Bob"), "roomId": elsewhere.rooms["Green"]["roomId"]}
    await elsewhere.alice.refusal("NOT_IN_MEETING", "assign-breakout", theirs)
    # A socket goes from room to room of one meeting, not of two.
    await elsewhere.alice.refusal("NOT_ALLOWED", "join-meeting", {"meetingId": together.rooms["Red"]["roomId"]})


async def test_whoever_has_just_left_cannot_be_assigned_and_is_called_when_they_are_back(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    together = Class(meeting)
    await together.comes(alice, bob, mallory)
    await together.prepare("Red")
    await together.assign("Bob", "Red")
    await together.bob.ask("leave-meeting")
    await together.mallory.ask("leave-meeting")
    gone = {"participantId": together.id_of("Mallory"), "roomId": together.rooms["Red"]["roomId"]}
    await together.alice.refusal("NOT_IN_MEETING", "assign-breakout", gone)
    await together.alice.ask("open-breakouts")
    await together.comes(bob)
    breakout = together.joined["Bob"]["breakout"]
    assert (breakout["called"], breakout["room"]["name"], breakout["isIn"]) == (True, "Red", None)
    await together.enters("Bob", breakout["room"])
    # Having gone back by his own will, he is not called again.
    back = await together.enters("Bob", await together.bob.ask("leave-breakout"))
    assert (back["breakout"]["called"], back["breakout"]["room"]["name"]) == (False, "Red")
    await together.enters("Bob", await together.bob.ask("move-to-breakout", {"roomId": gone["roomId"]}))


async def test_a_socket_that_breaks_in_a_room_goes_on_there(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    together = await divided(meeting, alice, bob, mallory)
    token = together.joined["Bob"]["resumeToken"]
    await together.bob.drop()
    together.sockets["Bob"] = await bob.socket()
    data = {"meetingId": together.rooms["Red"]["roomId"], "resumeToken": token}
    resumed = await together.bob.ask("join-meeting", data)
    assert (resumed["participantId"], resumed["state"]["resumed"]) == (together.id_of("Bob"), True)
    assert resumed["breakout"]["isIn"] == together.rooms["Red"]["roomId"]
    # A page that is loaded anew comes by the main room, and is called.
    again = await bob.socket()
    joined = await again.ask("join-meeting", {"meetingId": str(meeting.id)})
    assert joined["breakout"]["called"] is True


async def test_who_comes_back_has_a_place(alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting) -> None:
    """However the door is shut meanwhile, and however many have come in."""
    together = await divided(meeting, alice, bob, mallory)
    shut = {"locked": True, "waiting_room": "everybody", "capacity": 1, "guests_allowed": False, "before_host": False}
    await in_database(Meeting.objects.filter(id=meeting.id).update, **shut)
    await together.enters("Bob", await together.bob.ask("leave-breakout"))
    # Who was put out has none, nor whoever was in no room.
    visit = await together.alice.ask("move-to-breakout", {"roomId": together.rooms["Blue"]["roomId"]})
    await together.enters("Alice", visit)
    await together.alice.ask("remove-participant", {"participantId": together.id_of("Mallory")})
    await together.mallory.push("removed-by-host")
    await together.mallory.refusal("ACCOUNT_REQUIRED", "join-meeting", {"meetingId": str(meeting.id)})


async def test_a_ban_in_a_room_holds_everywhere(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    together = await divided(meeting, alice, bob, mallory)
    visit = await together.alice.ask("move-to-breakout", {"roomId": together.rooms["Blue"]["roomId"]})
    await together.enters("Alice", visit)
    await together.alice.ask("remove-participant", {"participantId": together.id_of("Mallory"), "ban": True})
    await together.mallory.push("removed-by-host")
    for place in (str(meeting.id), together.rooms["Blue"]["roomId"]):
        await together.mallory.refusal("REMOVED", "join-meeting", {"meetingId": place})


async def test_the_countdown_is_told_to_everybody(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    together = await divided(meeting, alice, bob, mallory)
    for socket in together.sockets.values():
        await socket.pushes_so_far()
    closing = await together.alice.ask("close-breakouts", {"seconds": 600})
    assert 590 < closing["closesIn"] <= 600
    for socket in together.sockets.values():
        told = await socket.push("breakouts-updated")
        assert (told["state"], 590 < told["closesIn"] <= 600) == ("closing", True)
    # Whoever comes in meanwhile is told too; a longer one changes nothing, a shorter one does.
    again = await bob.socket()
    joined = await again.ask("join-meeting", {"meetingId": str(meeting.id)})
    assert 580 < joined["breakout"]["closesIn"] <= 600
    assert (await together.alice.ask("close-breakouts", {"seconds": 601 - 1}))["closesIn"] <= 600
    assert (await together.alice.ask("close-breakouts", {"seconds": 300}))["closesIn"] <= 300
    assert await in_database(Breakouts.objects.filter(closed_at=None).count) == 1


async def test_two_hosts_close_at_once(
    alice: Someone, bob: Someone, mallory: Someone, carol: Someone, meeting: Meeting
) -> None:
    together = await divided(meeting, alice, bob, mallory)
    await together.comes(carol)
    await together.alice.ask("set-role", {"participantId": together.id_of("Carol"), "role": "co_host"})
    await asyncio.gather(
        *(together.sockets[name].ask("close-breakouts", {"seconds": 0}) for name in ("Alice", "Carol"))
    )
    await together.bob.push("meeting-ended")
    await together.mallory.push("meeting-ended")
    steps = [step for step, _ in await in_database(trail, meeting)]
    assert (steps.count("breakouts-closed"), steps.count("breakouts-closing")) == (1, 1)
    await together.alice.refusal("WRONG_STATE", "close-breakouts")


async def test_a_countdown_whose_process_died_ends_by_the_sweep(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    together = await divided(meeting, alice, bob, mallory)
    await together.alice.ask("close-breakouts", {"seconds": 600})
    await end_countdowns()
    soon = timezone.now() + timedelta(seconds=600)
    assert await in_database(close_due, soon - timedelta(seconds=60)) == []
    assert len(await in_database(close_due, soon)) == 2
    assert await in_database(close_due, soon) == []
    await together.bob.push("meeting-ended")
    told = await together.alice.push("breakouts-updated")
    while told["state"] != "closed":
        told = await together.alice.push("breakouts-updated")
    back = await together.enters("Bob", together.joined["Bob"]["breakout"]["main"])
    assert names_in(back) == ["Alice", "Bob"]


async def test_the_end_of_the_meeting_is_the_end_of_its_rooms(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    together = await divided(meeting, alice, bob, mallory)
    await together.alice.ask("end-meeting")
    await together.bob.push("meeting-ended")
    await together.mallory.push("meeting-ended")
    await together.bob.refusal("MEETING_ENDED", "join-meeting", {"meetingId": str(meeting.id)})
    assert await in_database(Participant.objects.filter(left_at=None).count) == 0
    assert await in_database(BreakoutSeat.objects.count) == 0


async def test_a_meeting_whose_people_are_in_rooms_is_not_empty(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting, monkeypatch: Any
) -> None:
    monkeypatch.setattr(settings, "EMPTY_MINUTES", 1)
    together = await divided(meeting, alice, bob, mallory)
    await together.alice.ask("leave-meeting")
    later = timezone.now() + timedelta(minutes=5)
    assert await in_database(end_empty, later) == 0
    await together.bob.ask("leave-meeting")
    await together.mallory.ask("leave-meeting")
    assert await in_database(end_empty, later) == 1


async def test_a_meeting_of_another_person_is_not_entered_through_a_room(alice: Someone, bob: Someone) -> None:
    """A socket moves only between rooms of one meeting, whatever it hosts itself."""
    mine, theirs = [await in_database(start_meeting, one.person, one.name) for one in (alice, bob)]
    socket, _ = await alice.join(mine)
    await socket.refusal("NOT_ALLOWED", "join-meeting", {"meetingId": str(theirs.id)})


async def test_somebody_without_account_and_session(
    alice: Someone, open_socket: Callable[..., Awaitable[SignallingSocket]], meeting: Meeting
) -> None:
    """Known by their stay alone: on their own socket they go and come, and nobody else is taken for them."""
    together = Class(meeting)
    await together.comes(alice)
    for name in ("Nobody", "Nemo"):
        together.sockets[name] = await open_socket()
        data = {"meetingId": str(meeting.id), "displayName": name}
        together.joined[name] = await together.sockets[name].ask("join-meeting", data)
    await together.prepare("Red")
    await together.assign("Nobody", "Red")
    await together.alice.ask("open-breakouts")
    way = await together.sockets["Nobody"].push("breakout-assigned")
    await together.sockets["Nemo"].refusal("MEETING_NOT_FOUND", "join-meeting", {"meetingId": way["code"]})
    await (await open_socket()).refusal("MEETING_NOT_FOUND", "join-meeting", {"meetingId": way["code"]})
    assert names_in(await together.enters("Nobody", way)) == ["Nobody"]
    await together.assign("Nobody", None)
    assert names_in(await together.goes("Nobody")) == ["Alice", "Nemo", "Nobody"]


async def test_whoever_signs_in_keeps_their_seat(
    alice: Someone, bob: Someone, mallory: Someone, carol: Someone, meeting: Meeting
) -> None:
    together = await divided(meeting, alice, bob, mallory)
    account = await in_database(User.objects.get, username="carol")
    await in_database(take_over, bob.guest, account.pk)
    _, joined = await carol.join(meeting)
    assert (joined["breakout"]["room"]["name"], joined["breakout"]["called"]) == ("Red", True)
    assert together.rooms.keys() == {"Red", "Blue"}


async def test_no_page_and_nothing_in_the_api(alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting) -> None:
    together = await divided(meeting, alice, bob, mallory)

    def statuses(session_key: str) -> list[int]:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = session_key
        code = Meeting.objects.get(id=together.rooms["Red"]["roomId"]).code
        api = f"/api/meetings/{code}/"
        asked = [client.get(f"/m/{code}/"), client.get(api), client.get(f"{api}participants")]
        return [
            one.status_code
            for one in (*asked, *(client.post(f"{api}{verb}", {}, "application/json") for verb in ("join", "end")))
        ]

    for one in (alice, bob, mallory):
        assert await in_database(statuses, one.session_key) == [404] * 5


async def test_rooms_go_with_their_meeting_and_the_trail_stays(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    together = await divided(meeting, alice, bob, mallory)
    visit = await together.alice.ask("move-to-breakout", {"roomId": together.rooms["Blue"]["roomId"]})
    await together.enters("Alice", visit)
    await together.alice.ask("remove-participant", {"participantId": together.id_of("Mallory")})
    await together.bob.ask("leave-meeting")
    await together.alice.ask("leave-meeting")
    await in_database(delete, meeting.id, by=alice.person)
    assert await in_database(Meeting.objects.count) == 0
    kept = await in_database(lambda: {one.step: one.data["title"] for one in Act.objects.filter(meeting=None)})
    assert (kept["breakouts-opened"], kept["removed"]) == (meeting.title, "Blue")


async def test_a_host_who_makes_rooms_again_and_again(alice: Someone, meeting: Meeting) -> None:
    socket, _ = await alice.join(meeting)
    for _ in range(DIVISIONS_AT_ONCE):
        await socket.ask("create-breakouts", {"count": 1, "assign": "evenly"})
    await socket.refusal("RATE_LIMITED", "create-breakouts", {"count": 1, "assign": "evenly"})


async def test_what_is_no_room(alice: Someone, meeting: Meeting) -> None:
    socket, _ = await alice.join(meeting)
    for data in (
        {"count": 0, "assign": "evenly"},
        {"count": 51, "assign": "evenly"},
        {"names": [], "assign": "evenly"},
        {"names": ["x" * 61], "assign": "evenly"},
        {"names": ["Red"], "assign": "somehow"},
        {"names": ["Red"], "assign": "evenly", "closingSeconds": 601},
    ):
        await socket.refusal("BAD_REQUEST", "create-breakouts", data)
    await socket.refusal("BAD_REQUEST", "broadcast", {"text": "x" * 501})
    await socket.refusal("BAD_REQUEST", "close-breakouts", {"seconds": -1})


async def test_the_admin_shows_whose_room_it_is(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    together = await divided(meeting, alice, bob, mallory)

    def pages() -> list[str]:
        client = Client()
        client.force_login(User.objects.create_superuser("root"))
        room = reverse("admin:meetings_meeting_change", args=[together.rooms["Red"]["roomId"]])
        lists = [reverse(f"admin:meetings_{name}_changelist") for name in ("breakouts", "breakoutseat")]
        return [client.get(page).content.decode() for page in (room, *lists)]

    room, divisions, seats = await in_database(pages)
    assert f'href="{reverse("admin:meetings_meeting_change", args=[meeting.id])}">{meeting.title}</a>' in room
    assert meeting.title in divisions
    assert "Mallory" in seats

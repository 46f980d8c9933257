"""Every event by every role: who may do what in a meeting. What stands here is written by hand, the rules are not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from meetings import access
from meetings.database import in_database
from meetings.models import Meeting, Participant
from meetings.protocol.requests import REQUESTS
from tests.meetings.conftest import Someone
from tests.meetings.socket_client import Refused, SignallingSocket

Json = dict[str, Any]
ROLES = ("host", "co_host", "presenter", "attendee", "guest")
HOSTS = ("host", "co_host")
PRESENTERS = (*HOSTS, "presenter")

NEW_ID = "7e1ca2de-0000-4000-8000-000000000000"
# Who may, of what concerns people; `{bob}` is somebody without any rights.
PEOPLE: dict[str, tuple[Json, tuple[str, ...]]] = {
    "leave-meeting": ({}, ROLES),
    "raise-hand": ({"raised": True}, ROLES),
    "send-reaction": ({"reaction": "clap"}, ROLES),
    "send-message": ({"message": "Hello", "recipientType": "all"}, ROLES),
    "file-ticket": ({}, ROLES),
    "edit-message": ({"messageId": "{bob}", "message": "Hello"}, ROLES),
    "delete-message": ({"messageId": "{bob}"}, ROLES),
    "chat-history": ({}, ROLES),
    "typing": ({"typing": True}, ROLES),
    "notes": ({}, ROLES),
    "edit-notes": (
        {
            "version": 0,
            "editId": "7e1ca2de-0000-4000-8000-000000000000",
            "changes": [{"at": 0, "delete": 0, "insert": "x"}],
        },
        ROLES,
    ),
    "set-notes-by": ({"notesBy": "presenters"}, HOSTS),
    "polls": ({}, ROLES),
    "create-poll": (
        {"question": "Tea?", "options": ["Yes", "No"], "kind": "single", "anonymous": False, "resultsFor": "everybody"},
        PRESENTERS,
    ),
    "open-poll": ({"pollId": "{bob}"}, PRESENTERS),
    "close-poll": ({"pollId": "{bob}"}, PRESENTERS),
    "delete-poll": ({"pollId": "{bob}"}, PRESENTERS),
    "vote": ({"pollId": "{bob}", "options": [0]}, ROLES),
    "questions": ({}, ROLES),
    "ask-question": ({"question": "Why?"}, ROLES),
    "vote-question": ({"questionId": "{bob}", "voted": True}, ROLES),
    "answer-question": ({"questionId": "{bob}", "answered": True}, HOSTS),
    "dismiss-question": ({"questionId": "{bob}"}, HOSTS),
    "mute-participant": ({"participantId": "{bob}", "kind": "audio"}, HOSTS),
    "mute-all": ({}, HOSTS),
    "ask-to-unmute": ({"participantId": "{bob}"}, HOSTS),
    "lower-hand": ({"participantId": "{bob}"}, HOSTS),
    "set-role": ({"participantId": "{bob}", "role": "presenter"}, HOSTS),
    "set-permissions": ({"camera": False}, HOSTS),
    "spotlight-participant": ({"participantId": "{bob}"}, HOSTS),
    "set-waiting-room": ({"waitingRoom": "everybody"}, HOSTS),
    "admit-participant": ({"participantId": "{bob}"}, HOSTS),
    "deny-participant": ({"participantId": "{bob}"}, HOSTS),
    "admit-all": ({}, HOSTS),
    "remove-participant": ({"participantId": "{bob}"}, HOSTS),
    "lift-ban": ({"participantId": "{bob}"}, HOSTS),
    "lock-meeting": ({"locked": True}, HOSTS),
    "extend-meeting": ({"minutes": 15}, HOSTS),
    "end-meeting": ({}, ("host",)),
    "create-breakouts": ({"count": 2, "assign": "evenly"}, HOSTS),
    "assign-breakout": ({"participantId": "{bob}", "roomId": None}, HOSTS),
    "open-breakouts": ({}, HOSTS),
    "broadcast": ({"text": "Hello"}, HOSTS),
    "close-breakouts": ({}, HOSTS),
    "breakouts": ({}, HOSTS),
    "move-to-breakout": ({"roomId": "{bob}"}, ROLES),
    "leave-breakout": ({}, ROLES),
}
# Who may, of what is asked for over the API.
OVER_THE_API: dict[str, tuple[str, ...]] = {
    "start-meeting": HOSTS,
    "change-meeting": HOSTS,
    "cancel-meeting": ("host",),
    "reopen-meeting": ("host",),
    "delete-meeting": ("host",),
    "plan-meeting": HOSTS,
    "invite-people": HOSTS,
    "see-plan": HOSTS,
    "list-participants": ROLES,
    "see-webrtc-config": ROLES,
    "list-waiting": HOSTS,
    "list-bans": HOSTS,
    "see-analytics": HOSTS,
    "see-attendance": HOSTS,
    "see-live-stats": HOSTS,
    "see-audit": HOSTS,
    "see-notes": HOSTS,
    "see-polls": HOSTS,
    "see-questions": HOSTS,
    "change-poll": PRESENTERS,
}
# Of one's own media and one's own page everybody is master; the bot comes to whoever is alone.
OWN = {"join-meeting", "gap-report", "trace", "ping", "invite-bot"}


def test_every_event_stands_here() -> None:
    others = {event for event, request in REQUESTS.items() if request.relayed or event.startswith("test-")}
    assert set(PEOPLE) | OWN | others == set(REQUESTS)
    assert set(access.MAY) == set(PEOPLE) | {"invite-bot"} | set(OVER_THE_API), "what stands nowhere, nobody may do"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("event", PEOPLE)
async def test_role(
    event: str, role: str, alice: Someone, bob: Someone, someone: Callable[[str], Awaitable[Someone]], meeting: Meeting
) -> None:
    socket = await as_one(role, alice, await someone("Zoe"), meeting)
    _, bobs = await bob.join(meeting)
    data, may = PEOPLE[event]
    data = {name: bobs["participantId"] if value == "{bob}" else value for name, value in data.items()}
    assert (await code_of(socket, event, data) != "NOT_ALLOWED") is (role in may)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("event", OVER_THE_API)
def test_role_over_the_api(event: str, role: str) -> None:
    assert (access.act(Participant(role=role), event) is None) is (role in OVER_THE_API[event])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("account", [1, None])
@pytest.mark.parametrize("put_out", [False, True])
def test_who_sees_what_stays_once_they_have_left(role: str, account: int | None, put_out: bool) -> None:
    sees = role in HOSTS and account is not None and not put_out
    assert access.sees_afterwards(Participant(role=role, user_id=account), put_out=put_out) is sees
    assert not access.sees_afterwards(None, put_out=put_out)


@pytest.mark.parametrize("event", PEOPLE)
async def test_who_is_not_in_the_meeting(event: str, mallory: Someone, meeting: Meeting) -> None:
    data, _ = PEOPLE[event]
    await (await mallory.socket()).refusal("NOT_IN_MEETING", event, {**data})


@pytest.mark.parametrize("event", [event for event, (data, _) in PEOPLE.items() if "participantId" in data])
async def test_somebody_of_another_meeting_is_as_unknown_as_nobody(
    event: str, alice: Someone, mallory: Someone, meeting: Meeting, other_meeting: Meeting
) -> None:
    socket, _ = await alice.join(meeting)
    _, theirs = await mallory.join(other_meeting)
    data = {**PEOPLE[event][0], "participantId": theirs["participantId"]}
    refused = await socket.refusal("NOT_IN_MEETING", event, data)
    nobody = await socket.refusal("NOT_IN_MEETING", event, {**data, "participantId": str(meeting.id)})
    assert refused.data == nobody.data


async def as_one(role: str, alice: Someone, zoe: Someone, meeting: Meeting) -> SignallingSocket:
    """A socket in the meeting whose participant has the role."""
    socket, joined = await (alice if role == "host" else zoe).join(meeting)
    await in_database(Participant.objects.filter(id=joined["participantId"]).update, role=role)
    return socket


async def code_of(socket: SignallingSocket, event: str, data: Json) -> str:
    try:
        await socket.ask(event, data)
    except Refused as refused:
        return str(refused.code)
    return ""

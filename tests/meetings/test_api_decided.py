"""Polls and questions over the API: a host who has no window open runs them, and those who are in the call hear."""

from __future__ import annotations

from typing import Any

from meetings.database import in_database
from meetings.models import Meeting, Participant, Poll
from tests.meetings.calling import Caller
from tests.meetings.conftest import Someone

POLL: dict[str, Any] = {
    "question": "Where?",
    "options": ["Here", "There"],
    "kind": "single",
    "anonymous": False,
    "resultsFor": "hosts",
}


async def test_a_poll_from_draft_to_results(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    host = Caller(alice, meeting)
    hosts, _ = await alice.join(meeting)
    socket, _ = await bob.join(meeting)
    made = await host.ask("POST", "polls/", POLL, status=201)
    poll = f"polls/{made['pollId']}/"
    assert (made["state"], await hosts.push("poll-updated")) == (
        "draft",
        {k: v for k, v in made.items() if k != "mine"},
    )
    changed = await host.ask("PATCH", poll, {"question": "When?", "options": ["Now", "Later", "Never"]})
    assert (changed["question"], changed["results"]["votes"]) == ("When?", [0, 0, 0])
    assert (await hosts.push("poll-updated"))["version"] == changed["version"] == made["version"] + 1
    assert "poll-updated" not in await socket.pushes_so_far(), "a draft is for hosts and presenters"
    assert await host.refusal("POST", f"{poll}close/", {}, status=409) == "POLL_STATE"

    assert (await host.ask("POST", f"{poll}open/", {}))["state"] == "open"
    told = await socket.push("poll-updated")
    assert (told["state"], told["options"], told["results"]) == ("open", ["Now", "Later", "Never"], None)
    assert (await hosts.push("poll-updated"))["results"]["voters"] == 0
    await socket.ask("vote", {"pollId": made["pollId"], "options": [2]})
    assert await host.refusal("PATCH", poll, {"anonymous": True}, status=409) == "POLL_STATE"

    assert (await host.ask("POST", f"{poll}close/", {}))["results"] == {"voters": 1, "votes": [0, 0, 1]}
    assert (await socket.push("poll-updated"))["results"] == {"voters": 1, "votes": [0, 0, 1]}
    seen = await host.ask("GET", poll)
    assert seen["ballots"] == [{"displayName": "Bob", "options": [2]}]
    await host.ask("DELETE", poll, status=204)
    assert await socket.push("poll-deleted") == {"pollId": made["pollId"]}
    assert await host.refusal("GET", poll, status=404) == "POLL_NOT_FOUND"


async def test_once_and_no_two_options_alike(alice: Someone, meeting: Meeting) -> None:
    host = Caller(alice, meeting)
    key = {"Idempotency_Key": "poll-1"}
    made = await host.ask("POST", "polls/", {**POLL, "open": True}, status=201, **key)
    assert await host.ask("POST", "polls/", {**POLL, "open": True}, status=201, **key) == made
    assert await in_database(Poll.objects.count) == 1
    for options in (["Here", "Here"], ["Here", " Here "]):
        assert await host.refusal("POST", "polls/", {**POLL, "options": options}, status=400) == "BAD_REQUEST"


async def test_presenters_run_polls_and_see_no_ballots(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    _, joined = await bob.join(meeting)
    presenter = Caller(bob, meeting)
    assert await presenter.refusal("POST", "polls/", POLL, status=403) == "NOT_ALLOWED"
    await in_database(Participant.objects.filter(id=joined["participantId"]).update, role="presenter")
    made = await presenter.ask("POST", "polls/", POLL, status=201)
    assert "ballots" not in await presenter.ask("POST", f"polls/{made['pollId']}/open/", {})
    assert await presenter.refusal("GET", f"polls/{made['pollId']}/", status=403) == "NOT_ALLOWED"


async def test_questions_are_answered_and_dismissed(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    host = Caller(alice, meeting)
    socket, _ = await bob.join(meeting)
    asked = await socket.ask("ask-question", {"question": "Why?"})
    question = f"questions/{asked['questionId']}/"
    assert (await host.ask("PATCH", question, {"answered": True}))["state"] == "answered"
    assert (await socket.push("question-updated"))["state"] == "answered"
    assert (await host.ask("PATCH", question, {"answered": False}))["state"] == "open"
    assert (await socket.push("question-updated"))["state"] == "open"
    await host.ask("DELETE", question, status=204)
    assert await socket.push("question-dismissed") == {"questionId": asked["questionId"]}
    assert await host.refusal("PATCH", question, {"answered": True}, status=404) == "QUESTION_NOT_FOUND"
    assert [one["state"] for one in (await host.ask("GET", "questions/"))["results"]] == ["dismissed"]

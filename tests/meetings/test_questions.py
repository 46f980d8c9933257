"""Questions on the socket: asked by anybody, wanted by each once, answered and dismissed by hosts."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from meetings.actions.questions import list_questions
from meetings.database import in_database
from meetings.models import Meeting, Question, QuestionVote
from meetings.protocol.requests.questions import MOST_OPEN_OF_ONE
from meetings.signalling.allowance import Allowance
from tests.meetings.conftest import Someone
from tests.meetings.socket_client import SignallingSocket
from tests.meetings.test_audit import trail
from tests.meetings.test_polls import hosting

Json = dict[str, Any]


async def listed(socket: SignallingSocket, **data: Any) -> list[tuple[str, int]]:
    return [(one["question"], one["votes"]) for one in (await socket.ask("questions", data))["questions"]]


async def ask(socket: SignallingSocket, question: str) -> Json:
    """Its id, as requests carry it."""
    return {"questionId": (await socket.ask("ask-question", {"question": question}))["questionId"]}


async def test_what_most_want_to_know_comes_first(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await bob.join(meeting)
    at_mallorys, _ = await mallory.join(meeting)
    first = await ask(at_bobs, "When is the test?")
    asked = await at_mallorys.push("question-updated")
    assert (asked["questionId"], asked["displayName"], asked["votes"]) == (first["questionId"], "Bob", 0)
    second = await ask(at_mallorys, "What is in it?")
    assert await listed(at_alices) == [("When is the test?", 0), ("What is in it?", 0)]

    voted = await at_alices.ask("vote-question", {**second, "voted": True})
    assert (voted["votes"], voted["voted"], voted["mine"]) == (1, True, False)
    told = {**second, "votes": 1, "version": voted["version"]}
    assert await at_bobs.push("question-votes") == {"questions": [told]}
    again = await at_alices.ask("vote-question", {**second, "voted": True})
    assert again == voted, "once each"
    await at_bobs.ask("vote-question", {**second, "voted": True})
    assert await listed(at_alices) == [("What is in it?", 2), ("When is the test?", 0)]
    taken_back = await at_alices.ask("vote-question", {**second, "voted": False})
    assert (taken_back["votes"], taken_back["voted"]) == (1, False)
    assert (await at_alices.ask("vote-question", {**second, "voted": False}))["votes"] == 1

    told_to = {
        name: [(one["mine"], one["voted"]) for one in (await socket.ask("questions"))["questions"]]
        for name, socket in (("alice", at_alices), ("bob", at_bobs), ("mallory", at_mallorys))
    }
    assert told_to == {
        "alice": [(False, False), (False, False)],
        "bob": [(False, True), (True, False)],
        "mallory": [(True, False), (False, False)],
    }


async def test_hosts_answer_and_dismiss(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await bob.join(meeting)
    silly, good = await ask(at_bobs, "Are we there yet?"), await ask(at_bobs, "Why is the sky blue?")
    await at_bobs.ask("vote-question", {**silly, "voted": True})
    answered = await at_alices.ask("answer-question", {**silly, "answered": True})
    assert answered["state"] == "answered"
    pushed = await at_bobs.push("question-updated")
    assert pushed == {name: answered[name] for name in answered if name not in ("mine", "voted")}
    assert await listed(at_bobs) == [("Why is the sky blue?", 0), ("Are we there yet?", 1)]
    await at_alices.ask("answer-question", {**silly, "answered": False})
    assert await listed(at_bobs) == [("Are we there yet?", 1), ("Why is the sky blue?", 0)]

    await at_alices.ask("dismiss-question", silly)
    assert await at_bobs.push("question-dismissed") == silly
    assert await listed(at_bobs) == await listed(at_alices) == [("Why is the sky blue?", 0)]
    for event, more in (
        ("vote-question", {"voted": True}),
        ("answer-question", {"answered": True}),
        ("dismiss-question", {}),
    ):
        await at_alices.refusal("QUESTION_NOT_FOUND", event, {**silly, **more})
    await at_bobs.refusal("NOT_ALLOWED", "answer-question", {**good, "answered": True})
    written = [(step, data["about"]["displayName"]) for step, data in await in_database(trail, meeting)]
    assert written == [("question-answered", "Bob"), ("question-reopened", "Bob"), ("question-dismissed", "Bob")]
    assert "there yet" not in str(await in_database(trail, meeting)), "the trail is kept for longer than the words"


async def test_pages(alice: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)

    def asked() -> None:
        now = timezone.now()
        Question.objects.bulk_create(
            Question(
                meeting=meeting,
                author_name="Bob",
                question=f"{number}",
                votes=number % 3,
                state="answered" if number % 4 == 0 else "open",
                # Several at the same moment.
                asked_at=now,
            )
            for number in range(23)
        )

    await in_database(asked)
    every = await listed(at_alices)
    assert len(every) == 23
    read: list[Json] = []
    more = True
    while more:
        after = {"after": read[-1]["questionId"]} if read else {}
        page = await at_alices.ask("questions", {"limit": 5, **after})
        read += page["questions"]
        more = page["more"]
    assert [(one["question"], one["votes"]) for one in read] == every
    states = [one["state"] for one in read]
    assert states == sorted(states, reverse=True)
    await at_alices.refusal("BAD_REQUEST", "questions", {"limit": 51})
    for wrong in ("x", str(uuid4())):
        await at_alices.refusal("QUESTION_NOT_FOUND", "questions", {"after": wrong})


async def test_questions_that_are_none(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting, other_meeting: Meeting
) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, bobs = await bob.join(meeting)
    at_mallorys = await hosting(mallory, other_meeting)
    for words in ("", "   ", "?" * 501, 5, None):
        await at_bobs.refusal("BAD_REQUEST", "ask-question", {"question": words})
    question = await ask(at_bobs, "<script>alert(1)</script>")
    assert (await at_alices.push("question-updated"))["question"] == "<script>alert(1)</script>"
    await at_mallorys.refusal("QUESTION_NOT_FOUND", "vote-question", {**question, "voted": True})
    await at_mallorys.refusal("QUESTION_NOT_FOUND", "dismiss-question", question)
    await at_mallorys.refusal("QUESTION_NOT_FOUND", "questions", {"after": question["questionId"]})
    assert await listed(at_mallorys) == []

    await at_alices.ask("set-permissions", {"participantId": bobs["participantId"], "chat": False})
    await at_bobs.refusal("NOT_ALLOWED", "ask-question", {"question": "May I?"})
    await at_bobs.ask("vote-question", {**question, "voted": True})


async def test_who_asks_without_end(alice: Someone, meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    at_alices, _ = await alice.join(meeting)
    monkeypatch.setattr(Allowance, "take", lambda _: 0.0)
    for number in range(MOST_OPEN_OF_ONE):
        question = await ask(at_alices, f"{number}?")
    await at_alices.refusal("NOT_ALLOWED", "ask-question", {"question": "And?"})
    await at_alices.ask("answer-question", {**question, "answered": True})
    await ask(at_alices, "And?")


async def test_the_database_is_asked_as_often_for_many(alice: Someone, meeting: Meeting) -> None:
    at_alices, alices = await alice.join(meeting)
    await ask(at_alices, "One?")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            list_questions(meeting.id, None, 50, by=UUID(alices["participantId"]))
        return len(queries)

    few = await in_database(asked)
    now = timezone.now()
    many = [Question(meeting=meeting, author_name="Bob", question="?", asked_at=now) for _ in range(40)]
    await in_database(Question.objects.bulk_create, many)
    assert await in_database(asked) == few


def test_the_database_takes_one_vote_a_person(db: None) -> None:
    made = Meeting.objects.create(title="Standup")
    question = Question.objects.create(meeting=made, author_name="Bob", question="?", asked_at=made.created_at)
    QuestionVote.objects.create(question=question, voter="x")
    with pytest.raises(IntegrityError):
        QuestionVote.objects.create(question=question, voter="x")


async def test_hosts_read_them_after_the_meeting(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await bob.join(meeting)
    await ask(at_bobs, "When is the test?")
    await at_alices.ask("dismiss-question", await ask(at_bobs, "Are we there yet?"))
    await at_alices.ask("end-meeting")

    def seen() -> Json:
        host = User.objects.create_user("hosts-it-now")
        Meeting.objects.filter(id=meeting.id).update(host_user=host, host_guest="")
        client = Client()
        client.force_login(host)
        told: Json = client.get(f"/api/meetings/{meeting.id}/questions/").json()
        return told

    told = await in_database(seen)
    assert [(one["question"], one["displayName"], one["state"]) for one in told["results"]] == [
        ("When is the test?", "Bob", "open"),
        ("Are we there yet?", "Bob", "dismissed"),
    ]

"""Polls on the socket: who runs them, one vote a person, and who sees how the votes stand."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from meetings.actions.polls import list_polls
from meetings.actions.vote import vote
from meetings.database import in_database
from meetings.gathering import INTERVAL
from meetings.models import Meeting, Participant, Poll, PollVote
from meetings.protocol.shapes import MOST_POLLS
from meetings.signalling.allowance import Allowance
from meetings.signalling.session import DECISIONS_AT_ONCE
from tests.meetings.conftest import Someone
from tests.meetings.socket_client import SignallingSocket
from tests.meetings.test_audit import trail

Json = dict[str, Any]
TEA: Json = {
    "question": "Tea or coffee?",
    "options": ["Tea", "Coffee", "Neither"],
    "kind": "single",
    "anonymous": False,
    "resultsFor": "everybody",
}
OPEN = {**TEA, "open": True}


@pytest.fixture
def plenty(monkeypatch: pytest.MonkeyPatch) -> None:
    """One person does here what many do."""
    monkeypatch.setattr(Allowance, "take", lambda _: 0.0)


async def polls(socket: SignallingSocket) -> list[Json]:
    told: list[Json] = (await socket.ask("polls"))["polls"]
    return told


async def hosting(someone: Someone, meeting: Meeting) -> SignallingSocket:
    """A socket of somebody who may do there what hosts may."""
    socket, joined = await someone.join(meeting)
    await in_database(Participant.objects.filter(id=joined["participantId"]).update, role="co_host")
    return socket


def which(poll: Json) -> Json:
    return {"pollId": poll["pollId"]}


async def test_from_draft_to_result(alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await bob.join(meeting)
    at_mallorys, _ = await mallory.join(meeting)
    draft = await at_alices.ask("create-poll", TEA)
    assert (draft["state"], draft["mine"]) == ("draft", [])
    await at_bobs.refusal("POLL_NOT_FOUND", "vote", {**which(draft), "options": [0]})
    assert await polls(at_bobs) == []
    assert await at_bobs.pushes_so_far() == ["participant-joined"], "drafts are nobody else's business"
    await at_alices.refusal("POLL_STATE", "close-poll", which(draft))

    opened = await at_alices.ask("open-poll", which(draft))
    assert await at_bobs.push("poll-updated") == opened
    assert opened["results"] == {"voters": 0, "votes": [0, 0, 0]}
    voted = await at_bobs.ask("vote", {**which(draft), "options": [1]})
    assert voted["mine"] == [1]
    results = {"voters": 1, "votes": [0, 1, 0]}
    assert voted["results"] == results
    for socket in (at_alices, at_mallorys):
        assert await socket.push("poll-results") == {**which(draft), "version": voted["version"], "results": results}

    changed = await at_bobs.ask("vote", {**which(draft), "options": [0]})
    assert changed["results"] == {"voters": 1, "votes": [1, 0, 0]}, "who votes again has changed their mind"
    closed = await at_alices.ask("close-poll", which(draft))
    assert await at_mallorys.push("poll-updated") == closed
    assert (closed["state"], closed["results"]) == ("closed", changed["results"])
    await at_mallorys.refusal("POLL_STATE", "vote", {**which(draft), "options": [1]})
    await at_alices.refusal("POLL_STATE", "open-poll", which(draft))
    assert [(one["results"], one["mine"]) for one in await polls(at_bobs)] == [(changed["results"], [0])]
    assert [step for step, _ in await in_database(trail, meeting)] == ["poll-opened", "poll-closed"]

    await at_alices.ask("delete-poll", which(draft))
    assert await at_bobs.push("poll-deleted") == which(draft)
    assert await polls(at_bobs) == []
    await at_alices.refusal("POLL_NOT_FOUND", "delete-poll", which(draft))


async def test_presenters_run_polls_and_others_do_not(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, bobs = await bob.join(meeting)
    at_mallorys, _ = await mallory.join(meeting)
    await in_database(Participant.objects.filter(id=bobs["participantId"]).update, role="presenter")
    draft = await at_bobs.ask("create-poll", TEA)
    assert await at_alices.push("poll-updated") == {name: draft[name] for name in draft if name != "mine"}
    refused = await at_mallorys.refusal("NOT_ALLOWED", "open-poll", which(draft))
    assert "presenters" in refused.details
    await at_bobs.ask("delete-poll", which(draft))
    assert await at_alices.push("poll-deleted") == which(draft)
    assert "poll-deleted" not in await at_mallorys.pushes_so_far()


async def test_results_for_hosts_are_told_to_them_alone_until_it_is_closed(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await bob.join(meeting)
    at_mallorys, _ = await mallory.join(meeting)
    poll = await at_alices.ask("create-poll", {**OPEN, "resultsFor": "hosts"})
    assert (await at_bobs.push("poll-updated"))["results"] is None
    voted = await at_bobs.ask("vote", {**which(poll), "options": [2]})
    assert (voted["mine"], voted["results"]) == ([2], None)
    results = {"voters": 1, "votes": [0, 0, 1]}
    assert (await at_alices.push("poll-results"))["results"] == results
    assert [one["results"] for one in await polls(at_bobs)] == [None]
    assert "poll-results" not in await at_bobs.pushes_so_far() + await at_mallorys.pushes_so_far()
    await at_alices.ask("close-poll", which(poll))
    assert (await at_mallorys.push("poll-updated"))["results"] == results


async def test_one_person_has_one_vote_in_all_windows(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await bob.join(meeting)
    on_bobs_phone, _ = await bob.join(meeting)
    poll = await at_alices.ask("create-poll", OPEN)
    await at_bobs.ask("vote", {**which(poll), "options": [0]})
    await on_bobs_phone.push("poll-updated")
    told = await on_bobs_phone.push("poll-updated")
    assert told["mine"] == [0], "what was voted in the other window"
    again = await on_bobs_phone.ask("vote", {**which(poll), "options": [1]})
    assert again["results"] == {"voters": 1, "votes": [0, 1, 0]}
    await at_bobs.ask("leave-meeting")
    back, _ = await bob.join(meeting)
    assert [one["mine"] for one in await polls(back)] == [[1]]


async def test_several_answers(alice: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    several = await at_alices.ask("create-poll", {**OPEN, "kind": "multiple"})
    voted = await at_alices.ask("vote", {**which(several), "options": [2, 0, 2]})
    assert (voted["mine"], voted["results"]) == ([0, 2], {"voters": 1, "votes": [1, 0, 1]})
    again = await at_alices.ask("vote", {**which(several), "options": [1, 2]})
    assert again["results"] == {"voters": 1, "votes": [0, 1, 1]}
    one = await at_alices.ask("create-poll", OPEN)
    await at_alices.refusal("BAD_REQUEST", "vote", {**which(one), "options": [0, 1]})


async def test_anonymous_votes_have_no_names(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, bobs = await bob.join(meeting)
    for anonymous in (True, False):
        poll = await at_alices.ask("create-poll", {**OPEN, "anonymous": anonymous})
        await at_bobs.ask("vote", {**which(poll), "options": [0]})
        kept = await in_database(PollVote.objects.values().get, poll=UUID(poll["pollId"]))
        about_bob = [one for one in ("Bob", bob.guest, UUID(bobs["participantId"])) if one in kept.values()]
        assert bool(about_bob) is not anonymous, kept
        assert [one["mine"] for one in await polls(at_bobs)][-1] == [0], "and yet it is his, and his alone"
        assert [one["mine"] for one in await polls(at_alices)][-1] == []
    voters = await in_database(lambda: set(PollVote.objects.values_list("voter", flat=True)))
    assert len(voters) == 2, "nobody can tell from two polls that it was the same person"


@pytest.mark.usefixtures("plenty")
async def test_many_votes_are_few_pushes(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await bob.join(meeting)
    poll = await at_alices.ask("create-poll", OPEN)
    began = asyncio.get_running_loop().time()
    for number in range(60):
        last = await at_bobs.ask("vote", {**which(poll), "options": [number % 3]})
    heard = [await at_alices.push("poll-results")]
    while heard[-1]["version"] < last["version"]:
        heard.append(await at_alices.push("poll-results"))
    took = asyncio.get_running_loop().time() - began
    assert heard[-1]["results"] == last["results"], "the last one tells the last vote"
    assert len(heard) <= took / INTERVAL + 1
    assert await at_alices.pushes_so_far() == []


async def test_what_changes_nothing_is_told_to_nobody(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await bob.join(meeting)
    poll = await at_alices.ask("create-poll", OPEN)
    first = await at_bobs.ask("vote", {**which(poll), "options": [0]})
    assert await at_bobs.ask("vote", {**which(poll), "options": [0]}) == first


async def test_polls_that_are_none(alice: Someone, meeting: Meeting, other_meeting: Meeting, mallory: Someone) -> None:
    at_alices, _ = await alice.join(meeting)
    at_mallorys = await hosting(mallory, other_meeting)
    for wrong in (
        {"question": "  "},
        {"question": "?" * 301},
        {"options": ["Only one"]},
        {"options": ["Same", " Same"]},
        {"options": [str(number) for number in range(11)]},
        {"options": ["", "Empty"]},
        {"options": [1, 2]},
        {"kind": "ranked"},
        {"resultsFor": "me"},
        {"state": "closed"},
    ):
        await at_alices.refusal("BAD_REQUEST", "create-poll", {**TEA, **wrong})
    poll = await at_alices.ask("create-poll", OPEN)
    for options in ([], [3], [-1], ["0"], [0.5], 0):
        await at_alices.refusal("BAD_REQUEST", "vote", {**which(poll), "options": options})
    for wrong_id in ("x", str(uuid4())):
        await at_alices.refusal("POLL_NOT_FOUND", "vote", {"pollId": wrong_id, "options": [0]})
    for event, more in (("vote", {"options": [0]}), ("close-poll", {}), ("delete-poll", {})):
        await at_mallorys.refusal("POLL_NOT_FOUND", event, {**which(poll), **more})
    assert await polls(at_mallorys) == []


@pytest.mark.usefixtures("plenty")
async def test_there_is_an_end_to_polls(alice: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    for _ in range(MOST_POLLS):
        poll = await at_alices.ask("create-poll", TEA)
    await at_alices.refusal("NOT_ALLOWED", "create-poll", TEA)
    await at_alices.ask("delete-poll", which(poll))
    await at_alices.ask("create-poll", TEA)


async def test_who_votes_all_the_time_has_to_wait(alice: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    poll = await at_alices.ask("create-poll", OPEN)
    for number in range(DECISIONS_AT_ONCE - 1):
        await at_alices.ask("vote", {**which(poll), "options": [number % 2]})
    refused = await at_alices.refusal("RATE_LIMITED", "vote", {**which(poll), "options": [0]})
    assert refused.data["retryAfter"] > 0


async def test_the_database_is_asked_as_often_by_the_hundredth_voter(
    alice: Someone, bob: Someone, meeting: Meeting
) -> None:
    at_alices, alices = await alice.join(meeting)
    _, bobs = await bob.join(meeting)
    poll = await at_alices.ask("create-poll", OPEN)
    poll_id, hers, his = UUID(poll["pollId"]), UUID(alices["participantId"]), UUID(bobs["participantId"])

    def asked(options: list[int], by: UUID) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as to_vote:
            vote(meeting.id, poll_id, options, by=by)
        with CaptureQueriesContext(connection) as to_list:
            list_polls(meeting.id, by=by)
        return len(to_vote), len(to_list)

    few = await in_database(asked, [0], hers)

    def many_vote() -> None:
        PollVote.objects.bulk_create(PollVote(poll_id=poll_id, voter=str(one), chosen=[1]) for one in range(100))
        Poll.objects.filter(id=poll_id).update(voters=101, counts=[1, 100, 0])

    await in_database(many_vote)
    assert await in_database(asked, [1], his) == few


def test_the_database_takes_one_vote_a_person(db: None) -> None:
    made = Meeting.objects.create(title="Standup")
    poll = Poll.objects.create(
        meeting=made,
        question="?",
        options=["Yes", "No"],
        counts=[0, 0],
        kind="single",
        anonymous=True,
        results_for="hosts",
        created_at=made.created_at,
    )
    PollVote.objects.create(poll=poll, voter="x", chosen=[0])
    with pytest.raises(IntegrityError):
        PollVote.objects.create(poll=poll, voter="x", chosen=[1])


@pytest.mark.django_db(transaction=True)
async def test_results_are_there_after_the_meeting(
    alice: Someone, bob: Someone, carol: Someone, meeting: Meeting
) -> None:
    """For its host over the API, with names where the poll has them; and in the admin."""
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await bob.join(meeting)
    for anonymous in (False, True):
        poll = await at_alices.ask("create-poll", {**OPEN, "anonymous": anonymous})
        await at_bobs.ask("vote", {**which(poll), "options": [1]})
    await at_alices.ask("end-meeting")

    def seen() -> tuple[Json, str]:
        host = User.objects.create_user("hosts-it-now")
        Meeting.objects.filter(id=meeting.id).update(host_user=host, host_guest="")
        client = Client()
        client.force_login(host)
        administrator = Client()
        administrator.force_login(User.objects.create_superuser("root"))
        pages = [
            administrator.get(f"/admin/meetings/poll/{one}/change/").content.decode()
            for one in Poll.objects.values_list("id", flat=True)
        ]
        pages.append(administrator.get("/admin/meetings/poll/").content.decode())
        return client.get(f"/api/meetings/{meeting.id}/polls/").json(), "".join(pages)

    told, admin_pages = await in_database(seen)
    named, unnamed = told["results"]
    assert named["results"] == unnamed["results"] == {"voters": 1, "votes": [0, 1, 0]}
    assert named["ballots"] == [{"displayName": "Bob", "options": [1]}]
    assert unnamed["ballots"] == []
    assert admin_pages.count("Bob: Coffee") == 1
    assert "(anonymous)" in admin_pages

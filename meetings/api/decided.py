"""What people decided and asked in a meeting, over HTTP: for its hosts, also when it is over. Voting and asking are for
those who are in it.
"""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from meetings.actions.polls import change_poll, close_poll, create_poll, delete_poll, open_poll
from meetings.actions.questions import answer_question, dismiss_question
from meetings.api.answers import POLL_SEEN, POLLS, QUESTIONS
from meetings.api.base import MeetingView, id_of
from meetings.api.bodies import ANSWERED, CHANGE_POLL, CREATE_POLL, NOTHING, PAGED, read_body, read_query
from meetings.api.idempotency import once
from meetings.api.paging import paged
from meetings.api.schema import operation
from meetings.api.seen import poll_seen, question_seen
from meetings.models import Meeting
from meetings.protocol.codes import Refusal
from meetings.protocol.shapes import POLL, QUESTION

Json = dict[str, Any]

_HOSTS = ("MEETING_NOT_FOUND", "NOT_ALLOWED")
_ONE_POLL = ("reference", "poll")
_POLL = (*_HOSTS, "POLL_NOT_FOUND")
_POLL_STEP = (*_POLL, "POLL_STATE")
_ONE_QUESTION = ("reference", "question")
_QUESTION = (*_HOSTS, "QUESTION_NOT_FOUND")
# What the columns call otherwise than the contract does.
_COLUMNS = {"resultsFor": "results_for"}


class Polls(MeetingView):
    """`/api/meetings/<id or code>/polls`"""

    @operation("listPolls", scope="meetings:read", path=("reference",), query=PAGED, answers={200: POLLS}, codes=_HOSTS)
    def get(self, request: Request, reference: str) -> Response:
        """All polls with their results, the first first; `ballots` say who voted for what, unless it is `anonymous`."""
        read_query(request, PAGED)
        meeting = self.meeting_for(reference, "see-polls")
        return paged(request, meeting.polls.prefetch_related("votes"), ("created_at", "id"), poll_seen)

    @operation(
        "createPoll",
        scope="meetings:write",
        path=("reference",),
        headers={"Idempotency-Key": "Sent again under the same key within a day, it is made once."},
        body=CREATE_POLL,
        answers={201: POLL},
        codes=(*_HOSTS, "WRONG_STATE", "KEY_REUSED"),
    )
    def post(self, request: Request, reference: str) -> Response:
        """Make a poll: a draft that hosts and presenters alone see, or with `open` one that everybody votes in at once.
        With `resultsFor` `hosts`, others see how votes stand once it is closed.
        """
        body = read_body(request, CREATE_POLL)
        meeting = self.meeting_for(reference, "create-poll")
        said = {"meeting": str(meeting.id), **body}
        return Response(once(request, self.person, said, lambda: self._create(meeting, body)), status=201)

    def _create(self, meeting: Meeting, body: Json) -> Json:
        return create_poll(
            meeting.id,
            body["question"],
            body["options"],
            body["kind"],
            anonymous=body["anonymous"],
            results_for=body["resultsFor"],
            opened=body.get("open", False),
            by=self.person,
        )


class OnePoll(MeetingView):
    """`/api/meetings/<id or code>/polls/<id>`"""

    @operation("getPoll", scope="meetings:read", path=_ONE_POLL, answers={200: POLL_SEEN}, codes=_POLL)
    def get(self, request: Request, reference: str, poll: str) -> Response:
        """One poll, as the list has it."""
        meeting = self.meeting_for(reference, "see-polls")
        found = meeting.polls.filter(id=id_of(poll, "POLL_NOT_FOUND")).first()
        if found is None:
            raise Refusal("POLL_NOT_FOUND", "It is not in this meeting, or not any more.")
        return Response(poll_seen(found))

    @operation(
        "changePoll", scope="meetings:write", path=_ONE_POLL, body=CHANGE_POLL, answers={200: POLL}, codes=_POLL_STEP
    )
    def patch(self, request: Request, reference: str, poll: str) -> Response:
        """Change what stands in the body, as long as it is a draft."""
        body = read_body(request, CHANGE_POLL)
        meeting = self.meeting_for(reference, "change-poll")
        columns = {_COLUMNS.get(name, name): value for name, value in body.items()}
        return Response(change_poll(meeting.id, id_of(poll, "POLL_NOT_FOUND"), columns, by=self.person))

    @operation("deletePoll", scope="meetings:write", path=_ONE_POLL, answers={204: None}, codes=_POLL)
    def delete(self, request: Request, reference: str, poll: str) -> Response:
        """Delete a poll with all votes."""
        meeting = self.meeting_for(reference, "delete-poll")
        delete_poll(meeting.id, id_of(poll, "POLL_NOT_FOUND"), by=self.person)
        return Response(status=204)


class OpenPoll(MeetingView):
    """`/api/meetings/<id or code>/polls/<id>/open`"""

    @operation(
        "openPoll",
        scope="meetings:write",
        path=_ONE_POLL,
        body=NOTHING,
        answers={200: POLL},
        codes=(*_POLL_STEP, "WRONG_STATE"),
    )
    def post(self, request: Request, reference: str, poll: str) -> Response:
        """Let everybody vote in a draft."""
        read_body(request, NOTHING)
        meeting = self.meeting_for(reference, "open-poll")
        return Response(open_poll(meeting.id, id_of(poll, "POLL_NOT_FOUND"), by=self.person))


class ClosePoll(MeetingView):
    """`/api/meetings/<id or code>/polls/<id>/close`"""

    @operation("closePoll", scope="meetings:write", path=_ONE_POLL, body=NOTHING, answers={200: POLL}, codes=_POLL_STEP)
    def post(self, request: Request, reference: str, poll: str) -> Response:
        """Let nobody vote any more in an open one, and everybody see the results."""
        read_body(request, NOTHING)
        meeting = self.meeting_for(reference, "close-poll")
        return Response(close_poll(meeting.id, id_of(poll, "POLL_NOT_FOUND"), by=self.person))


class Questions(MeetingView):
    """`/api/meetings/<id or code>/questions`"""

    @operation(
        "listQuestions", scope="meetings:read", path=("reference",), query=PAGED, answers={200: QUESTIONS}, codes=_HOSTS
    )
    def get(self, request: Request, reference: str) -> Response:
        """All questions, dismissed ones too, what most wanted to know first."""
        read_query(request, PAGED)
        meeting = self.meeting_for(reference, "see-questions")
        return paged(request, meeting.questions.all(), ("-votes", "asked_at", "id"), question_seen)


class OneQuestion(MeetingView):
    """`/api/meetings/<id or code>/questions/<id>`"""

    @operation(
        "answerQuestion",
        scope="meetings:write",
        path=_ONE_QUESTION,
        body=ANSWERED,
        answers={200: QUESTION},
        codes=_QUESTION,
    )
    def patch(self, request: Request, reference: str, question: str) -> Response:
        """Say that a question is answered, or is not after all."""
        answered = read_body(request, ANSWERED)["answered"]
        meeting = self.meeting_for(reference, "answer-question")
        return Response(answer_question(meeting.id, id_of(question, "QUESTION_NOT_FOUND"), answered, by=self.person))

    @operation("dismissQuestion", scope="meetings:write", path=_ONE_QUESTION, answers={204: None}, codes=_QUESTION)
    def delete(self, request: Request, reference: str, question: str) -> Response:
        """Take a question out of everybody's list. It is kept for the hosts."""
        meeting = self.meeting_for(reference, "dismiss-question")
        dismiss_question(meeting.id, id_of(question, "QUESTION_NOT_FOUND"), by=self.person)
        return Response(status=204)

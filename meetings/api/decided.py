"""What people decided and asked in a meeting, over HTTP: for its hosts, also when it is over."""

from rest_framework.request import Request
from rest_framework.response import Response

from meetings.api.answers import POLLS, QUESTIONS
from meetings.api.base import MeetingView
from meetings.api.bodies import PAGED, read_query
from meetings.api.paging import paged
from meetings.api.schema import operation
from meetings.api.seen import poll_seen, question_seen

_HOSTS = ("MEETING_NOT_FOUND", "NOT_ALLOWED")


class Polls(MeetingView):
    """`/api/meetings/<id or code>/polls`"""

    @operation("listPolls", scope="meetings:read", path=("reference",), query=PAGED, answers={200: POLLS}, codes=_HOSTS)
    def get(self, request: Request, reference: str) -> Response:
        """All polls with their results, the first first; `ballots` say who voted for what, unless it is `anonymous`."""
        read_query(request, PAGED)
        meeting = self.meeting_for(reference, "see-polls")
        return paged(request, meeting.polls.prefetch_related("votes"), ("created_at", "id"), poll_seen)


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

"""What the API's views have in common."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from meetings import access, identity
from meetings.actions.actor import By, acting
from meetings.actions.find import find_meeting, meeting_id
from meetings.api.authentication import SessionOfAnybody, TokenOfSomebody
from meetings.api.etags import is_known, tag_of
from meetings.identity import Person
from meetings.models import ApiToken, Meeting
from meetings.protocol.codes import Refusal


@contextmanager
def unknown_to_others() -> Iterator[None]:
    """To whoever has no part in a meeting (NOT_IN_MEETING) it is as unknown as one that does not exist."""
    try:
        yield
    except Refusal as refusal:
        if refusal.code != "NOT_IN_MEETING":
            raise
        raise Refusal("MEETING_NOT_FOUND", "No meeting has this id or code.") from None


class MeetingView(APIView):
    """A door to meetings. What is answered to GET has an ETag, unless it is never twice the same."""

    authentication_classes = [TokenOfSomebody, SessionOfAnybody]
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "api"
    has_versions = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Tokens are for what their scopes say."""
        super().initial(request, *args, **kwargs)
        if isinstance(request.auth, ApiToken):
            method = "GET" if request.method == "HEAD" else request.method or ""
            asked = getattr(self, method.lower(), None)
            if refused := access.use_token(request.auth.scopes, getattr(asked, "scope", None)):
                raise refused

    @property
    def person(self) -> Person:
        """Who asks."""
        return identity.of_request(self.request._request)

    @property
    def by(self) -> By:
        """Who does what is asked for."""
        return self.person

    def meeting_for(self, reference: str, event: str) -> Meeting:
        """The meeting, for somebody who may do this in it. Raises Refusal NOT_ALLOWED; to whoever has no part in the
        meeting it is as unknown as one that does not exist.
        """
        meeting = find_meeting(reference)
        with unknown_to_others():
            actor = acting(meeting.id, self.by)
        if refused := access.act(actor, event):
            raise refused
        return meeting

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """With its version; without a body where whoever asks has that already."""
        done = super().finalize_response(request, response, *args, **kwargs)
        done["Cache-Control"] = "private, no-cache" if self.has_versions else "no-store"
        if self.has_versions and isinstance(done, Response) and done.status_code == 200:
            tag = tag_of(done.data)
            if request.method in ("GET", "HEAD") and is_known(request, tag):
                done = super().finalize_response(request, Response(status=304), *args, **kwargs)
                done["Cache-Control"] = "private, no-cache"
            done["ETag"] = tag
        return done


def id_of(text: str, code: str) -> UUID:
    """The id of something else in a path. Raises Refusal of this code when it is none."""
    known = meeting_id(text)
    if known is None:
        raise Refusal(code, "It is not in this meeting, or not any more.")
    return known


def named(participant: str) -> UUID:
    """The id of a participant in a path. Raises Refusal NOT_IN_MEETING when it is none."""
    known = meeting_id(participant)
    if known is None:
        raise Refusal("NOT_IN_MEETING", "That participant is not in the meeting.")
    return known

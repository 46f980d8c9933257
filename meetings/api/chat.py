"""The chat of a meeting, over HTTP, by the rules of the socket."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from meetings.actions.actor import acting
from meetings.actions.change_message import delete_message, edit_message
from meetings.actions.chat_readers import readable_by, stays_like
from meetings.actions.send_message import Addressed, send_message
from meetings.api.answers import MESSAGES
from meetings.api.base import MeetingView, id_of, named
from meetings.api.bodies import CHAT, EDIT, WRITE, read_body, read_query
from meetings.api.idempotency import once
from meetings.api.paging import paged
from meetings.api.schema import operation
from meetings.models import ChatMessage, Meeting
from meetings.protocol.shapes import MESSAGE
from meetings.snapshots import message_entry

Json = dict[str, Any]

_ONE = ("reference", "message")
_CODES = ("MEETING_NOT_FOUND", "NOT_ALLOWED", "MESSAGE_NOT_FOUND")


class Chat(MeetingView):
    """`/api/meetings/<id or code>/chat`"""

    def get_throttles(self) -> Any:
        """Writing has a rate of its own, as it has on the socket."""
        if self.request.method == "POST":
            self.throttle_scope = "chat"
        return super().get_throttles()

    @operation(
        "readChat",
        scope="chat:read",
        path=("reference",),
        query=CHAT,
        answers={200: MESSAGES},
        codes=("MEETING_NOT_FOUND",),
    )
    def get(self, request: Request, reference: str) -> Response:
        """What was written, as far as it is for me, the oldest first unless `ordering` is `-sentAt`: for the host and
        for those who are in the meeting.
        """
        wanted = read_query(request, CHAT)
        reader = acting(self.meeting_for(reference, "chat-history").id, self.person)
        mine = set(stays_like(reader).values_list("id", flat=True))
        backwards = "-" if wanted.get("ordering") == "-sentAt" else ""
        return paged(
            request,
            readable_by(reader).select_related("file"),
            (f"{backwards}sent_at", f"{backwards}id"),
            lambda one: message_entry(one, mine=one.author_id in mine),
        )

    @operation(
        "writeMessage",
        scope="chat:write",
        path=("reference",),
        headers={"Idempotency-Key": "Sent again under the same key within a day, it is written once."},
        body=WRITE,
        answers={201: MESSAGE},
        codes=("MEETING_NOT_FOUND", "NOT_IN_MEETING", "NOT_ALLOWED", "KEY_REUSED"),
    )
    def post(self, request: Request, reference: str) -> Response:
        """Write to everybody, to the hosts (`host`), or to one participant who is there (`recipientId`). Whoever is in
        the meeting and whom it is for has it at once.
        """
        body = read_body(request, WRITE)
        meeting = self.meeting_for(reference, "send-message")
        said = {"meeting": str(meeting.id), **body}
        return Response(once(request, self.person, said, lambda: self._write(meeting, body)), status=201)

    def _write(self, meeting: Meeting, body: Json) -> Json:
        if "recipientId" in body:
            to = Addressed(ChatMessage.To.PRIVATE, named(body["recipientId"]))
        else:
            to = Addressed(body.get("recipientType", ChatMessage.To.ALL))
        return send_message(meeting.id, body["message"], to, by=self.person)


class OneMessage(MeetingView):
    """`/api/meetings/<id or code>/chat/<id>`"""

    throttle_scope = "chat"

    @operation("editMessage", scope="chat:write", path=_ONE, body=EDIT, answers={200: MESSAGE}, codes=_CODES)
    def patch(self, request: Request, reference: str, message: str) -> Response:
        """Give a message of your own other words. A file that it carries stays as it is."""
        words = read_body(request, EDIT)["message"]
        meeting = self.meeting_for(reference, "edit-message")
        return Response(edit_message(meeting.id, id_of(message, "MESSAGE_NOT_FOUND"), words, by=self.person))

    @operation("deleteMessage", scope="chat:write", path=_ONE, answers={200: MESSAGE}, codes=_CODES)
    def delete(self, request: Request, reference: str, message: str) -> Response:
        """Delete a message of your own; hosts, any that they can read. Its words and its file are gone for good, its
        place, which is answered, stays.
        """
        meeting = self.meeting_for(reference, "delete-message")
        return Response(delete_message(meeting.id, id_of(message, "MESSAGE_NOT_FOUND"), by=self.person))

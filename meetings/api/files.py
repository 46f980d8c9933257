"""Files of the chat, over HTTP: sent with a message, and got by whoever may read it."""

# Generic for the type checker only.
from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from asgiref.sync import sync_to_async
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.http import StreamingHttpResponse
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from meetings.actions.actor import By
from meetings.actions.send_message import Addressed
from meetings.actions.share_file import demand_small, readable_file, share_file, sharing
from meetings.api.authentication import SessionOfAnybody, TicketOfParticipant, TokenOfSomebody
from meetings.api.base import MeetingView
from meetings.api.bodies import SHARE, read_form
from meetings.api.schema import operation, schema_of
from meetings.files.storing import file_storage
from meetings.models import SharedFile
from meetings.protocol.codes import Refusal
from meetings.protocol.fields import Shape
from meetings.protocol.shapes import MESSAGE

# What a form has beside the file: its other fields, and the lines between them.
_AROUND: Final = 64 * 1024
_CHUNK: Final = 256 * 1024
# Whatever is in it, a browser saves it, and runs nothing of it.
_HARMLESS: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class FilesView(MeetingView):
    """A door to files: for whoever has a session, a token, or a ticket of their socket."""

    authentication_classes = [TicketOfParticipant, TokenOfSomebody, SessionOfAnybody]
    has_versions = False

    @property
    def by(self) -> By:
        """The participant whose ticket was shown, or who asks."""
        return self.request.auth if isinstance(self.request.auth, UUID) else self.person


class Files(FilesView):
    """`/api/meetings/<id or code>/files/`"""

    parser_classes = [MultiPartParser]
    throttle_scope = "files"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Nothing is read of what is too large anyway."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        demand_small(max(0, int(length) - _AROUND) if length.isdigit() else 0)
        super().initial(request, *args, **kwargs)

    @operation(
        "shareFile",
        scope="chat:write",
        path=("reference",),
        form={
            "file": {"type": "string", "format": "binary"},
            **{name: schema_of(kind) for name, kind in SHARE.items()},
        },
        answers={201: MESSAGE},
        codes=(
            "MEETING_NOT_FOUND",
            "NOT_IN_MEETING",
            "NOT_ALLOWED",
            "FILE_TOO_LARGE",
            "FILE_KIND",
            "FILE_INFECTED",
            "SCAN_FAILED",
            "TOO_MANY_FILES",
        ),
    )
    def post(self, request: Request, reference: str) -> Response:
        """Write a message that carries a file, to whom and as `send-message` does. Of which kind a file is, is judged
        by what is in it; its name is cleaned.
        """
        meeting = self.meeting_for(reference, "send-message")
        form = read_form(request, Shape(SHARE))
        to = Addressed(form["recipientType"], UUID(form["recipientId"]) if "recipientId" in form else None)
        own_id = UUID(form["messageId"]) if "messageId" in form else None
        # Whoever may not share is told so, whatever they send.
        sharing(meeting.id, to, self.by)
        content = _file_of(request)
        words = form.get("message", "").strip()
        return Response(share_file(meeting.id, content, words, to, own_id, by=self.by), status=201)


class OneFile(FilesView):
    """`/files/<id>/`"""

    @operation("getFile", scope="chat:read")
    def get(self, request: Request, file: UUID) -> StreamingHttpResponse:
        """A file, to save it."""
        shared = readable_file(file, by=self.by)
        try:
            content = file_storage().open(shared.place)
        except FileNotFoundError:
            raise Refusal("FILE_NOT_FOUND", "It is not in the chat any more.") from None
        charset = "; charset=utf-8" if shared.media_type.startswith("text/") else ""
        return StreamingHttpResponse(
            _chunks(content),
            content_type=f"{shared.media_type}{charset}",
            headers={**_HARMLESS, "Content-Length": str(shared.size), "Content-Disposition": _to_save(shared)},
        )


def _file_of(request: Request) -> UploadedFile[Any]:
    """The one file that the form holds. Raises Refusal BAD_REQUEST."""
    files = request.FILES
    if set(files) != {"file"} or len(files.getlist("file")) != 1:
        raise Refusal("BAD_REQUEST", "The form must have one file, called file.")
    content = files["file"]
    assert isinstance(content, UploadedFile)
    if not content.size:
        raise Refusal("BAD_REQUEST", "The file is empty.")
    return content


def _to_save(file: SharedFile) -> str:
    plain = "".join(letter if letter.isascii() and letter not in '"\\%' else "_" for letter in file.name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"


async def _chunks(content: File[bytes]) -> AsyncIterator[bytes]:
    try:
        while chunk := await sync_to_async(content.read)(_CHUNK):
            yield chunk
    finally:
        await sync_to_async(content.close)()

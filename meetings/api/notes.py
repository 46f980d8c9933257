"""The notes of a meeting, over HTTP: for its hosts, also when it is over."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from meetings.actions.notes import notes_entry
from meetings.api.base import MeetingView
from meetings.api.schema import operation
from meetings.models import Meeting, Notes
from meetings.protocol.shapes import NOTES

_HOSTS = ("MEETING_NOT_FOUND", "NOT_ALLOWED")


class NotesOf(MeetingView):
    """`/api/meetings/<id or code>/notes`"""

    @operation("getNotes", scope="meetings:read", path=("reference",), answers={200: NOTES}, codes=_HOSTS)
    def get(self, request: Request, reference: str) -> Response:
        """What people wrote together, and how many edits made it."""
        return Response(notes_entry(_of(self.meeting_for(reference, "see-notes"))))


class NotesText(MeetingView):
    """`/api/meetings/<id or code>/notes.txt`"""

    has_versions = False

    @operation(
        "downloadNotes",
        scope="meetings:read",
        path=("reference",),
        other={(200, "text/plain"): {"type": "string"}},
        codes=_HOSTS,
    )
    def get(self, request: Request, reference: str) -> HttpResponse:
        """The same as a file of text."""
        meeting = self.meeting_for(reference, "see-notes")
        return HttpResponse(
            notes_entry(_of(meeting))["text"],
            content_type="text/plain; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="notes-{meeting.code}.txt"',
                "X-Content-Type-Options": "nosniff",
            },
        )


def _of(meeting: Meeting) -> Notes | None:
    return Notes.objects.filter(meeting=meeting).first()

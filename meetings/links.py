"""Links to hand to others."""

from django.conf import settings
from django.http import HttpRequest

from meetings.models import Meeting

SOCKET_PATH = "/ws/signaling/"


def absolute(request: HttpRequest, path: str) -> str:
    """The absolute address of one of our pages: under PUBLIC_URL where that is set, else as this request came in."""
    public: str = settings.PUBLIC_URL
    return f"{public}{path}" if public else request.build_absolute_uri(path)


def join_url(request: HttpRequest, meeting: Meeting) -> str:
    """The absolute address of a meeting's page."""
    return absolute(request, meeting.get_absolute_url())

"""Links to hand to others, and where this site is for them."""

from django.conf import settings
from django.http import HttpRequest

from meetings.models import Meeting

SOCKET_PATH = "/ws/signaling/"


ANYWHERE = ("", "0.0.0.0", "::", "[::]")


def site_url() -> str:
    """Where people find this site: PUBLIC_URL, or where `manage.py serve` listens by its settings."""
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    host = "localhost" if settings.HOST in ANYWHERE else settings.HOST
    name = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"http://{name}:{settings.PORT}"


def public(path: str) -> str:
    """The absolute address of one of our pages, for mail and what else no request asks for."""
    return f"{site_url()}{path}"


def absolute(request: HttpRequest, path: str) -> str:
    """The absolute address of one of our pages: under PUBLIC_URL where that is set, else as this request came in."""
    public: str = settings.PUBLIC_URL
    return f"{public}{path}" if public else request.build_absolute_uri(path)


def join_url(request: HttpRequest, meeting: Meeting) -> str:
    """The absolute address of a meeting's page."""
    return absolute(request, meeting.get_absolute_url())

"""Who asks the API: the session says it."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from meetings.identity import GUEST


class SessionOfAnybody(SessionAuthentication):
    """Sessions of accounts and of guests: where a cookie is what somebody is known by, a CSRF token has to come along
    with whatever changes something.
    """

    def authenticate(self, request: Request) -> Any:
        """The account; None for guests and for programs without a session."""
        known = super().authenticate(request)
        if known is None and request._request.session.get(GUEST):
            self.enforce_csrf(request)
        return known


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document calls it."""

    target_class = SessionOfAnybody
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """The session's cookie; with the header `X-CSRFToken` beside it for whatever changes something."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}

"""Who asks the API: a session says it, or a token."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from meetings.actions.tokens import token_of
from meetings.files.tickets import read_file_ticket
from meetings.identity import GUEST
from meetings.protocol.codes import Refusal


class TokenOfSomebody(BaseAuthentication):
    """`Authorization: Bearer <token>`: whoever shows it is its account, for what its scopes say."""

    def authenticate(self, request: Request) -> Any:
        """The account and the token; None where none is shown. A token that is not good is refused, not overlooked."""
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        token = token_of(text.strip())
        if token is None:
            raise AuthenticationFailed("The token is not one of ours, or is not good any more.")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What is asked for."""
        return "Bearer"


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


class TicketOfParticipant(BaseAuthentication):
    """`Authorization: Ticket <ticket>`, or `?ticket=` in an address that is opened: whoever shows what `file-ticket`
    told is that participant. The participant's id is the request's `auth`.
    """

    def authenticate(self, request: Request) -> Any:
        """Nobody's account and the participant; None where no ticket is shown."""
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "ticket":
            text = request.query_params.get("ticket", "")
        if not text:
            return None
        try:
            return AnonymousUser(), read_file_ticket(text.strip())
        except Refusal as refusal:
            raise AuthenticationFailed(refusal.details) from None

    def authenticate_header(self, request: Request) -> str:
        """What is asked for."""
        return "Ticket"


class TicketScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document calls it."""

    target_class = TicketOfParticipant
    name = "ticket"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """`Ticket <ticket>`, as the socket's `file-ticket` tells it."""
        return {"type": "apiKey", "in": "header", "name": "Authorization"}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document calls it."""

    target_class = TokenOfSomebody
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token; `x-scope` of an operation says which scope it needs."""
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document calls it."""

    target_class = SessionOfAnybody
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """The session's cookie; with the header `X-CSRFToken` beside it for whatever changes something."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}

"""Who asks the API: a session says it, or a token."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from meetings.actions.tokens import token_of
from meetings.identity import GUEST


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

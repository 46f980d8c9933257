"""One's own tokens, over HTTP. They are made and taken back by whoever is signed in, and by no token."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from meetings import access
from meetings.actions.find import meeting_id
from meetings.actions.tokens import make_token, take_back, tokens_of
from meetings.api.answers import TOKEN_MADE, TOKENS
from meetings.api.base import MeetingView
from meetings.api.bodies import MAKE_TOKEN, read_body
from meetings.api.schema import operation
from meetings.models import ApiToken
from meetings.protocol.codes import Refusal

Json = dict[str, Any]


class Tokens(MeetingView):
    """`/api/tokens`"""

    @operation("listTokens", answers={200: TOKENS}, codes=("NOT_AUTHENTICATED",))
    def get(self, request: Request) -> Response:
        """My tokens, without their texts."""
        if refusal := access.keep_tokens(has_account=self.person.user_id is not None):
            raise refusal
        return Response({"results": [_entry(one) for one in tokens_of(self.person)]})

    @operation("makeToken", body=MAKE_TOKEN, answers={201: TOKEN_MADE}, codes=("NOT_AUTHENTICATED", "NOT_ALLOWED"))
    def post(self, request: Request) -> Response:
        """Make a token, for a number of days or until it is taken back. Its text, `token`, is told this once."""
        body = read_body(request, MAKE_TOKEN)
        until = timezone.now() + timedelta(days=body["days"]) if "days" in body else None
        token, text = make_token(self.person, body["name"], body["scopes"], until)
        return Response({**_entry(token), "token": text}, status=201)


class OneToken(MeetingView):
    """`/api/tokens/<id>`"""

    @operation("takeTokenBack", path=("token",), answers={204: None}, codes=("NOT_AUTHENTICATED", "NOT_FOUND"))
    def delete(self, request: Request, token: str) -> Response:
        """Take a token back: nobody gets in with it any more."""
        if refusal := access.keep_tokens(has_account=self.person.user_id is not None):
            raise refusal
        known = meeting_id(token)
        if known is None:
            raise Refusal("NOT_FOUND", "You have no token of this id.")
        take_back(self.person, known)
        return Response(status=204)


def _entry(token: ApiToken) -> Json:
    return {
        "id": str(token.id),
        "name": token.name,
        "scopes": token.scopes,
        "createdAt": token.created_at.isoformat(),
        "expiresAt": token.expires_at and token.expires_at.isoformat(),
        "usedAt": token.used_at and token.used_at.isoformat(),
    }

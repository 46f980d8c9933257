"""Refusals of the API, in one shape: `{code, message, details}` as problem details (RFC 9457), with a status."""

import logging
import math
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from redis.exceptions import RedisError
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from media.errors import MediaError
from meetings.api.schema import PROBLEM_JSON
from meetings.database import is_away
from meetings.protocol.codes import MESSAGES, Refusal
from meetings.statuses import status_of

log = logging.getLogger(__name__)


def as_coded_json(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler. What nobody expected is logged, and answered without internals."""
    refusal, status = _refusal(error)
    headers = {"Retry-After": str(math.ceil(refusal.extra["retryAfter"]))} if "retryAfter" in refusal.extra else None
    if wanted := getattr(error, "auth_header", None):
        headers = {**(headers or {}), "WWW-Authenticate": wanted}
    if refusal.code == "INTERNAL_ERROR":
        log.error("%s failed", context["request"].path, exc_info=error)
    else:
        log.info("Refused %s %s: %s", context["request"].method, context["request"].path, refusal)
    return Response(as_problem(refusal, status), status=status, headers=headers, content_type=PROBLEM_JSON)


def as_problem(refusal: Refusal, status: int) -> dict[str, Any]:
    """What the API answers: `type`, `title`, `status` and `detail` beside the shape of every other door."""
    return {
        "type": f"{reverse('api-reference')}#{refusal.code}",
        "title": refusal.message,
        "status": status,
        "detail": refusal.details,
        **refusal.as_json(),
    }


class NothingHere(APIView):
    """Every other address below `/api/`."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Whatever is asked of it."""
        raise Refusal("NOT_FOUND", "The API has no such path.")


def _refusal(error: Exception) -> tuple[Refusal, int]:
    match error:
        case Refusal():
            return error, status_of(error)
        case exceptions.Throttled():
            return Refusal(
                "RATE_LIMITED", "Wait before you ask again.", retryAfter=getattr(error, "wait", None) or 1
            ), 429
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return Refusal("NOT_AUTHENTICATED", str(error.detail)), 401
        case exceptions.PermissionDenied() | PermissionDenied():
            return Refusal("NOT_ALLOWED", str(error) or "Not allowed."), 403
        case Http404():
            return Refusal("NOT_FOUND", "The API has no such path, or not in this format."), 404
        case MediaError():
            code = error.code if error.code in MESSAGES else "INTERNAL_ERROR"
            refusal = Refusal(code, error.details)
            return refusal, status_of(refusal)
        case exceptions.APIException() if error.status_code < 500:
            return Refusal("BAD_REQUEST", str(error.detail)), error.status_code
        case _ if is_away(error) or isinstance(error, RedisError):
            return Refusal("SERVICE_UNAVAILABLE", "Try again in a moment.", retryAfter=1.0), 503
        case _:
            return Refusal("INTERNAL_ERROR", "The server has noted what happened."), 500

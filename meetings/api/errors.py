"""Refusals of the API, in one shape: `{code, message, details}` with a fitting status."""

import logging
import math
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from redis.exceptions import RedisError
from rest_framework import exceptions
from rest_framework.response import Response

from meetings.database import is_away
from meetings.protocol.codes import Refusal
from meetings.statuses import status_of

log = logging.getLogger(__name__)


def as_coded_json(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler. What nobody expected is logged, and answered without internals."""
    refusal, status = _refusal(error)
    headers = {"Retry-After": str(math.ceil(refusal.extra["retryAfter"]))} if "retryAfter" in refusal.extra else None
    if refusal.code == "INTERNAL_ERROR":
        log.error("%s failed", context["request"].path, exc_info=error)
    else:
        log.info("Refused %s %s: %s", context["request"].method, context["request"].path, refusal)
    return Response(refusal.as_json(), status=status, headers=headers)


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
            return Refusal("MEETING_NOT_FOUND", "No meeting has this id or code."), 404
        case exceptions.APIException() if error.status_code < 500:
            return Refusal("BAD_REQUEST", str(error.detail)), error.status_code
        case _ if is_away(error) or isinstance(error, RedisError):
            return Refusal("SERVICE_UNAVAILABLE", "Try again in a moment.", retryAfter=1.0), 503
        case _:
            return Refusal("INTERNAL_ERROR", "The server has noted what happened."), 500

"""How media are, for load balancers and people on call."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from media.client import get_media_client
from media.statuses import MediaStatus
from meetings.api.schema import JSON, schema_of
from meetings.database import in_database
from meetings.probe.latest import Latest, latest_run
from meetings.protocol.codes import Refusal
from meetings.protocol.fields import Blob, Nullable, OneOf, Shape, Text, Whole

Json = dict[str, Any]

_HEALTH = Shape(
    {
        "status": OneOf("healthy", "degraded", "error"),
        "workers": Whole(),
        "message?": Text(),
        "activeRooms?": Whole(),
        "totalParticipants?": Whole(),
        "expectedWorkers?": Whole(),
        "probe?": Nullable(Blob("the latest probe")),
    },
    name="MediaHealth",
)
_ANSWER = {"description": "How media are.", "content": {JSON: {"schema": schema_of(_HEALTH)}}}
_OPERATION = {
    "operationId": "getMediaHealth",
    "description": "How media are, asked of the workers just now; with `deep=1` what the latest probe found, too.",
    "parameters": [{"name": "deep", "in": "query", "required": False, "schema": {"type": "string"}}],
    "responses": {"200": _ANSWER, "503": _ANSWER},
}
NOT_INITIALIZED = "MediaSoup workers not initialized"


def add_health(result: Json, **_: Any) -> Json:
    """drf-spectacular's hook: this answer, which is given outside Django REST framework."""
    result["paths"]["/api/meetings/health/webrtc/"] = {"get": _OPERATION}
    return result


@require_safe
@never_cache
async def webrtc_health(request: HttpRequest) -> JsonResponse:
    """200 `healthy`, 200 `degraded` when some workers do not answer, 503 `error` when none does. Asked just now.

    With `?deep=1` also what the latest probe found, `probe`: null before the first, or while the database is away.
    """
    content, status = describe(await get_media_client().status())
    if request.GET.get("deep", "") in ("1", "true"):
        content = with_probe(content, await _latest())
    return JsonResponse(content, status=status)


def with_probe(content: Json, latest: Latest | None) -> Json:
    """The body with the latest probe in it. Two failures in a row make `healthy` `degraded`."""
    degraded = latest is not None and latest.failed_twice and content["status"] == "healthy"
    return {
        **content,
        **({"status": "degraded"} if degraded else {}),
        "probe": None if latest is None else latest.as_json(),
    }


async def _latest() -> Latest | None:
    try:
        return await in_database(latest_run)
    except Refusal:
        return None


def describe(status: MediaStatus) -> tuple[Json, int]:
    """The body and the HTTP status for a state of media."""
    if status["workers"] == 0:
        return {"status": "error", "message": NOT_INITIALIZED, "workers": 0}, 503
    content = {
        "status": "healthy",
        "workers": status["workers"],
        "activeRooms": status["activeRooms"],
        "totalParticipants": status["totalParticipants"],
    }
    if status["workers"] < status["expectedWorkers"]:
        content |= {"status": "degraded", "expectedWorkers": status["expectedWorkers"]}
    return content, 200

"""How media are, for load balancers and people on call."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from media.client import get_media_client
from media.statuses import MediaStatus

NOT_INITIALIZED = "MediaSoup workers not initialized"


@require_safe
@never_cache
async def webrtc_health(request: HttpRequest) -> JsonResponse:
    """200 `healthy`, 200 `degraded` when some workers do not answer, 503 `error` when none does. Asked just now."""
    content, status = describe(await get_media_client().status())
    return JsonResponse(content, status=status)


def describe(status: MediaStatus) -> tuple[dict[str, Any], int]:
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

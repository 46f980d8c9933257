"""Small middlewares: the addresses of operators, static files under ASGI, the permissions that our pages may ask a
browser for, and what pages say while the database is away.
"""

import logging
import warnings
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.decorators import sync_and_async_middleware
from django.utils.deprecation import MiddlewareMixin
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from kcs import probes
from kcs.metrics.view import metrics
from meetings.database import is_away

log = logging.getLogger(__name__)

AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]
OPERATIONS: dict[str, AsyncHandler] = {"/healthz": probes.alive, "/readyz": probes.ready, "/metrics": metrics}
PERMISSIONS_POLICY = "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), geolocation=()"


class Operations:
    """Answers `/healthz`, `/readyz` and `/metrics` before anything else looks at the request."""

    sync_capable = False
    async_capable = True

    def __init__(self, get_response: AsyncHandler) -> None:
        self._next = get_response
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        view = OPERATIONS.get(request.path_info.rstrip("/"))
        return await (view or self._next)(request)


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # WhiteNoise has no types
    """WhiteNoise for an event loop: WhiteNoise itself answers with a stream that Django cannot send asynchronously."""

    sync_capable = False
    async_capable = True

    def __init__(self, get_response: AsyncHandler) -> None:
        with warnings.catch_warnings():
            # Nothing was collected into STATIC_ROOT: then the finders are asked (WHITENOISE_USE_FINDERS).
            warnings.filterwarnings("ignore", message="No directory at")
            super().__init__(get_response)
        self._next = get_response
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if self.autorefresh:
            found = await sync_to_async(self.find_file)(request.path_info)
        else:
            found = self.files.get(request.path_info)
        if found is None:
            return await self._next(request)
        return await sync_to_async(_read, thread_sensitive=False)(found, request)


def _read(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
    answer = static_file.get_response(request.method, request.META)
    body = b""
    if answer.file is not None:
        with answer.file:
            body = answer.file.read()
    response = HttpResponse(body, status=int(answer.status))
    for name, value in answer.headers:
        response[name] = value
    return response


@sync_and_async_middleware
def permissions_policy(
    get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]:
    """Say which of the browser's powers our pages use, and that nothing inside them may use any other."""
    if iscoroutinefunction(get_response):

        async def in_loop(request: HttpRequest) -> HttpResponseBase:
            response: HttpResponseBase = await get_response(request)
            response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
            return response

        return in_loop

    def in_thread(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        assert isinstance(response, HttpResponseBase)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response

    return in_thread


class DatabaseAway(MiddlewareMixin):
    """A page that loads itself again, with 503, in place of one for which the database could not be reached."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not is_away(exception):
            return None
        log.warning("%s: the database cannot be reached", request.path)
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "3"})

"""Is this process alive, and can it hold meetings? For whoever starts, watches and balances processes.

Both answers are made before any other middleware looks at the request: probes come by address, under no name that
ALLOWED_HOSTS knows, and must not depend on sessions.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from channels.layers import get_channel_layer
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kcs.one_at_a_time import OneAtATime
from media.client import get_media_client

log = logging.getLogger(__name__)

PATIENCE = 2.0


class NotReady(Exception):
    """A dependency answered that it cannot be used. The text is a sentence without addresses and paths."""


class Check:
    """One dependency that is asked whether it works."""

    def __init__(self, ask: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._question = OneAtATime(ask)

    async def trouble(self) -> str:
        """Why the dependency does not work, in a sentence; empty when it does."""
        try:
            await self._question.answer(PATIENCE)
        except TimeoutError:
            return f"It did not answer within {PATIENCE:g} seconds."
        except NotReady as said:
            return str(said)
        except Exception as error:
            # What libraries say holds addresses and names of the inside: that is for the log.
            log.warning("A readiness check failed: %s: %s", type(error).__name__, error)
            return f"It cannot be used ({type(error).__name__}); the log says more."
        return ""


# A thread of its own, so that a database that hangs takes none of those that serve people.
_thread = ThreadPoolExecutor(1, thread_name_prefix="readiness-db")


def _select_one() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()


async def _database() -> None:
    await asyncio.get_running_loop().run_in_executor(_thread, _select_one)


class _LayerEcho:
    """A message to ourselves over the channel layer. The channel is kept: a new one each time would pile up in it."""

    def __init__(self) -> None:
        self._channel = ""
        self._loop: asyncio.AbstractEventLoop | None = None

    async def ask(self) -> None:
        layer: Any = get_channel_layer()
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._channel, self._loop = await layer.new_channel(), loop
        nonce = uuid4().hex
        try:
            await layer.send(self._channel, {"type": "readiness.echo", "nonce": nonce})
            while (await layer.receive(self._channel))["nonce"] != nonce:
                pass  # the answer to a question that was given up
        except BaseException:
            self._loop = None
            raise


async def _media() -> None:
    if not await get_media_client().any_worker_answers():
        raise NotReady("No media worker answers; the log and `manage.py check` say why.")


CHECKS = {"database": Check(_database), "layer": Check(_LayerEcho().ask), "media": Check(_media)}


@require_safe
@never_cache
async def alive(request: HttpRequest) -> JsonResponse:
    """`/healthz`: 200 as long as this process answers at all. Depends on nothing."""
    return JsonResponse({"status": "alive"})


@require_safe
@never_cache
async def ready(request: HttpRequest) -> JsonResponse:
    """`/readyz`: 200 `ready` when database, channel layer and at least one media worker answer, else 503 `not ready`.

    `checks` names each one: `{"ok": true}` or `{"ok": false, "reason": "…"}`.
    """
    troubles = dict(zip(CHECKS, await asyncio.gather(*(check.trouble() for check in CHECKS.values())), strict=True))
    checks = {name: {"ok": False, "reason": trouble} if trouble else {"ok": True} for name, trouble in troubles.items()}
    if any(troubles.values()):
        return JsonResponse({"status": "not ready", "checks": checks}, status=503)
    return JsonResponse({"status": "ready", "checks": checks})

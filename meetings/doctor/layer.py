"""The channel layer: a message there and back."""

import time
from contextlib import suppress
from typing import Any
from uuid import uuid4

from channels.layers import channel_layers
from django.conf import settings

from media.doctor.finding import Finding, green, red, yellow

SLOW_SECONDS = 0.25
MESSAGE = "doctor.echo"


async def channel_layer() -> Finding:
    """Over a layer of our own, which is closed afterwards: what a process receives over its own stays open for ever."""
    name = settings.CHANNEL_LAYERS["default"]["BACKEND"].rpartition(".")[2]
    layer: Any = channel_layers.make_backend("default")
    nonce = uuid4().hex
    began = time.perf_counter()
    try:
        channel = await layer.new_channel()
        await layer.send(channel, {"type": MESSAGE, "nonce": nonce})
        came = await layer.receive(channel)
    except Exception as error:
        # Each backend has errors of its own.
        said = str(error).strip().partition("\n")[0] or type(error).__name__
        return red(f"{name} brings nothing: {said}", "Start Redis, or correct REDIS_URL: see what `redis` says.")
    finally:
        with suppress(Exception):
            await layer.flush()
    took = time.perf_counter() - began
    if came.get("nonce") != nonce:
        return red(f"{name} brought another message than the one sent.", "See who else uses this Redis database.")
    said = f"{name} brought a message back within {took * 1000:.1f} ms."
    if took > SLOW_SECONDS:
        return yellow(said, "See what `redis` says.", seconds=round(took, 4))
    return green(said, seconds=round(took, 4))

"""Letting somebody knock at the workers: for `manage.py media_doctor`."""

from typing import Any

from media.errors import BAD_REQUEST, MediaError
from media.node.doors import LONGEST_SECONDS

from .call import Call

Json = dict[str, Any]


async def open_doors(call: Call) -> Json:
    """`{seconds}`: open a door on each worker for so long. `{doors: [{worker, pid, iceParameters, iceCandidates}]}`."""
    seconds = call.data.integer("seconds")
    if not 1 <= seconds <= LONGEST_SECONDS:
        raise MediaError(BAD_REQUEST, f"seconds is 1 to {LONGEST_SECONDS}.")
    return {"doors": await call.insight.doors.open(seconds)}

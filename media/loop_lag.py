"""How late an event loop is: the time between when something was due in it and when it got its turn."""

import asyncio
from collections.abc import Callable
from typing import Final

LOOK_SECONDS: Final = 0.5
BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Upper bounds, in seconds, of the classes in which lags are counted."""


async def watch_lag(note: Callable[[float], object]) -> None:
    """Call `note` with the seconds that the running loop was late, twice a second, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + LOOK_SECONDS
        await asyncio.sleep(LOOK_SECONDS)
        note(max(0.0, loop.time() - due))

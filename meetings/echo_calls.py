"""The bots that talk back to people of this web process: each a process, few at once."""

import asyncio
import json
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from meetings.bot_process import be_modest
from meetings.links import SOCKET_PATH
from meetings.probe.address import own_url
from meetings.protocol.codes import Refusal

log = logging.getLogger(__name__)

# Each takes up to a fifth of a core.
MOST_AT_ONCE = 2
JOIN_PATIENCE = 15.0
# A little longer than a bot stays by itself.
STAY_PATIENCE = 150.0
TRY_AGAIN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Invitation:
    """Where the bot is to come, to whom, and the ticket that lets it in."""

    meeting_id: UUID
    participant_id: UUID
    ticket: str


class EchoCalls:
    """Those of one event loop."""

    def __init__(self) -> None:
        self._by_meeting: dict[UUID, asyncio.Task[None]] = {}

    async def begin(self, invitation: Invitation, could_not_come: Callable[[Refusal], None]) -> None:
        """Send for a bot; `could_not_come` is called when it does not come after all. Raises Refusal NOT_ALLOWED while
        one is in the meeting or on its way, RATE_LIMITED while others have them all.
        """
        if invitation.meeting_id in self._by_meeting:
            raise Refusal("NOT_ALLOWED", "The bot is on its way, or here already.")
        if len(self._by_meeting) >= MOST_AT_ONCE:
            raise Refusal(
                "RATE_LIMITED",
                "The bot talks with others at the moment; try again in a minute or two.",
                retryAfter=TRY_AGAIN_SECONDS,
            )
        task = asyncio.create_task(_talk(invitation, could_not_come), name=f"echo in {invitation.meeting_id}")
        self._by_meeting[invitation.meeting_id] = task
        task.add_done_callback(lambda _: self._by_meeting.pop(invitation.meeting_id, None))

    async def close(self) -> None:
        """End them all."""
        tasks = list(self._by_meeting.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _talk(invitation: Invitation, could_not_come: Callable[[Refusal], None]) -> None:
    """Run the bot to its end."""
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "meetings.bot.echo",
            cwd=settings.BASE_DIR,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            # Ctrl-C in a terminal is for us; we end it ourselves.
            start_new_session=True,
        )
    except OSError as error:
        _did_not_come(invitation, could_not_come, error.strerror or str(error))
        return
    be_modest(process.pid)
    try:
        await _tell(process, invitation)
        async with asyncio.timeout(JOIN_PATIENCE):
            said = await _next(process)
        if said.get("event") != "joined":
            _did_not_come(invitation, could_not_come, str(said.get("because", "the process ended")))
            return
        log.info("The bot talks back [meeting=%s participant=%s]", invitation.meeting_id, invitation.participant_id)
    except TimeoutError:
        _did_not_come(invitation, could_not_come, "it took too long")
        return
    else:
        await _until_it_leaves(process, invitation)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _until_it_leaves(process: asyncio.subprocess.Process, invitation: Invitation) -> None:
    try:
        async with asyncio.timeout(STAY_PATIENCE):
            said = await _next(process)
    except TimeoutError:
        log.warning("The bot does not leave by itself, and is ended [meeting=%s]", invitation.meeting_id)
    else:
        log.info("The bot has left: %s [meeting=%s]", said.get("because", "?"), invitation.meeting_id)


async def _tell(process: asyncio.subprocess.Process, invitation: Invitation) -> None:
    assert process.stdin is not None
    order = {
        "url": own_url(),
        "socketPath": SOCKET_PATH,
        "ticket": invitation.ticket,
        "meetingId": str(invitation.meeting_id),
        "inviter": str(invitation.participant_id),
    }
    # Not on the command line, which everybody on the machine can read. The pipe stays open: its end is the bot's.
    process.stdin.write(json.dumps(order).encode() + b"\n")
    await process.stdin.drain()


async def _next(process: asyncio.subprocess.Process) -> dict[str, object]:
    """What the bot says next; empty when it has ended."""
    assert process.stdout is not None
    line = await process.stdout.readline()
    said: dict[str, object] = json.loads(line) if line.strip() else {}
    return said


def _did_not_come(invitation: Invitation, could_not_come: Callable[[Refusal], None], why: str) -> None:
    log.warning("The bot did not come: %s [meeting=%s]", why, invitation.meeting_id)
    could_not_come(Refusal("MEDIA_UNAVAILABLE", "The bot could not come; try again in a moment."))


_calls: dict[asyncio.AbstractEventLoop, EchoCalls] = {}


def echo_calls() -> EchoCalls:
    """Those of the running loop."""
    return _calls.setdefault(asyncio.get_running_loop(), EchoCalls())


async def end_echo_calls() -> None:
    """End the running loop's bots."""
    calls = _calls.pop(asyncio.get_running_loop(), None)
    if calls is not None:
        await calls.close()

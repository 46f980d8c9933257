"""How many jobs wait in Celery's queue."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from kombu.exceptions import ChannelError

from kcs.celery import app
from kcs.one_at_a_time import OneAtATime

log = logging.getLogger(__name__)

PATIENCE = 1.5
# A thread of its own, so that a broker that hangs takes none of those that serve people.
_thread = ThreadPoolExecutor(1, thread_name_prefix="celery-queue")


async def queue_length() -> int | None:
    """Jobs that no worker has taken yet; None when the broker does not say."""
    try:
        return await _question.answer(PATIENCE)
    except Exception as error:
        # Each broker has errors of its own, and a scrape fails for none of them.
        log.debug("Celery's broker does not tell how long its queue is: %s: %s", type(error).__name__, error)
        return None


async def _ask() -> int:
    return await asyncio.get_running_loop().run_in_executor(_thread, _count)


_question = OneAtATime(_ask)


def _count() -> int:
    with app.connection_for_read(connect_timeout=PATIENCE) as connection:
        channel: Any = connection.channel()
        try:
            declared = channel.queue_declare(app.conf.task_default_queue, passive=True)
        except ChannelError:
            return 0  # nobody has put anything into it yet, or all was taken
        return int(declared.message_count)

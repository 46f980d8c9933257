"""How many incidents are on record."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from django.db import connection
from django.db.models import Count

from kcs.one_at_a_time import OneAtATime
from media.models import Incident

log = logging.getLogger(__name__)

PATIENCE = 1.5
# A thread of its own, so that a database that hangs takes none of those that serve people.
_thread = ThreadPoolExecutor(1, thread_name_prefix="incidents-db")


async def incidents_by_kind() -> dict[str, int] | None:
    """Every kind there is, with its number; None when the database does not say."""
    try:
        return await _question.answer(PATIENCE)
    except Exception as error:
        # A scrape fails for no reason that a database has.
        log.debug("The database does not tell of incidents: %s: %s", type(error).__name__, error)
        return None


async def _ask() -> dict[str, int]:
    return await asyncio.get_running_loop().run_in_executor(_thread, _count)


_question = OneAtATime(_ask)


def _count() -> dict[str, int]:
    try:
        counted = dict(Incident.objects.order_by().values_list("kind").annotate(Count("id")))
    finally:
        connection.close()
    return {kind: counted.get(kind, 0) for kind in Incident.Kind.values}

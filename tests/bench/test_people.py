"""The benchmark of crowds, in small: what it says of who hears what holds in every run."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest

from bench.capacity.talking import TalkingProcess, module
from bench.people.meeting import Assembly, of_everybody
from bench.people.sides import our_side

pytestmark = pytest.mark.long


async def test_everybody_hears_exactly_what_is_for_them_and_the_database_is_asked_as_often_by_many() -> None:
    async with our_side(30) as side, AsyncExitStack() as stack:
        crowds = [await stack.enter_async_context(TalkingProcess(module("bench.people.crowd"))) for _ in side.doors]
        meeting = Assembly(side, crowds)
        for people in (10, 20):
            await meeting.come(people)
            await meeting.write(20, a_second=20)
        assert await meeting.last_faults() == []
    found = meeting.found
    assert len(found.sent) == 40
    assert {len(sent.readers) for sent in of_everybody(found)} == {9, 29}
    # Who writes, their other windows, whether it was written before, the message; for two in ten their readers too, and
    # now and then of what is told to hosts meanwhile.
    assert max(found.queries_a_message) < 7
    assert max(found.queries_a_join) < 9

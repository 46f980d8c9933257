"""Windows that join by link see and hear each other: decoded moving pictures and sound energy, in the page's
own elements.
"""

from __future__ import annotations

import asyncio
from itertools import permutations

import pytest

from tests.browser.conftest import People
from tests.live.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def everybody_gets_everybody(windows: list[Window]) -> None:
    ids = {window.name: window.participant_id for window in windows}
    assert len(set(ids.values())) == len(windows)
    await asyncio.gather(*(one.sees(ids[other.name]) for one, other in permutations(windows, 2)))
    await asyncio.gather(*(one.hears(ids[other.name]) for one, other in permutations(windows, 2)))


async def test_two_windows_see_and_hear_each_other(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    bob = await people.join("Bob", code)
    await everybody_gets_everybody([ada, bob])
    assert "Bob" in await ada.tile_text(bob.participant_id)
    assert "Ada" in await bob.tile_text(ada.participant_id)


async def test_four_windows_see_and_hear_each_other(people: People, code: str) -> None:
    windows = [await people.join(name, code) for name in ("Ada", "Bob", "Cleo", "Dan")]
    await everybody_gets_everybody(windows)


async def test_windows_that_join_at_the_same_moment_see_and_hear_each_other(people: People, code: str) -> None:
    windows = [await people.open(name) for name in ("Ada", "Bob", "Cleo")]
    await asyncio.gather(*(window.join(code) for window in windows))
    await everybody_gets_everybody(windows)


async def test_a_late_joiner_gets_what_is_already_there(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    bob = await people.join("Bob", code)
    await asyncio.gather(ada.sees(bob.participant_id), bob.sees(ada.participant_id))
    await bob.press("camera")
    await ada.stops_seeing(bob.participant_id)

    late = await people.join("Cleo", code)
    await asyncio.gather(
        late.sees(ada.participant_id),
        late.hears(ada.participant_id),
        late.hears(bob.participant_id),
        ada.sees(late.participant_id),
        bob.hears(late.participant_id),
    )
    assert await late.picture(bob.participant_id) is None, "a camera that is off shows no picture to a late joiner"

    await bob.press("camera")
    await asyncio.gather(late.sees(bob.participant_id), ada.sees(bob.participant_id))


async def test_leaving_shows_at_the_others(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    bob = await people.join("Bob", code)
    left_id = bob.participant_id
    await ada.sees(left_id)
    await bob.press("leave")
    await ada.loses_tile(left_id)
    assert [push["reason"] for push in ada.pushes("participant-left")] == ["left"]
    # And the seat is free: the same window comes back as somebody who is seen again.
    await bob.join(code)
    assert bob.participant_id != left_id
    await ada.sees(bob.participant_id)

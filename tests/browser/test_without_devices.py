"""Joining without a camera, without a microphone, without either."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import People

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]


async def test_camera_permission_denied_joins_without_it(people: People, code: str) -> None:
    ada = await people.join("Ada", code, permissions=("microphone",))
    bob = await people.join("Bob", code)
    await ada.sees(bob.participant_id)
    await bob.hears(ada.participant_id)
    assert await bob.picture(ada.participant_id) is None
    assert "Ada" in await bob.tile_text(ada.participant_id)


async def test_camera_and_microphone_denied_joins_to_watch_and_listen(people: People, code: str) -> None:
    ada = await people.join("Ada", code, permissions=())
    bob = await people.join("Bob", code)
    await ada.sees(bob.participant_id)
    await ada.hears(bob.participant_id)
    assert (await bob.remote(ada.participant_id))["tile"]


async def test_a_denied_camera_is_explained_before_joining(people: People, code: str) -> None:
    ada = await people.open("Ada", permissions=("microphone",))
    await ada.page.goto(f"/m/{code}/")
    explained = ada.page.get_by_text(re.compile("camera is not allowed", re.I)).filter(visible=True).first
    await explained.wait_for(timeout=8000)

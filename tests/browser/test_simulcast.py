"""A camera goes out in three layers, and who shows it small receives a small one."""

from __future__ import annotations

import pytest

from tests.browser.conftest import People
from tests.live.waiting import eventually
from tests.live.window import Message, Window

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_camera_is_sent_in_three_layers_of_which_the_window_takes_what_it_shows(
    people: People, code: str
) -> None:
    ada = await people.join("Ada", code)
    # Large enough for the picture to be drawn over more than 400 lines: only then the highest layer is of use.
    bob = await people.join("Bob", code, size=(1280, 720))
    await bob.sees(ada.participant_id)
    assert camera_consumer(bob, ada.participant_id)["type"] == "simulcast"

    layers: dict[str, Message] = {}

    async def three_flow() -> bool:
        before = dict(layers)
        layers.update({stream["rid"]: stream for stream in await camera_streams(ada)})
        return len(before) == 3 and all(layers[rid]["framesSent"] > before[rid]["framesSent"] for rid in before)

    await eventually("three layers go out", three_flow, within=30, every=1)
    heights = sorted(stream["frameHeight"] for stream in layers.values())
    assert heights == [180, 360, 720], layers

    async def drawn_from(lines: int) -> bool:
        video = (await bob.remote(ada.participant_id)).get("video")
        return video is not None and video["height"] == lines

    await eventually("Bob receives the highest", lambda: drawn_from(720), within=30)
    await bob.page.set_viewport_size({"width": 360, "height": 300})
    await eventually("Bob receives the lowest in a small window", lambda: drawn_from(180), within=30)
    await bob.sees(ada.participant_id)


def camera_consumer(window: Window, participant_id: str) -> Message:
    """What the server said of the consumer of somebody's camera, be it in the join's answer or in a later one."""
    answers = [frame["data"] for frame in window.received if frame.get("event") in ("meeting-joined", "consumed")]
    consumers = [consumer for answer in answers for consumer in answer.get("consumers", [])]
    return next(one for one in consumers if (one["participantId"], one["source"]) == (participant_id, "camera"))


async def camera_streams(window: Window) -> list[Message]:
    return [stream for stream in (await window.sends())["streams"] if stream["kind"] == "video"]

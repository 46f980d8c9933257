"""What is asked for one peer is done in order, different peers go side by side, and replies come before pushes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from media.node.lanes import LONGEST_LANE, Lanes

from .people import Json, Person, until

MakePerson = Callable[..., Person]


class TestOrder:
    async def test_the_requests_of_one_peer_are_answered_in_order(self, person: MakePerson, capabilities: Json) -> None:
        alice = person("alice")
        answered: list[int] = []

        async def numbered(number: int, verb: str, **data: Any) -> Json:
            reply = await alice.call(verb, **data)
            answered.append(number)
            return reply

        # Each of these needs what the one before it made.
        replies = await asyncio.gather(
            numbered(0, "join-meeting"),
            numbered(1, "create-transport", direction="send"),
            numbered(2, "create-transport", direction="recv"),
            numbered(3, "leave-meeting"),
            numbered(4, "join-meeting", rtpCapabilities=capabilities, resume=True),
        )
        assert answered == [0, 1, 2, 3, 4]
        assert replies[4]["resumed"] is False

    async def test_one_lane_does_not_hold_up_another(self) -> None:
        lanes, blocked, done = Lanes(), asyncio.Event(), []

        async def wait() -> None:
            await blocked.wait()
            done.append("slow")

        async def quick() -> None:
            done.append("quick")

        async def fail() -> None:
            raise RuntimeError("on purpose")

        lanes.submit("a", wait)
        lanes.submit("a", fail)
        lanes.submit("a", quick)
        lanes.submit("b", quick)
        await until(lambda: done == ["quick"], "the other lane")
        blocked.set()
        await until(lambda: done == ["quick", "slow", "quick"], "what follows a failure")
        assert len(lanes) == 0

    async def test_a_lane_has_an_end(self) -> None:
        lanes, blocked = Lanes(), asyncio.Event()

        async def wait() -> None:
            await blocked.wait()

        taken = [lanes.submit("a", wait) for _ in range(LONGEST_LANE + 10)]
        assert taken.count(True) == LONGEST_LANE
        assert lanes.submit("b", wait)
        await lanes.close()

    async def test_held_pushes_follow_the_reply(self, person: MakePerson, capabilities: Json) -> None:
        alice, bob = person("alice"), person("bob")
        await alice.fast_join(capabilities)
        await bob.fast_join(capabilities)
        with alice.peer.held():
            await asyncio.gather(alice.call("restart-ice", transportId="x"), bob.send("mic"), return_exceptions=True)
            await bob.send("camera")
            assert alice.told("new-producer") == []
        assert [fact["source"] for fact in alice.told("new-producer")] == ["mic", "camera"]

"""A part of those who are in the meetings, in a process of its own: `python -m bench.people.crowd`.

Reads a line of JSON at a time and answers each: `{"do": "come", "door", "people", "host", "slots"}` with `Came`,
`{"do": "write", "contract", "sayings"}` with a `Written` for each, once the server has them all, `{"do": "count",
"contract"}` with how many messages arrived since they were read, `{"do": "heard", "contract"}` with a `Heard` for each
of these, `{"do": "told", "contract"}` with of how many newcomers each was told, `{"do": "lost", "contract"}` with how
many connections did not last.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections import defaultdict
from typing import Any, TypedDict

import uvloop

from bench.people.member import MEMBERS, Door, Member, now


class Came(TypedDict):
    """The ids of who came in, by their numbers, and how long each waited from opening the socket to the answer."""

    ids: dict[str, str]
    seconds: list[float]


class Saying(TypedDict):
    """What the member of this number is to write, and when (`time.perf_counter`)."""

    member: int
    at: float
    message: dict[str, Any]


class Written(TypedDict):
    """When a message was handed to the socket, and how much later the answer was there."""

    messageId: str
    at: float
    answered: float


class Heard(TypedDict):
    """Who (by number; twice who got it twice) got a message, and when the last of them. `spoilt` of them got another
    text than was written."""

    messageId: str
    by: list[int]
    last: float
    spoilt: int


class Crowd:
    """Everybody in this process."""

    def __init__(self) -> None:
        self._members: dict[str, dict[int, Member]] = defaultdict(dict)
        self._arrived: dict[str, list[tuple[int, bytes, float]]] = defaultdict(list)

    async def come(self, door: Door, people: list[int], *, host: bool, slots: int) -> Came:
        """Let these in, by number, so many at a time."""
        contract = door["contract"]
        arrived, members = self._arrived[contract], self._members[contract]
        coming = iter(people)
        seconds = []

        async def slot() -> None:
            for number in coming:
                member = MEMBERS[contract](number, lambda *what: arrived.append(what))
                began = now()
                await member.come_in(door, f"Participant {number}", host=host)
                seconds.append(now() - began)
                members[number] = member

        await asyncio.gather(*(slot() for _ in range(slots)))
        return {"ids": {str(number): members[number].participant_id for number in people}, "seconds": seconds}

    async def write(self, contract: str, sayings: list[Saying]) -> list[Written]:
        """Say all this, each at its time."""

        async def say(saying: Saying) -> Written:
            await asyncio.sleep(saying["at"] - now())
            began = now()
            await self._members[contract][saying["member"]].write(saying["message"])
            return {"messageId": saying["message"]["messageId"], "at": began, "answered": now() - began}

        return await asyncio.gather(*map(say, sayings))

    def count(self, contract: str) -> int:
        """How many messages have arrived, each as often as it did."""
        return len(self._arrived[contract])

    def told(self, contract: str) -> list[int]:
        """Of how many newcomers each was told."""
        return [member.others_told for member in self._members[contract].values()]

    def lost(self, contract: str) -> int:
        """How many connections did not last."""
        return sum(not member.is_there for member in self._members[contract].values())

    def heard(self, contract: str) -> list[Heard]:
        """What arrived since the last time."""
        arrived, self._arrived[contract][:] = list(self._arrived[contract]), []
        heard: dict[str, Heard] = {}
        for number, text, at in arrived:
            message = MEMBERS[contract].message_in(text)
            name = message["messageId"]
            one = heard.setdefault(name, {"messageId": name, "by": [], "last": at, "spoilt": 0})
            one["by"].append(number)
            one["last"] = max(one["last"], at)
            one["spoilt"] += not message["message"].startswith(name) or message["mine"]
        return list(heard.values())

    def leave(self) -> None:
        """Everybody goes."""
        for members in self._members.values():
            for member in members.values():
                member.leave()


async def main() -> None:
    crowd = Crowd()
    gc.freeze()
    # What a collection takes would be taken for the server's time.
    gc.disable()
    while line := await asyncio.to_thread(sys.stdin.readline):
        wish: dict[str, Any] = json.loads(line)
        answer: Any
        match wish.pop("do"):
            case "come":
                answer = await crowd.come(**wish)
            case "write":
                answer = await crowd.write(**wish)
            case "count":
                answer = crowd.count(**wish)
            case "told":
                answer = crowd.told(**wish)
            case "lost":
                answer = crowd.lost(**wish)
            case "heard":
                answer = crowd.heard(**wish)
        print(json.dumps(answer), flush=True)
    crowd.leave()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())

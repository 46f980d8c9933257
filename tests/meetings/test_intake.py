"""What is read from the wire of a socket, and when nothing is."""

from __future__ import annotations

import asyncio

from kcs.intake import FEW, MANY, Intake


class Transport:
    def __init__(self) -> None:
        self.reads = True
        self.turns = 0

    def pauseProducing(self) -> None:  # Twisted's word
        assert self.reads
        self.reads = False
        self.turns += 1

    def resumeProducing(self) -> None:  # Twisted's word
        assert not self.reads
        self.reads = True
        self.turns += 1


class Protocol:
    def __init__(self) -> None:
        self.transport = Transport()


async def test_nothing_is_read_while_much_waits_and_nothing_is_lost() -> None:
    protocol = Protocol()
    queue: asyncio.Queue[dict[str, int]] = asyncio.Queue()
    intake = Intake(protocol).before(queue)
    receive = intake.taken_by(queue.get)
    for number in range(MANY):
        assert protocol.transport.reads
        intake.put_nowait({"number": number})
    assert not protocol.transport.reads
    # What was on its way already.
    intake.put_nowait({"number": MANY})
    for number in range(MANY - FEW):
        assert await receive() == {"number": number}
        assert not protocol.transport.reads
    assert await receive() == {"number": MANY - FEW}
    assert protocol.transport.reads
    rest = [(await receive())["number"] for _ in range(FEW)]
    assert rest == [*range(MANY - FEW + 1, MANY + 1)]
    assert protocol.transport.turns == 2

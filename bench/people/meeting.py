"""One meeting of many: they come, write to each other, and each must hear exactly what is for them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from bench.capacity.processes import CpuTime, cpu_time
from bench.capacity.talking import TalkingProcess
from bench.people.crowd import Came, Heard, Saying, Written
from bench.people.member import now
from bench.people.sides import Side

HOSTS = 3
SENDERS = 20
# So many at a time, through each process.
SLOTS = 4
# Of ten messages, so many are for everybody; then come one to the hosts and one in private.
OF_TEN_FOR_ALL = 8
TEXT = "What was said before is right, I think, but let us hear the others too. "
HEAD_START = 0.2
PATIENCE = 30.0
# So long people are waited for, until each process uses less of a core than this.
SETTLED_WITHIN = 60.0
BUSY_SHARE = 0.02
# Queries by which hosts are told of somebody's trouble fall where they fall. With each person who is there one more
# would be hundreds more.
QUERIES_VARY = 2
POLL = 0.05


@dataclass(slots=True)
class Sent:
    """A message: who wrote it, whom it is for, and, once that is known, when, and how long until the last of these had
    it."""

    to: str
    author: int
    readers: list[int]
    at: float = 0.0
    answered: float = 0.0
    took: float = 0.0


@dataclass(slots=True)
class Found:
    """What came of it. CPU is of the server's processes, in seconds."""

    came: list[float] = field(default_factory=list)
    coming_took: float = 0.0
    coming_cpu: float = 0.0
    sent: dict[str, Sent] = field(default_factory=dict)
    writing_cpu: float = 0.0
    queries_a_join: list[float] = field(default_factory=list)
    queries_a_message: list[float] = field(default_factory=list)
    memory_kib: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Assembly:
    """One side's meeting. Those in `crowds` come through the side's processes, in turns."""

    def __init__(self, side: Side, crowds: Sequence[TalkingProcess]) -> None:
        self.side = side
        self.found = Found()
        self._crowds = crowds
        self._ids: dict[int, str] = {}
        self._spoken = 0

    async def come(self, people: int) -> None:
        """So many more come in; of the first, some are hosts."""
        began, cpu, asked = now(), self._cpu(), self.side.queries()
        numbers = range(len(self._ids), len(self._ids) + people)
        if not self._ids:
            await self._let_in(numbers[:HOSTS], host=True)
            numbers = numbers[HOSTS:]
        await self._let_in(numbers, host=False)
        self.found.coming_took += now() - began
        self.found.coming_cpu += (self._cpu() - cpu).ran
        self.found.queries_a_join.append((self.side.queries() - asked) / people)
        await self._until_all_are_told()
        self.found.memory_kib.append(self.side.memory_kib())

    async def settle(self) -> None:
        """Wait until the servers have nothing more to do with who came in, who are watched over for half a minute."""
        ends = now() + SETTLED_WITHIN
        busy = True
        while busy and now() < ends:
            cpu = self._cpu()
            await asyncio.sleep(1)
            busy = (self._cpu() - cpu).ran > BUSY_SHARE * len(self.side.pids)

    async def write(self, messages: int, a_second: float) -> None:
        """So many messages are written, evenly, by several; all who are to hear each have done so at the end."""
        cpu, asked = self._cpu(), self.side.queries()
        plan: dict[int, list[Saying]] = {index: [] for index in range(len(self._crowds))}
        new: dict[str, Sent] = {}
        start = now() + HEAD_START
        for number in range(messages):
            name = str(uuid4())
            sent = new[name] = self._next()
            message: dict[str, Any] = {"messageId": name, "message": f"{name} {TEXT}", "recipientType": sent.to}
            if sent.to == "private":
                message["recipientId"] = self._ids[sent.readers[0]]
            saying: Saying = {"member": sent.author, "at": start + number / a_second, "message": message}
            plan[sent.author % len(self._crowds)].append(saying)
        answers = await self._ask_all("write", lambda index: {"sayings": plan[index]})
        written: list[Written] = [one for answer in answers for one in answer]
        for one in written:
            new[one["messageId"]].at, new[one["messageId"]].answered = one["at"], one["answered"]
        await self._until_heard(sum(len(sent.readers) for sent in new.values()))
        self.found.writing_cpu += (self._cpu() - cpu).ran
        self.found.queries_a_message.append((self.side.queries() - asked) / messages)
        self._judge(new, [one for answer in await self._ask_all("heard") for one in answer])
        self.found.sent |= new

    async def last_faults(self) -> list[str]:
        """All that went wrong; to be asked at the end, when what should not come any more would have."""
        late = [one for answer in await self._ask_all("heard") for one in answer]
        self._judge({}, late)
        for what, asked in (("join", self.found.queries_a_join), ("message", self.found.queries_a_message)):
            if max(asked) - min(asked) >= QUERIES_VARY:
                self.found.faults.append(f"queries a {what} differ: {asked}")
        if lost := sum(await self._ask_all("lost")):
            self.found.faults.append(f"{lost} connections did not last")
        return self.found.faults

    async def _let_in(self, numbers: range, *, host: bool) -> None:
        doors = self.side.host_doors if host else self.side.doors
        whose = {
            index: [one for one in numbers if one % len(self._crowds) == index] for index in range(len(self._crowds))
        }
        answers: list[Came] = await self._ask_all(
            "come",
            lambda index: {"door": doors[index % len(doors)], "people": whose[index], "host": host, "slots": SLOTS},
        )
        for came in answers:
            self._ids |= {int(number): name for number, name in came["ids"].items()}
            self.found.came += came["seconds"]

    def _next(self) -> Sent:
        turn, self._spoken = self._spoken, self._spoken + 1
        guests = len(self._ids) - HOSTS
        authors = min(SENDERS, guests)
        author = HOSTS + turn % authors * (guests // authors)
        others = [one for one in self._ids if one != author]
        # Hosts came with one ticket: they are one person, who is written to in all their windows.
        guests_beside = [one for one in others if one >= HOSTS]
        match turn % 10:
            case share if share < OF_TEN_FOR_ALL:
                return Sent("all", author, others)
            case 8:
                return Sent("host", author, list(range(HOSTS)))
            case _:
                return Sent("private", author, [guests_beside[turn * 7 % len(guests_beside)]])

    def _judge(self, new: dict[str, Sent], answers: list[Heard]) -> None:
        by: dict[str, list[int]] = {name: [] for name in new}
        last: dict[str, float] = {}
        for one in answers:
            name = one["messageId"]
            if name not in new:
                self.found.faults.append(f"{name} came again, or from nowhere, to {sorted(one['by'])}")
                continue
            by[name] += one["by"]
            last[name] = max(one["last"], last.get(name, 0.0))
            if one["spoilt"]:
                self.found.faults.append(f"{name} came as something else to {one['spoilt']}")
        for name, sent in new.items():
            if sorted(by[name]) == sorted(sent.readers):
                sent.took = last[name] - sent.at
            else:
                self.found.faults.append(f"{name} to {sent.to}: {_difference(by[name], sent.readers)}")

    async def _until_all_are_told(self) -> None:
        """Who came before somebody has heard of them; when two come at once, either may have told of the other."""
        people = len(self._ids)
        wanted = people * (people - 1) // 2
        await self._until("told of newcomers", wanted, "told", lambda answer: sum(answer))

    async def _until_heard(self, wanted: int) -> None:
        await self._until("messages heard", wanted, "count", lambda answer: answer)

    async def _until(self, what: str, wanted: int, wish: str, number: Any) -> None:
        ends = now() + PATIENCE
        while (found := sum(number(answer) for answer in await self._ask_all(wish))) < wanted:
            if now() > ends:
                self.found.faults.append(f"{what}: {found} of {wanted}")
                return
            await asyncio.sleep(POLL)

    async def _ask_all(self, do: str, rest: Any = lambda _: {}) -> list[Any]:
        wishes = [
            {"do": do, **({} if do == "come" else {"contract": self.side.contract}), **rest(index)}
            for index in range(len(self._crowds))
        ]
        return list(await asyncio.gather(*(crowd.ask(wish) for crowd, wish in zip(self._crowds, wishes, strict=True))))

    def _cpu(self) -> CpuTime:
        return cpu_time(*self.side.pids)


def _difference(by: list[int], readers: list[int]) -> str:
    twice = {one for one in by if by.count(one) > 1}
    return f"missed by {sorted({*readers} - {*by})}, wrongly at {sorted({*by} - {*readers})}, twice at {sorted(twice)}"


def of_everybody(found: Found) -> Iterator[Sent]:
    """The messages that were for everybody."""
    return (sent for sent in found.sent.values() if sent.to == "all")

"""Asking the media nodes what lives on them, from a thread: for the admin."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from asgiref.sync import async_to_sync

from media.client import get_media_client

Json = dict[str, Any]

PATIENCE = 4.0


@dataclass(frozen=True, slots=True)
class Silence:
    """A node that did not answer, and why, for an operator. `node` is empty where not even its name is known."""

    node: str
    cause: str


def ask_all(verb: str, data: Json | None = None) -> tuple[list[Json], list[Silence]]:
    """The answers of all nodes that answer, and the others."""
    answers, silent = async_to_sync(_ask_all)(verb, data or {})
    return answers, silent


def ask(node: str, verb: str, data: Json, meeting: str = "") -> Json:
    """The answer of one node. Raises `MediaError`."""
    answer: Json = async_to_sync(_ask)(node, verb, data, meeting)
    return answer


async def _ask_all(verb: str, data: Json) -> tuple[list[Json], list[Silence]]:
    told, silent = await get_media_client().ask_nodes(verb, data, PATIENCE)
    return told, [Silence(node, cause) for node, cause in silent]


async def _ask(node: str, verb: str, data: Json, meeting: str) -> Json:
    return await get_media_client().call_node(node, verb, data, meeting)


def meetings_in(trees: list[Json]) -> set[str]:
    """The ids of the meetings whose rooms are in these trees."""
    return {router["meeting"] for _, router in _routers(trees) if router["meeting"]}


def participants_in(trees: list[Json]) -> set[str]:
    """The ids of the participants whose transports, or whose streams, are in these trees."""
    found: set[str | None] = set()
    for _, router in _routers(trees):
        for transport in router["transports"]:
            found.add(transport["participant"])
            found |= {one["participant"] for one in transport.get("producers", ())}
            found |= {one["participant"] for one in transport.get("consumers", ())}
    return {one for one in found if one}


@dataclass(frozen=True, slots=True)
class Target:
    """Something in the trees, with what it is in. What is above the kind is there, what is below is None."""

    kind: str
    node: Json
    worker: Json | None = None
    router: Json | None = None
    transport: Json | None = None
    stream: Json | None = None

    @property
    def entry(self) -> Json:
        """Its own entry."""
        return self.stream or self.transport or self.router or self.worker or self.node

    @property
    def id(self) -> str:
        """What it is found by, unique among its kind on its node (with the transport, for ends of pipes)."""
        if self.kind == "node":
            return str(self.node["node"])
        return str(self.entry["index"] if self.kind == "worker" else self.entry["id"])


def find(trees: list[Json], kind: str, object_id: str, *, node: str = "", transport: str = "") -> Target | None:
    """A node, worker, router, transport, producer or consumer in the trees; None when it is not there (any more)."""
    for target in _targets(trees):
        if target.kind != kind or target.id != object_id or node not in ("", target.node["node"]):
            continue
        if transport and target.transport is not None and target.transport["id"] != transport:
            continue
        return target
    return None


def _targets(trees: list[Json]) -> Iterator[Target]:
    for tree in trees:
        yield Target("node", tree)
        for worker in tree["workers"]:
            yield Target("worker", tree, worker)
            for router in worker["routers"]:
                yield Target("router", tree, worker, router)
                for transport in router["transports"]:
                    yield Target("transport", tree, worker, router, transport)
                    for one in transport.get("producers", ()):
                        yield Target("producer", tree, worker, router, transport, one)
                    for one in transport.get("consumers", ()):
                        yield Target("consumer", tree, worker, router, transport, one)


def _routers(trees: list[Json]) -> Iterator[tuple[Json, Json]]:
    for tree in trees:
        for worker in tree["workers"]:
            for router in worker["routers"]:
                yield worker, router

"""Our codec and flatc agree, both ways, on random values of every table that a message can hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from media.binary import locate
from media.mediasoup.codec import Codec
from media.mediasoup.schema import Schema, TableRef, Union, Vector
from tests.mediasoup.fbs_values import RandomValues, from_flatc, to_flatc, with_defaults
from tests.mediasoup.flatc import Flatc

MESSAGE = "FBS.Message.Message"
VALUES_OF_EACH = 12

SCHEMA = Schema.load(locate().schemas)


def reachable(name: str, seen: dict[str, None]) -> dict[str, None]:
    if name not in seen:
        seen[name] = None
        for field in SCHEMA.tables[name].fields:
            kind = field.type.element if isinstance(field.type, Vector) else field.type
            if isinstance(kind, TableRef):
                reachable(kind.name, seen)
            elif isinstance(kind, Union):
                for target in kind.members.values():
                    reachable(target, seen)
    return seen


TABLES = list(reachable(MESSAGE, {}))


def test_every_kind_of_message_is_reached() -> None:
    for union in ("FBS.Message.Body", "FBS.Request.Body", "FBS.Response.Body", "FBS.Notification.Body"):
        assert set(SCHEMA.unions[union].members.values()) <= set(TABLES)
    assert len(TABLES) > 150


@pytest.mark.parametrize("table", TABLES)
def test_table(codec: Codec, flatc: Flatc, table: str) -> None:
    values = RandomValues(SCHEMA, seed=hash_of(table))
    made = [values.table(table) for _ in range(VALUES_OF_EACH)]
    full = [with_defaults(SCHEMA, table, value) for value in made]

    ours = [codec.encode(table, value) for value in made]
    assert [codec.decode(table, buffer) for buffer in ours] == full
    assert [from_flatc(SCHEMA, table, said) for said in flatc.to_json(table, ours)] == full

    theirs = flatc.to_binary(table, [to_flatc(SCHEMA, table, value) for value in made])
    assert [codec.decode(table, buffer) for buffer in theirs] == full


def bodies(kind: str) -> Iterator[Any]:
    for member, table in SCHEMA.unions[f"FBS.{kind}.Body"].members.items():
        yield pytest.param(member, table, id=member)


@pytest.mark.parametrize(("member", "table"), bodies("Request"))
def test_request_with_body(codec: Codec, flatc: Flatc, member: str, table: str) -> None:
    body = RandomValues(SCHEMA, seed=hash_of(member)).table(table)
    frame = codec.encode_request(2**32 - 1, "ROUTER_DUMP", "handler", member, body)
    request = {"id": 2**32 - 1, "method": "ROUTER_DUMP", "handlerId": "handler", "bodyType": member, "body": body}
    assert sent(flatc, frame) == with_defaults(SCHEMA, MESSAGE, {"dataType": "Request", "data": request})


@pytest.mark.parametrize(("member", "table"), bodies("Notification"))
def test_notification_with_body(codec: Codec, flatc: Flatc, member: str, table: str) -> None:
    body = RandomValues(SCHEMA, seed=hash_of(member)).table(table)
    frame = codec.encode_notification("PRODUCER_SEND", "handler", member, body)
    notification = {"handlerId": "handler", "event": "PRODUCER_SEND", "bodyType": member, "body": body}
    assert sent(flatc, frame) == with_defaults(SCHEMA, MESSAGE, {"dataType": "Notification", "data": notification})

    (theirs,) = received(flatc, {"dataType": "Notification", "data": notification})
    kind, (handler_id, event, number, body_at) = codec.open(theirs, 4)
    assert (kind, handler_id, event) == (codec.notification_kind, "handler", codec.events["PRODUCER_SEND"])
    assert codec.notification_bodies[number](theirs, body_at) == with_defaults(SCHEMA, table, body)


@pytest.mark.parametrize("method", SCHEMA.enums["FBS.Request.Method"].values)
def test_request_without_body(codec: Codec, flatc: Flatc, method: str) -> None:
    for handler_id in ("", "x", "0c0c250f-b457-43f3-92eb-0344dd0779e6"):
        said = sent(flatc, codec.encode_request(7, method, handler_id))
        assert said == {"dataType": "Request", "data": {"id": 7, "method": method, "handlerId": handler_id}}


@pytest.mark.parametrize("event", SCHEMA.enums["FBS.Notification.Event"].values)
def test_notification_without_body(codec: Codec, flatc: Flatc, event: str) -> None:
    said = sent(flatc, codec.encode_notification(event, "x"))
    assert said == {"dataType": "Notification", "data": {"event": event, "handlerId": "x"}}


@pytest.mark.parametrize(("member", "table"), bodies("Response"))
def test_response_with_body(codec: Codec, flatc: Flatc, member: str, table: str) -> None:
    body = RandomValues(SCHEMA, seed=hash_of(member)).table(table)
    response = {"id": 9, "accepted": True, "bodyType": member, "body": body}
    (theirs,) = received(flatc, {"dataType": "Response", "data": response})
    kind, (request_id, accepted, number, body_at, error, reason) = codec.open(theirs, 4)
    assert (kind, request_id, accepted, error, reason) == (codec.response_kind, 9, True, None, None)
    assert codec.response_bodies[number](theirs, body_at) == with_defaults(SCHEMA, table, body)


def test_refusal_and_log(codec: Codec, flatc: Flatc) -> None:
    refusal = {"dataType": "Response", "data": {"id": 3, "accepted": False, "error": "TypeError", "reason": "no"}}
    log = {"dataType": "Log", "data": {"data": "Wsomething ät hand"}}
    refused, logged = received(flatc, refusal, log)
    assert codec.open(refused, 4) == (codec.response_kind, (3, False, 0, None, "TypeError", "no"))
    assert codec.open(logged, 4)[1] == ("Wsomething ät hand",)


def sent(flatc: Flatc, frame: bytes) -> dict[str, Any]:
    assert int.from_bytes(frame[:4], "little") == len(frame) - 4
    assert len(frame) % 8 == 0
    (said,) = flatc.to_json(MESSAGE, [frame], "--size-prefixed")
    return from_flatc(SCHEMA, MESSAGE, said)


def received(flatc: Flatc, *messages: dict[str, Any]) -> list[bytes]:
    return flatc.to_binary(MESSAGE, [to_flatc(SCHEMA, MESSAGE, message) for message in messages], "--size-prefixed")


def hash_of(name: str) -> int:
    return int.from_bytes(name.encode(), "little")

"""Bytes that are not what their schema says, and values that do not fit it: a CodecError, whatever they are."""

from __future__ import annotations

import contextlib
import random
import struct
from typing import Any

import pytest

from media.mediasoup.codec import UNREADABLE, Codec
from media.mediasoup.codec_blobs import InlineLayout
from media.mediasoup.errors import CodecError
from media.mediasoup.schema import Enum, Scalar
from tests.mediasoup.fbs_values import RandomValues, to_flatc, with_defaults
from tests.mediasoup.flatc import Flatc

MESSAGE = "FBS.Message.Message"
DUMP = "FBS.Worker.DumpResponse"


def take_apart(codec: Codec, buffer: bytes, at: int = 0) -> Any:
    """Everything the pipe does with a message."""
    kind, fields = codec.open(buffer, at)
    if kind == codec.response_kind:
        return fields, codec.response_bodies[fields[2]](buffer, fields[3]) if fields[2] else None
    if kind == codec.notification_kind:
        return fields, codec.notification_bodies[fields[2]](buffer, fields[3]) if fields[2] else None
    return fields


@pytest.fixture
def messages(codec: Codec, flatc: Flatc) -> list[bytes]:
    """Messages as we write them, and the same as flatc does, which lays them out like the worker."""
    values = RandomValues(codec.schema, seed=2)
    made = [value for value in (values.table(MESSAGE) for _ in range(150)) if value["dataType"] != "Request"]
    theirs = flatc.to_binary(MESSAGE, [to_flatc(codec.schema, MESSAGE, value) for value in made])
    return [codec.encode(MESSAGE, value) for value in made] + theirs


def test_truncated_anywhere(codec: Codec, messages: list[bytes]) -> None:
    for buffer in messages:
        whole = take_apart(codec, buffer)
        for length in range(0, len(buffer), 7):
            with contextlib.suppress(*UNREADABLE):
                # What is cut off may be padding, or belong to a field that this message does not reach.
                assert take_apart(codec, buffer[:length]) == whole


def test_any_byte_overwritten(codec: Codec, messages: list[bytes]) -> None:
    chance = random.Random(3)
    refused = 0
    for buffer in messages:
        for _ in range(40):
            broken = bytearray(buffer)
            for _ in range(chance.choice((1, 1, 4, 16))):
                broken[chance.randrange(len(broken))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
            try:
                take_apart(codec, bytes(broken))
            except UNREADABLE:
                refused += 1
    assert refused > 1000


def test_noise(codec: Codec) -> None:
    chance = random.Random(4)
    for length in (*range(80), 1000, 5000):
        for _ in range(20):
            with contextlib.suppress(*UNREADABLE):
                take_apart(codec, chance.randbytes(length))


def test_vtable_before_the_beginning(codec: Codec) -> None:
    with pytest.raises(CodecError, match="outside of the message"):
        codec.decode(DUMP, struct.pack("<Ii", 4, 5000) + bytes(50))


def test_offset_outside(codec: Codec) -> None:
    body = {"data": "a log line"}
    buffer = bytearray(codec.encode("FBS.Log.Log", body))
    buffer[12:16] = struct.pack("<I", 100_000)
    with pytest.raises(CodecError):
        codec.decode("FBS.Log.Log", bytes(buffer))


def test_string_longer_than_the_message(codec: Codec) -> None:
    buffer = codec.encode("FBS.Log.Log", {"data": "a log line"})
    broken = buffer.replace(struct.pack("<I", 10), struct.pack("<I", 2**31))
    with pytest.raises(CodecError, match="runs over the end"):
        codec.decode("FBS.Log.Log", broken)


def test_vector_longer_than_the_message(codec: Codec) -> None:
    table = "FBS.DataConsumer.SetSubchannelsRequest"
    buffer = codec.encode(table, {"subchannels": [9, 9, 9]})
    broken = buffer.replace(struct.pack("<I3H", 3, 9, 9, 9), struct.pack("<I3H", 2**32 - 1, 9, 9, 9))
    with pytest.raises(CodecError, match="runs over the end"):
        codec.decode(table, broken)


def test_table_that_contains_itself(codec: Codec) -> None:
    # RtpStream.Stats holds a union whose members hold a Stats: an offset of 0 leads back for ever.
    table = "FBS.RtpStream.SendStats"
    base = {"dataType": "BaseStats", "data": {"mimeType": "video/VP8"}}
    buffer = bytearray(codec.encode(table, {"base": base}))
    at = 8 + codec.encoders.layout(table).places[0]
    buffer[at : at + 4] = bytes(4)
    with pytest.raises(CodecError):
        codec.decode(table, bytes(buffer))


def test_unknown_enum_value(codec: Codec) -> None:
    table = "FBS.WebRtcTransport.DtlsStateChangeNotification"
    buffer = bytearray(codec.encode(table, {"dtlsState": "FAILED"}))
    buffer[8 + codec.encoders.layout(table).places[0]] = 77
    with pytest.raises(CodecError):
        codec.decode(table, bytes(buffer))


def test_unknown_union_member(codec: Codec) -> None:
    table = "FBS.RtpStream.Stats"
    buffer = bytearray(codec.encode(table, {"dataType": "BaseStats", "data": {"mimeType": "audio/opus"}}))
    buffer[8 + codec.encoders.layout(table).places[0]] = 77
    with pytest.raises(CodecError):
        codec.decode(table, bytes(buffer))


def test_required_union_that_is_missing(codec: Codec) -> None:
    nothing = codec.encode("FBS.Transport.PortRange", {})
    with pytest.raises(CodecError):
        codec.decode("FBS.RtpStream.Stats", nothing[:8] + struct.pack("<iHHHH", -4, 8, 4, 0, 0))


@pytest.mark.parametrize(
    ("table", "value", "said"),
    [
        ("FBS.Worker.CreateRouterRequest", {}, "CreateRouterRequest.routerId: is required"),
        ("FBS.Worker.CreateRouterRequest", {"routerId": 5}, "CreateRouterRequest.routerId: a string is needed"),
        ("FBS.Worker.CreateRouterRequest", {"routerId": "\ud800"}, "a string is needed"),
        ("FBS.Worker.CreateRouterRequest", {"routerId": "x", "routerID": "y"}, "has no field routerID"),
        ("FBS.Transport.PortRange", {"min": 70_000}, r"PortRange.min: 70000 is no uint16"),
        ("FBS.Transport.PortRange", {"min": "5"}, "PortRange.min: '5' is no uint16"),
        ("FBS.Transport.SocketFlags", {"ipv6Only": "yes"}, "SocketFlags.ipv6Only: 'yes' is no bool"),
        ("FBS.WebRtcTransport.ConnectResponse", {"dtlsLocalRole": "BOTH"}, "'BOTH' is none of AUTO, CLIENT, SERVER"),
        ("FBS.RtpParameters.Parameter", {"name": "a", "value": {}}, "valueType: None is none of Boolean"),
        ("FBS.RtpParameters.Parameter", {"name": "a", "valueType": "Integer32", "value": {"value": 2**40}}, "int32"),
        ("FBS.Transport.TraceNotification", {"infoType": "BweTraceInfo"}, "both info and infoType"),
        ("FBS.Transport.SendRtcpNotification", {"data": 5}, "a list is needed"),
        ("FBS.Worker.UpdateSettingsRequest", {"logTags": "rtp"}, "a list is needed"),
        ("FBS.Worker.UpdateSettingsRequest", None, "a dict is needed"),
    ],
)
def test_value_that_does_not_fit(codec: Codec, table: str, value: Any, said: str) -> None:
    with pytest.raises(CodecError, match=said):
        codec.encode(table, value)


def test_value_that_contains_itself(codec: Codec) -> None:
    stats: dict[str, Any] = {"dataType": "SendStats"}
    stats["data"] = {"base": stats}
    with pytest.raises(CodecError, match="nested too deeply"):
        codec.encode("FBS.RtpStream.Stats", stats)


def test_unknown_names(codec: Codec) -> None:
    with pytest.raises(CodecError, match="WORKER_DANCE"):
        codec.encode_request(1, "WORKER_DANCE")
    with pytest.raises(CodecError, match="Worker_DanceRequest"):
        codec.encode_request(1, "WORKER_DUMP", "", "Worker_DanceRequest", {})
    with pytest.raises(CodecError, match="WORKER_DANCE"):
        codec.encode_notification("WORKER_DANCE")


def test_nul_in_a_string_survives(codec: Codec) -> None:
    assert codec.decode("FBS.Log.Log", codec.encode("FBS.Log.Log", {"data": "a\0b"})) == {"data": "a\0b"}


def test_long_vectors_and_strings(codec: Codec) -> None:
    table = "FBS.Worker.UpdateSettingsRequest"
    value = {"logLevel": "x" * 100_000, "logTags": [str(number) for number in range(1000)]}
    assert codec.decode(table, codec.encode(table, value)) == value


def test_none_is_absent(codec: Codec) -> None:
    table = "FBS.Transport.ListenInfo"
    value: dict[str, Any] = {"ip": "127.0.0.1", "portRange": {}, "flags": {}, "announcedAddress": None, "port": None}
    there_and_back = codec.decode(table, codec.encode(table, value))
    assert there_and_back == with_defaults(codec.schema, table, value)
    assert "announcedAddress" not in there_and_back


def test_what_we_write_is_aligned(codec: Codec, messages: list[bytes]) -> None:
    # The worker reads numbers in place, and takes our word for where they are.
    for table in codec.schema.tables.values():
        layout = InlineLayout(table)
        assert layout.size % 8 == 0
        for field in table.fields:
            kind = field.type.scalar if isinstance(field.type, Enum) else field.type
            width = kind.size if isinstance(kind, Scalar) else 4
            assert layout.places[field.slot] % width == 0, field
    ours = messages[: len(messages) // 2]
    assert all(len(buffer) % 8 == 0 for buffer in ours)

"""Prepared requests say the same as encoded ones, and refuse what has no room."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from media.mediasoup.codec import Codec
from media.mediasoup.codec_prepared import PreparedRequest
from media.mediasoup.errors import CodecError
from media.mediasoup.object_ids import new_id
from tests.mediasoup.fbs_values import RandomValues

METHOD, BODY = "TRANSPORT_CONSUME", "Transport_ConsumeRequest"
MESSAGE, TABLE = "FBS.Message.Message", "FBS.Transport.ConsumeRequest"
BLANKS = {
    "rtpParameters.encodings[1].rtx.ssrc": None,
    "consumerId": 36,
    "paused": None,
    "rtpParameters.mid": 8,
    "rtpParameters.encodings[1].ssrc": None,
    "rtpParameters.encodings[1].maxBitrate": None,
}


def example(codec: Codec, seed: int) -> dict[str, Any]:
    body = RandomValues(codec.schema, seed).table(TABLE)
    body["paused"] = False
    body["rtpParameters"]["mid"] = "x"
    body["rtpParameters"]["encodings"] = [{"ssrc": 1}, {"ssrc": 2, "rtx": {"ssrc": 3}, "maxBitrate": 4}]
    return body


@pytest.mark.parametrize("seed", range(10))
def test_says_the_same_as_an_encoded_request(codec: Codec, seed: int) -> None:
    body = example(codec, seed)
    prepared = PreparedRequest(codec, METHOD, BODY, body, BLANKS)
    for mid in ("", "0", "12345678"):
        body["consumerId"], body["paused"], body["rtpParameters"]["mid"] = str(uuid.uuid4()), True, mid
        body["rtpParameters"]["encodings"][1] = {"ssrc": 2**32 - 1, "rtx": {"ssrc": 123456789}, "maxBitrate": 2**40}
        handler_id = str(uuid.uuid4())
        frame = prepared.frame(77, handler_id, 123456789, body["consumerId"], True, mid, 2**32 - 1, 2**40)
        assert int.from_bytes(frame[:4], "little") == len(frame) - 4
        assert len(frame) % 8 == 0
        encoded = codec.encode_request(77, METHOD, handler_id, BODY, body)
        assert codec.decode(MESSAGE, frame[4:]) == codec.decode(MESSAGE, encoded[4:])


def test_leaves_its_example_alone(codec: Codec) -> None:
    body = example(codec, 1)
    PreparedRequest(codec, METHOD, BODY, body, BLANKS)
    assert body == example(codec, 1)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((1, "c" * 100, True, "0", 1, 1), "100 bytes does not fit"),
        ((1, "c", True, "ä" * 10, 1, 1), "20 bytes does not fit"),
        ((2**32, "c", True, "0", 1, 1), METHOD),
        (("1", "c", True, "0", 1, 1), METHOD),
        ((1, "c", "yes", "0", 1, 1), METHOD),
        ((1, None, True, "0", 1, 1), METHOD),
        ((1, "c", True, "0", 1), METHOD),
    ],
)
def test_value_that_does_not_fit(codec: Codec, values: tuple[Any, ...], said: str) -> None:
    prepared = PreparedRequest(codec, METHOD, BODY, example(codec, 1), BLANKS)
    with pytest.raises(CodecError, match=said):
        prepared.frame(1, "t", *values)


def test_handler_id_that_does_not_fit(codec: Codec) -> None:
    prepared = PreparedRequest(codec, METHOD, BODY, example(codec, 1), BLANKS)
    with pytest.raises(CodecError, match="does not fit"):
        prepared.frame(1, "h" * 50, 1, "c", True, "0", 1, 1)


@pytest.mark.parametrize(
    ("path", "room"),
    [
        ("nothing", None),
        ("nothing", 8),
        ("rtpParameters", None),
        ("rtpParameters.encodings", None),
        ("rtpParameters.encodings[2].ssrc", None),
        ("rtpParameters.encodings[2].rid", 8),
        ("rtpParameters.encodings[0].rtx.ssrc", None),
        ("rtpParameters.encodings[0].rid", None),
        ("consumerId.length", None),
        ("consumerId.length", 8),
        ("kind", None),
    ],
)
def test_path_to_nothing(codec: Codec, path: str, room: int | None) -> None:
    with pytest.raises(CodecError):
        PreparedRequest(codec, METHOD, BODY, example(codec, 1), {path: room})


def test_ids_are_uuids() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    for made in ids:
        parsed = uuid.UUID(made)
        assert (parsed.version, parsed.variant, str(parsed)) == (4, uuid.RFC_4122, made)

"""Requests that are encoded once and sent many times, with a few values put in each time."""

from __future__ import annotations

import copy
import re
import struct
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from media.mediasoup.codec import Body, Codec
from media.mediasoup.codec_blobs import string_blob
from media.mediasoup.errors import UnfitValue
from media.mediasoup.object_ids import ID_LENGTH
from media.mediasoup.schema import Scalar, String, TableRef, Vector

_STEP = re.compile(r"(\w+)(?:\[(\d+)\])?")


class _Blank(NamedTuple):
    """Where a value goes in the frame: a number of that `struct` format, or a string in that many bytes and a NUL."""

    at: int
    format: str
    room: int


class PreparedRequest:
    """A request of which all is known but a few numbers and strings."""

    def __init__(
        self, codec: Codec, method: str, body_type: str, example: Body, blanks: Mapping[str, int | None]
    ) -> None:
        """Encode `example`, a body in which `blanks` are still to be filled in.

        `blanks` are paths like `rtpParameters.encodings[0].ssrc`, in the order in which `frame` takes their values,
        each with the number of UTF-8 bytes that must fit, or None for numbers and bools. Something must stand there in
        the example. Raises `UnfitValue` when the example does not fit its schema or a path leads to nothing that can be
        filled in.
        """
        self.method = method
        body = copy.deepcopy(example)
        for path, room in blanks.items():
            if room is not None:
                _put(body, path, "0" * room)
        frame = codec.encode_request(0, method, "0" * ID_LENGTH, body_type, body)
        handler_at = codec.request_frames.size
        body_at = handler_at + len(string_blob("0" * ID_LENGTH))
        found = {
            "request_id": _Blank(codec.request_frames.id_at, "I", 0),
            "handler_id": _string_blank(frame, handler_at),
        }
        table = codec.request_bodies[body_type][1]
        for number, path in enumerate(blanks):
            found[f"value{number}"] = _find(codec, frame, table, body_at, path)
        self._pack = _compile(frame, found)

    def frame(self, request_id: int, handler_id: str, *values: Any) -> bytes:
        """The whole frame. Raises `UnfitValue` when a value does not fit in its place."""
        try:
            return self._pack(request_id, handler_id, *values)
        except UnfitValue:
            raise
        except (struct.error, TypeError, AttributeError, UnicodeEncodeError) as error:
            raise UnfitValue(f"{self.method}: {error}") from error


def _put(body: Any, path: str, text: str) -> None:
    *steps, last = _STEP.findall(path)
    try:
        for key, index in steps:
            body = body[key][int(index)] if index else body[key]
        body[last[0]] = text
    except (LookupError, TypeError) as error:
        raise UnfitValue(f"nothing to fill in at {path}") from error


def _find(codec: Codec, frame: bytes, table: str, at: int, path: str) -> _Blank:
    steps = _STEP.findall(path)
    for depth, (key, index) in enumerate(steps, 1):
        field = next((field for field in codec.schema.tables[table].fields if field.key == key), None)
        if field is None:
            break
        vtable = at - struct.unpack_from("<i", frame, at)[0]
        place = struct.unpack_from("<H", frame, vtable + 4 + 2 * field.slot)[0]
        if not place:
            break
        at += place
        kind = field.type
        if isinstance(kind, Scalar) and depth == len(steps):
            return _Blank(at, kind.format.replace("?", "B"), 0)
        at += struct.unpack_from("<I", frame, at)[0]
        if isinstance(kind, String) and depth == len(steps):
            return _string_blank(frame, at)
        if isinstance(kind, Vector) and isinstance(kind.element, TableRef) and index:
            if int(index) >= struct.unpack_from("<I", frame, at)[0]:
                break
            at += 4 + 4 * int(index)
            at += struct.unpack_from("<I", frame, at)[0]
            kind = kind.element
        if not isinstance(kind, TableRef):
            break
        table = kind.name
    raise UnfitValue(f"nothing to fill in at {path}")


def _string_blank(frame: bytes, at: int) -> _Blank:
    size = struct.unpack_from("<I", frame, at)[0]
    return _Blank(at, "", len(string_blob("0" * size)) - 5)


def _compile(frame: bytes, blanks: Mapping[str, _Blank]) -> Callable[..., bytes]:
    """A function of the blanks' values, in the order of `blanks`, that fills them in with one `struct` call."""
    namespace: dict[str, Any] = {"UnfitValue": UnfitValue}
    formats, arguments, at = ["<"], [], 0
    lines = [f"def pack({', '.join(blanks)}):"]
    for name, blank in sorted(blanks.items(), key=lambda item: item[1].at):
        formats.append(f"{blank.at - at}s")
        namespace[f"before_{name}"] = frame[at : blank.at]
        arguments.append(f"before_{name}")
        if blank.format:
            formats.append(blank.format)
            arguments.append(name)
            at = blank.at + struct.calcsize("<" + blank.format)
        else:
            lines += [
                f"    {name} = {name}.encode()",
                f"    size_{name} = len({name})",
                f"    if size_{name} > {blank.room}:",
                f"        raise UnfitValue(f'a string of {{size_{name}}} bytes does not fit in {blank.room}')",
            ]
            formats.append(f"I{blank.room + 1}s")
            arguments += [f"size_{name}", name]
            at = blank.at + 4 + blank.room + 1
    formats.append(f"{len(frame) - at}s")
    namespace["rest"] = frame[at:]
    namespace["struct_pack"] = struct.Struct("".join(formats)).pack
    lines.append(f"    return struct_pack({', '.join([*arguments, 'rest'])})")
    # The source is made from names and numbers of this module's own.
    exec(compile("\n".join(lines), "<prepared request>", "exec"), namespace)
    pack: Callable[..., bytes] = namespace["pack"]
    return pack

"""The bytes of a WebSocket, cut into frames: so that a relay can look at, count and hold back single messages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

TEXT = 1


@dataclass(frozen=True, slots=True)
class WireFrame:
    """One frame as it went over the wire: `raw` are its bytes, `payload` is unmasked."""

    raw: bytes
    opcode: int
    payload: bytes

    @property
    def message(self) -> dict[str, Any] | None:
        """The JSON object of a text frame, None for anything else."""
        if self.opcode != TEXT:
            return None
        try:
            value = json.loads(self.payload)
        except ValueError:
            return None
        return value if isinstance(value, dict) else None


class FrameCutter:
    """Takes bytes in pieces of any size and gives whole frames. Only for sockets without extensions (no
    compression).
    """

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[WireFrame]:
        """The frames that are complete with `data`."""
        self._rest += data
        frames = []
        while (frame := self._cut()) is not None:
            frames.append(frame)
        return frames

    def _cut(self) -> WireFrame | None:
        rest = self._rest
        if len(rest) < 2:
            return None
        length, at = rest[1] & 0x7F, 2
        if length >= 126:
            size = 2 if length == 126 else 8
            if len(rest) < at + size:
                return None
            length, at = int.from_bytes(rest[at : at + size], "big"), at + size
        masked = bool(rest[1] & 0x80)
        start = at + 4 * masked
        if len(rest) < start + length:
            return None
        payload = rest[start : start + length]
        if masked:
            mask = rest[at:start]
            payload = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self._rest = rest[start + length :]
        return WireFrame(rest[: start + length], rest[0] & 0x0F, payload)

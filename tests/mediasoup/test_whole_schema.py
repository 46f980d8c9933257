"""Every request and notification in the schemas is spoken or understood somewhere in the package."""

from __future__ import annotations

import re
from pathlib import Path

import media.mediasoup
from media.binary import WorkerBinary

SOURCE = "".join(path.read_text() for path in Path(media.mediasoup.__path__[0]).glob("*.py"))


def members(schemas: Path, file: str, enum: str) -> set[str]:
    text = re.sub(r"//.*", "", (schemas / file).read_text())
    match = re.search(rf"enum {enum}: uint8 {{(.*?)}}", text, re.DOTALL)
    assert match
    return set(re.findall(r"\b[A-Z][A-Z_]+\b", match[1]))


def test_every_request_is_made(worker_binary: WorkerBinary) -> None:
    methods = members(Path(worker_binary.schemas), "request.fbs", "Method")
    # Both kinds of transports that connect have requests of their own; nothing uses the common one.
    methods.remove("TRANSPORT_CONNECT")
    assert len(methods) > 60
    assert {name for name in methods if f'"{name}"' not in SOURCE} == set()


def test_every_notification_is_sent_or_handled(worker_binary: WorkerBinary) -> None:
    events = members(Path(worker_binary.schemas), "notification.fbs", "Event")
    assert len(events) > 30
    assert {name for name in events if f'"{name}"' not in SOURCE} == set()


def test_every_request_body_is_filled(worker_binary: WorkerBinary) -> None:
    text = (Path(worker_binary.schemas) / "request.fbs").read_text()
    bodies = set(re.findall(r"^\s+(\w+_\w+Request):", text, re.MULTILINE))
    assert len(bodies) > 35
    assert {name for name in bodies if f'"{name}"' not in SOURCE} == set()

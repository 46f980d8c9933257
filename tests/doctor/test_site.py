"""The rest of the site: pages and socket, clocks, disk, handlers, files, settings; and a check that hangs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders

from media.doctor import Check, Finding, examine
from media.doctor.aside import aside
from meetings.doctor import disk, site
from meetings.doctor.clock import Clock, clock
from meetings.handlers import HANDLERS
from tests.live.server import free_port

from .findings import ask, only_one

# Running checks


async def test_fault_a_check_hangs() -> None:
    never = threading.Event()

    async def hang() -> Finding:
        await aside(never.wait)
        return Finding("green", "never said")

    async def break_down() -> Finding:
        raise LookupError("something nobody thought of")

    async def be_well() -> list[Finding]:
        return [Finding("green", "well"), Finding("green", "well too")]

    hanging, broken, *well = await examine(
        [
            Check("hanging", "", hang, "Kick it.", patience=0.1),
            Check("broken", "", break_down, "Mend it."),
            Check("well", "", be_well, ""),
        ]
    )
    never.set()
    assert (hanging.name, hanging.colour) == ("hanging", "red")
    assert (hanging.evidence, hanging.remedy) == ("It did not answer within 0.1 s.", "Kick it.")
    assert (broken.colour, broken.evidence, broken.remedy) == (
        "red",
        "LookupError: something nobody thought of",
        "Mend it.",
    )
    assert [(one.name, one.colour) for one in well] == [("well", "green")] * 2


async def test_fault_a_setting_cannot_be_read(settings: Any) -> None:
    settings.MEDIA_LISTEN = "nowhere"
    found = only_one(await ask("nodes"), "red", "MEDIA_LISTEN", "nowhere")
    assert "operations.md" in found.remedy


# Pages and socket


@asynccontextmanager
async def front(*answers: tuple[str, str]) -> AsyncIterator[int]:
    """Something that answers paths that begin so with a status line, and everything with the same body. Its port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        status = next((status for start, status in answers if path.startswith(start)), "404 Not Found")
        body = '{"status": "alive"}'
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_fault_nobody_serves(settings: Any) -> None:
    settings.HOST, settings.PORT = "127.0.0.1", free_port()
    found = only_one(await ask("site"), "red", f"http://127.0.0.1:{settings.PORT}/healthz", "refused")
    assert "manage.py serve" in found.remedy
    settings.PUBLIC_URL = f"http://127.0.0.1:{free_port()}"
    found = only_one(await ask("site"), "red", settings.PUBLIC_URL, "refused")
    assert "PUBLIC_URL" in found.remedy


async def test_fault_somebody_else_is_served(settings: Any) -> None:
    async with front() as port:
        settings.PUBLIC_URL = f"http://127.0.0.1:{port}"
        only_one(await ask("site"), "red", "404 Not Found")


async def test_fault_what_stands_in_front_lets_no_socket_through(settings: Any) -> None:
    async with front(("/healthz", "200 OK"), ("/ws/", "426 Upgrade Required")) as port:
        settings.PUBLIC_URL = f"http://127.0.0.1:{port}"
        page, socket = await ask("site")
        assert page.colour == "green"
        found = only_one([socket], "red", f"ws://127.0.0.1:{port}/ws/signaling/", "426")
        assert "Upgrade" in found.remedy


async def test_fault_the_socket_hangs(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    def a_page() -> tuple[float, float]:
        return 0.01, 0.0

    monkeypatch.setattr(site, "look_at_page", a_page)
    monkeypatch.setattr(site, "PATIENCE", 0.3)
    async with await asyncio.start_server(swallow, "127.0.0.1", 0) as server:
        settings.PUBLIC_URL = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        only_one((await ask("site"))[1:], "red", "does not open within 0.3 s")


# Clocks


def fake_clock(name: str, ahead: float) -> Clock:
    """A clock that is off on demand: no real one is."""

    async def tell() -> float:
        return ahead

    return Clock(name, tell)


@pytest.mark.parametrize(("ahead", "colour"), [(0.4, "green"), (-7.0, "yellow"), (90.0, "red"), (-3600.0, "red")])
async def test_fault_a_clock_is_off(ahead: float, colour: str) -> None:
    found = only_one([await clock([fake_clock("Redis", 0.0), fake_clock("the database", ahead)])], colour)
    assert f"the database {ahead:+.1f} s" in found.evidence
    assert colour == "green" or "timedatectl" in found.remedy


async def test_a_clock_that_does_not_answer_is_left_out() -> None:
    async def refuse() -> float:
        raise ConnectionRefusedError

    only_one([await clock([Clock("Redis", refuse)])], "green", "no other clock")


# Disk


async def test_there_is_space_left() -> None:
    found = (await ask("disk"))[0]
    assert found.details["free"] > 0
    assert "are free in" in found.evidence


@pytest.mark.parametrize(("name", "colour"), [("LITTLE", "yellow"), ("NOTHING", "red"), ("FEW_FILES", "red")])
async def test_fault_the_disk_is_nearly_full(monkeypatch: pytest.MonkeyPatch, name: str, colour: str) -> None:
    """There is less than is taken for little: no test fills a disk."""
    monkeypatch.setattr(disk, name, 10**18)
    found = only_one(await ask("disk"), colour, "are free in")
    assert found.remedy.startswith("Free some")


async def test_fault_the_directory_is_gone(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "gone"
    assert "FileNotFoundError" in only_one(await ask("disk"), "red").evidence


# Handlers, files, settings


async def test_every_request_has_its_handler() -> None:
    only_one(await ask("handlers"), "green", "requests of the contract")


async def test_fault_a_handler_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(HANDLERS, "ping")
    found = only_one(await ask("handlers"), "red", "1 of", "ping")
    assert "restart" in found.remedy


async def test_a_handler_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HANDLERS, "sing", HANDLERS["ping"])
    only_one(await ask("handlers"), "yellow", "sing")


@pytest.fixture
def built(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A place where files are built, and nowhere else."""
    root = tmp_path / "built"
    (root / "meetings" / "build").mkdir(parents=True)
    settings.STATICFILES_DIRS = [root]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    remembered: Any = finders.get_finder
    remembered.cache_clear()
    yield root
    remembered.cache_clear()


async def test_fault_the_scripts_are_not_built(built: Path, settings: Any) -> None:
    for name in ("start.js", "meeting.js", "app.css"):
        (built / "meetings" / "build" / name).write_text("/* */")
    found = only_one(await ask("static-files"), "red", "meetings/build/icons.svg")
    assert found.remedy == "Run `make setup`."
    (built / "meetings" / "build" / "icons.svg").write_text("<svg/>")
    only_one(await ask("static-files"), "green", "served from where they lie")
    collected = Path(settings.STATIC_ROOT) / "meetings" / "build"
    collected.mkdir(parents=True)
    for name in ("start.js", "meeting.js", "app.css"):
        (collected / name).write_text("/* */")
    found = only_one(await ask("static-files"), "yellow", "meetings/build/icons.svg")
    assert "collectstatic" in found.remedy
    (collected / "icons.svg").write_text("<svg/>")
    only_one(await ask("static-files"), "green", "collected in")


async def test_fault_settings_mean_nothing(settings: Any) -> None:
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:turn.example.org"], ""
    settings.METRICS_ALLOW = ["everybody"]
    found = {finding.details["id"]: finding for finding in await ask("settings")}
    assert found.keys() >= {"meetings.W001", "kcs.W001"}
    assert all(finding.colour == "yellow" and finding.remedy for finding in found.values())

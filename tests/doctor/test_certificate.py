"""TLS of PUBLIC_URL: real certificates at a real listener."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.live.server import free_port
from tests.node.certificates import Made, make_certificate

from .findings import ask, only_one


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    """Whom this machine believes."""
    made = make_certificate(tmp_path, "authority.invalid", authority=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.certificate))
    return made


@asynccontextmanager
async def serving(made: Made | None) -> AsyncIterator[int]:
    """A listener with this certificate, or without TLS. Its port."""
    context = None
    if made is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made.certificate, made.key)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "localhost", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(("days", "colour"), [(90.5, "green"), (10.5, "yellow"), (2.5, "red")])
async def test_a_certificate_that_is_good_for_a_while(
    tmp_path: Path, authority: Made, settings: Any, days: float, colour: str
) -> None:
    async with serving(make_certificate(tmp_path, "localhost", signed_by=authority, days=days)) as port:
        settings.PUBLIC_URL = f"https://localhost:{port}"
        only_one(await ask("tls"), colour, f"localhost:{port}", f"{days:.0f} more days", "TLSv1.3")


async def test_fault_the_certificate_has_expired(tmp_path: Path, authority: Made, settings: Any) -> None:
    async with serving(make_certificate(tmp_path, "localhost", signed_by=authority, expired=True)) as port:
        settings.PUBLIC_URL = f"https://localhost:{port}"
        found = only_one(await ask("tls"), "red", "expired")
        assert found.remedy.startswith("Renew it")


async def test_fault_the_certificate_is_for_another_name(tmp_path: Path, authority: Made, settings: Any) -> None:
    async with serving(make_certificate(tmp_path, "other.example.org", signed_by=authority)) as port:
        settings.PUBLIC_URL = f"https://localhost:{port}"
        found = only_one(await ask("tls"), "red", "mismatch")
        assert "Get a certificate for localhost" in found.remedy


async def test_fault_nobody_believes_who_signed_the_certificate(tmp_path: Path, authority: Made, settings: Any) -> None:
    async with serving(make_certificate(tmp_path, "localhost")) as port:
        settings.PUBLIC_URL = f"https://localhost:{port}"
        found = only_one(await ask("tls"), "red", "not taken")
        assert "authority that browsers know" in found.remedy


async def test_fault_there_is_no_tls(settings: Any) -> None:
    async with serving(None) as port:
        settings.PUBLIC_URL = f"https://localhost:{port}"
        only_one(await ask("tls"), "red", "does not speak TLS")


async def test_fault_nothing_listens_there(settings: Any) -> None:
    settings.PUBLIC_URL = f"https://localhost:{free_port()}"
    only_one(await ask("tls"), "red", "cannot be reached")


async def test_fault_a_public_site_without_tls(settings: Any) -> None:
    settings.PUBLIC_URL = "http://meet.example.org"
    found = only_one(await ask("tls"), "red", "no camera")
    assert "HTTPS" in found.remedy


async def test_this_machine_needs_none(settings: Any) -> None:
    settings.PUBLIC_URL = "http://localhost:8000"
    only_one(await ask("tls"), "green", "on this machine")
    settings.PUBLIC_URL, settings.HOST = "", "127.0.0.1"
    only_one(await ask("tls"), "green", "for this machine")
    settings.HOST = "0.0.0.0"
    only_one(await ask("tls"), "yellow", "no PUBLIC_URL")

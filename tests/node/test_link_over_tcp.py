"""The link over TCP: TLS and a secret, or nothing; who is refused, and what both logs say about it."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import re
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from media.conf import MediaSettings
from media.link import frames
from media.link.address import BadAddress, LinkAddress, TcpAddress, UnixAddress, parse_address, parse_listen
from media.link.dialer import LinkDialer
from media.link.security import LinkMisconfigured, LinkSecurity
from media.link.server import CannotListen, TcpListener
from media.node.node import MediaNode
from tests.live.server import free_port

from .certificates import Made, make_certificate
from .people import until

SECRET = "a secret that is long enough"
WARNINGS = "media.link"


@dataclasses.dataclass
class Caller:
    """A web process's end, and what it said."""

    dialer: LinkDialer
    failures: list[bool]

    async def status(self) -> int:
        return int((await self.dialer.call("status", "", "", {}, 8.0))["expectedWorkers"])


@pytest.fixture
def made(run_dir: Path) -> Made:
    return make_certificate(run_dir, "127.0.0.1")


@pytest.fixture
def security(made: Made) -> LinkSecurity:
    return LinkSecurity(certificate=made.certificate, key=made.key, secret=SECRET)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
async def node(settings_of: MediaSettings, security: LinkSecurity, port: int) -> AsyncIterator[MediaNode]:
    """A node that listens on a port besides its socket; it need not have workers."""
    tcp = TcpListener(TcpAddress("127.0.0.1", port), security)
    async with MediaNode(settings_of.node, settings_of.socket, tcp=tcp) as node:
        yield node


@asynccontextmanager
async def caller(address: LinkAddress, security: LinkSecurity) -> AsyncIterator[Caller]:
    failures: list[bool] = []
    dialer = LinkDialer(
        address,
        on_event=lambda event: None,
        on_up=lambda hello: None,
        on_down=lambda reason: None,
        on_failed=lambda: failures.append(True),
        security=security,
    )
    try:
        yield Caller(dialer, failures)
    finally:
        await dialer.close()


async def is_refused(port: int, security: LinkSecurity, caplog: pytest.LogCaptureFixture) -> str:
    """The warning that the caller logs when its time to come through is over."""
    async with caller(TcpAddress("127.0.0.1", port), security) as someone:
        someone.dialer.start()
        # As late as after its patience.
        someone.dialer._patient_until = 0.0
        await until(lambda: len(someone.failures) > 0, "the caller to be refused")
        await until(lambda: "No link to the media node" in caplog.text, "the caller to say so")
    [said] = {record.getMessage() for record in caplog.records if record.getMessage().startswith("No link")}
    return said


def refusals(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if "was refused:" in record.getMessage()]


class TestLetIn:
    async def test_that_very_certificate_and_the_secret(
        self, node: MediaNode, security: LinkSecurity, port: int
    ) -> None:
        """A web process has the certificate, and no key."""
        theirs = dataclasses.replace(security, key=None)
        async with caller(TcpAddress("127.0.0.1", port), theirs) as web:
            assert await web.status() == 1

    async def test_a_certificate_of_an_authority(self, settings_of: MediaSettings, run_dir: Path, port: int) -> None:
        authority = make_certificate(run_dir, "authority.invalid", authority=True)
        ours = make_certificate(run_dir, "127.0.0.1", signed_by=authority)
        tcp = TcpListener(
            TcpAddress("127.0.0.1", port), LinkSecurity(certificate=ours.certificate, key=ours.key, secret=SECRET)
        )
        theirs = LinkSecurity(authority=authority.certificate, secret=SECRET)
        here = TcpAddress("127.0.0.1", port)
        async with MediaNode(settings_of.node, settings_of.socket, tcp=tcp), caller(here, theirs) as web:
            assert await web.status() == 1

    async def test_the_socket_file_needs_neither(self, node: MediaNode, settings_of: MediaSettings) -> None:
        async with caller(UnixAddress(settings_of.socket), LinkSecurity()) as web:
            assert await web.status() == 1


class TestRefused:
    @pytest.mark.parametrize(
        ("secret", "word"), [("another secret, long enough", "wrong"), ("ä secret that is ünlike", "wrong")]
    )
    async def test_wrong_secret(
        self,
        node: MediaNode,
        security: LinkSecurity,
        port: int,
        secret: str,
        word: str,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        said = await is_refused(port, dataclasses.replace(security, secret=secret), caplog)
        assert f"wss://127.0.0.1:{port}" in said
        assert f"The secret is {word}: MEDIA_LINK_SECRET must be the same on both ends" in said
        [refusal] = refusals(caplog)
        assert re.search(r"A link from 127\.0\.0\.1:\d+ was refused: its secret is wrong", refusal)
        assert SECRET not in caplog.text
        assert secret not in caplog.text

    async def test_logged_once_however_often_it_tries(
        self, node: MediaNode, security: LinkSecurity, port: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        wrong = dataclasses.replace(security, secret="another secret, long enough")
        async with caller(TcpAddress("127.0.0.1", port), wrong) as someone:
            someone.dialer.start()
            someone.dialer._patient_until = 0.0
            await until(lambda: len(someone.failures) >= 3, "three attempts")
        assert len(refusals(caplog)) == 1
        assert sum(record.getMessage().startswith("No link") for record in caplog.records) == 1

    async def test_missing_secret(
        self, node: MediaNode, made: Made, port: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        with pytest.raises(InvalidStatus) as refusal:
            await raw_connect(port, made)
        assert refusal.value.response.status_code == 401
        assert b"kcs-link" not in (refusal.value.response.body or b""), "a stranger learns our version"
        [line] = refusals(caplog)
        assert "its secret is missing" in line

    async def test_wrong_version(
        self, node: MediaNode, security: LinkSecurity, made: Made, port: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        with pytest.raises(InvalidStatus) as refusal:
            await raw_connect(port, made, "kcs-link.v99", Authorization=security.credentials())
        assert b"speaks kcs-link.v1, and was offered kcs-link.v99" in (refusal.value.response.body or b"")
        [line] = refusals(caplog)
        assert re.search(r"from 127\.0\.0\.1:\d+ was refused: it offers kcs-link\.v99", line)

    async def test_plain_tcp(
        self, node: MediaNode, security: LinkSecurity, port: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: media\r\nUpgrade: websocket\r\n\r\n")
        async with asyncio.timeout(5):
            assert b"HTTP/1.1" not in await gathered(reader)
        writer.close()
        [line] = refusals(caplog)
        assert re.search(r"from 127\.0\.0\.1:\d+ was refused: it does not speak TLS 1\.3", line)
        async with caller(TcpAddress("127.0.0.1", port), security) as web:
            assert await web.status() == 1

    async def test_a_caller_that_says_nothing(
        self, node: MediaNode, port: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr("media.link.door.TLS_TIMEOUT", 0.2)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.timeout(5):
            await gathered(reader)
        writer.close()
        [line] = refusals(caplog)
        assert "did not begin TLS" in line

    async def test_garbage_inside_tls(
        self, node: MediaNode, security: LinkSecurity, made: Made, port: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with raw_connect(port, made, Authorization=security.credentials()) as link:
            await link.recv()
            await link.send("garbage")
            assert "BAD_REQUEST" in str(await link.recv())
        assert re.search(r"A link from 127\.0\.0\.1:\d+ sent a bad frame and is cut: not JSON", caplog.text)


class TestTheNodeMustProveItself:
    """Nobody shows their secret to a node that is not the one to expect."""

    async def test_another_certificate(
        self, node: MediaNode, run_dir: Path, port: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        other = make_certificate(run_dir, "127.0.0.1")
        said = await is_refused(port, LinkSecurity(certificate=other.certificate, secret=SECRET), caplog)
        assert "its certificate is not the one to expect" in said
        assert "MEDIA_LINK_CA" in said
        await until(lambda: len(refusals(caplog)) == 1, "the node to say so too")
        assert "give it MEDIA_LINK_CA, or the same MEDIA_LINK_CERT" in refusals(caplog)[0]
        assert "Traceback" not in caplog.text

    async def test_a_name_that_the_authority_did_not_sign(
        self, settings_of: MediaSettings, run_dir: Path, port: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        authority = make_certificate(run_dir, "authority.invalid", authority=True)
        ours = make_certificate(run_dir, "elsewhere.invalid", signed_by=authority)
        mine = LinkSecurity(certificate=ours.certificate, key=ours.key, secret=SECRET)
        tcp = TcpListener(TcpAddress("127.0.0.1", port), mine)
        async with MediaNode(settings_of.node, settings_of.socket, tcp=tcp):
            said = await is_refused(port, LinkSecurity(authority=authority.certificate, secret=SECRET), caplog)
        assert "its certificate is not the one to expect (IP address mismatch" in said

    async def test_another_certificate_of_the_same_authority(
        self, node: MediaNode, settings_of: MediaSettings, run_dir: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Without MEDIA_LINK_CA that very certificate is meant, also where its file brings along who signed it."""
        authority = make_certificate(run_dir, "authority.invalid", authority=True)
        expected = make_certificate(run_dir, "127.0.0.1", signed_by=authority)
        chain = run_dir / "chain.crt"
        chain.write_bytes(expected.certificate.read_bytes() + authority.certificate.read_bytes())
        sibling = make_certificate(run_dir, "127.0.0.1", signed_by=authority)
        port = free_port()
        tcp = TcpListener(
            TcpAddress("127.0.0.1", port), LinkSecurity(certificate=sibling.certificate, key=sibling.key, secret=SECRET)
        )
        async with MediaNode(settings_of.node, run_dir / "sibling.sock", tcp=tcp):
            said = await is_refused(port, LinkSecurity(certificate=chain, secret=SECRET), caplog)
        assert "its certificate is not the one to expect" in said

    async def test_an_expired_certificate(
        self, settings_of: MediaSettings, run_dir: Path, port: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        old = make_certificate(run_dir, "127.0.0.1", expired=True)
        mine = LinkSecurity(certificate=old.certificate, key=old.key, secret=SECRET)
        async with MediaNode(
            settings_of.node, settings_of.socket, tcp=TcpListener(TcpAddress("127.0.0.1", port), mine)
        ):
            assert "certificate has expired" in await is_refused(port, mine, caplog)

    async def test_a_port_without_tls(
        self, security: LinkSecurity, port: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        heard: list[bytes] = []

        async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heard.append(await reader.read(4096))
            writer.write(b"SSH-2.0-hello\r\n")
            writer.close()

        async with await asyncio.start_server(plain, "127.0.0.1", port):
            said = await is_refused(port, security, caplog)
        assert "does not speak TLS 1.3 there" in said
        assert not any(security.credentials().encode() in one for one in heard)

    async def test_nobody_listens(self, security: LinkSecurity, port: int, caplog: pytest.LogCaptureFixture) -> None:
        said = await is_refused(port, security, caplog)
        assert said.endswith("no media node listens there; start one, or mend its MEDIA_LINK_ADDRESS.")

    async def test_participants_are_told_no_addresses(self, security: LinkSecurity, port: int) -> None:
        async with caller(TcpAddress("127.0.0.1", port), security) as web:
            with pytest.raises(Exception, match="No media node is running") as refusal:
                await web.status()
        assert str(port) not in str(refusal.value)


class TestSetUp:
    def test_no_certificate(self) -> None:
        with pytest.raises(LinkMisconfigured, match="set MEDIA_LINK_CERT and MEDIA_LINK_KEY"):
            LinkSecurity(secret=SECRET).for_listening()

    def test_no_secret(self, security: LinkSecurity) -> None:
        for end in (LinkSecurity.for_listening, LinkSecurity.for_dialling):
            with pytest.raises(LinkMisconfigured, match="set MEDIA_LINK_SECRET"):
                end(dataclasses.replace(security, secret=""))

    def test_a_short_secret(self, security: LinkSecurity) -> None:
        with pytest.raises(LinkMisconfigured, match="shorter than 16") as refusal:
            dataclasses.replace(security, secret="kcs12345").for_listening()
        assert "kcs12345" not in str(refusal.value)

    def test_nothing_to_know_the_node_by(self) -> None:
        with pytest.raises(LinkMisconfigured, match="set MEDIA_LINK_CERT to it, or MEDIA_LINK_CA"):
            LinkSecurity(secret=SECRET).for_dialling()

    def test_a_key_of_another_certificate(self, made: Made, run_dir: Path) -> None:
        other = make_certificate(run_dir, "127.0.0.1")
        with pytest.raises(LinkMisconfigured, match="key values mismatch"):
            LinkSecurity(certificate=made.certificate, key=other.key, secret=SECRET).for_listening()

    @pytest.mark.parametrize("content", [None, b"", b"no certificate"])
    def test_files_that_are_none(self, made: Made, run_dir: Path, content: bytes | None) -> None:
        path = run_dir / "broken.pem"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(LinkMisconfigured, match=r"broken\.pem"):
            LinkSecurity(certificate=path, key=made.key, secret=SECRET).for_listening()
        with pytest.raises(LinkMisconfigured, match=r"MEDIA_LINK_CERT .*broken\.pem"):
            LinkSecurity(certificate=path, secret=SECRET).for_dialling()
        with pytest.raises(LinkMisconfigured, match=r"MEDIA_LINK_CA .*broken\.pem"):
            LinkSecurity(authority=path, secret=SECRET).for_dialling()

    def test_the_secret_is_in_no_text(self, security: LinkSecurity) -> None:
        assert SECRET not in repr(security)
        assert SECRET not in repr(TcpListener(TcpAddress("127.0.0.1", 1), security))

    async def test_a_taken_port_leaves_no_half_started_node(
        self, settings_of: MediaSettings, security: LinkSecurity, port: int
    ) -> None:
        listener = TcpListener(TcpAddress("127.0.0.1", port), security)
        taken = rf"wss://127\.0\.0\.1:{port}: Address already in use"
        with socket.create_server(("127.0.0.1", port)), pytest.raises(CannotListen, match=taken):
            async with MediaNode(settings_of.node, settings_of.socket, tcp=listener):
                pass
        assert not settings_of.socket.exists()

    async def test_a_file_in_the_sockets_place_is_not_removed(self, settings_of: MediaSettings) -> None:
        settings_of.socket.write_text("precious")
        with pytest.raises(CannotListen, match="is no socket: move it away"):
            async with MediaNode(settings_of.node, settings_of.socket):
                pass
        assert settings_of.socket.read_text() == "precious"


class TestAddresses:
    @pytest.mark.parametrize("text", ["unix:/run/media.sock", "wss://media-1.example.org:7000", "wss://[::1]:7000"])
    def test_written_as_they_are_read(self, text: str) -> None:
        assert str(parse_address(text)) == text

    def test_what_to_listen_on(self) -> None:
        assert parse_listen("0.0.0.0:7000") == TcpAddress("0.0.0.0", 7000)
        assert parse_listen("[::]:7000") == TcpAddress("::", 7000)

    @pytest.mark.parametrize(
        "text", ["ws://media:7000", "wss://media", "wss://media:0", "wss://media:99999", "wss://u:p@media:1", "unix:x"]
    )
    def test_what_is_no_address(self, text: str) -> None:
        with pytest.raises(BadAddress, match="write "):
            parse_address(text)

    @pytest.mark.parametrize("text", ["7000", ":7000", "host", "host:port", "host:7000/path"])
    def test_what_cannot_be_listened_on(self, text: str) -> None:
        with pytest.raises(BadAddress, match="write "):
            parse_listen(text)


def raw_connect(port: int, made: Made, subprotocol: str = frames.SUBPROTOCOL, **headers: str) -> connect:
    context = ssl.create_default_context(cafile=made.certificate)
    context.check_hostname = False
    return connect(
        f"wss://127.0.0.1:{port}/",
        ssl=context,
        subprotocols=[Subprotocol(subprotocol)],
        additional_headers=headers,
        proxy=None,
    )


async def gathered(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionError:
        return b""


@pytest.fixture(autouse=True)
def _hears_warnings(caplog: pytest.LogCaptureFixture) -> Callable[[], None]:
    caplog.set_level(logging.WARNING, WARNINGS)
    return caplog.clear

"""What the settings come to, where media listen, and what `manage.py check` says about it."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from media.checks import media_addresses, worker_binary
from media.conf import bindable, default_listen_ip, default_node_name, lock_beside, media_settings
from media.link.address import TcpAddress, UnixAddress
from media.link.security import LinkSecurity
from media.node import listening
from media.node.capabilities import router_rtp_capabilities
from media.node.config import NodeConfig


class TestDefaults:
    def test_nothing_set(self, settings: Settings, run_dir: Path) -> None:
        for name in ("MEDIA_SOCKET", "MEDIASOUP_LISTEN_IP", "MEDIASOUP_ANNOUNCED_IP"):
            setattr(settings, name, "")
        settings.VAR_DIR, settings.HOST = run_dir, ""
        settings.MEDIASOUP_WORKERS, settings.MEDIASOUP_PORT = None, 0
        found = media_settings()
        assert found.socket == run_dir / "media.sock"
        assert found.lock == run_dir / "media.sock.lock"
        assert found.embedded is True
        assert found.many_nodes is False
        assert found.address == UnixAddress(found.socket)
        assert found.tcp is None
        assert found.node == NodeConfig(
            name=default_node_name(found.socket),
            workers=os.cpu_count() or 1,
            listen_ip="127.0.0.1",
            announced_ip=None,
            port=None,
            grace_seconds=20.0,
        )

    def test_everything_set(self, settings: Settings, run_dir: Path) -> None:
        settings.MEDIA_SOCKET = str(run_dir / "elsewhere.sock")
        settings.MEDIA_EMBEDDED = False
        settings.MEDIASOUP_WORKERS, settings.MEDIASOUP_PORT, settings.GRACE_SECONDS = 3, 50000, 5
        settings.MEDIASOUP_LISTEN_IP, settings.MEDIASOUP_ANNOUNCED_IP = "0.0.0.0", "192.0.2.7"
        settings.MEDIA_NODE_NAME, settings.MEDIA_LISTEN = "media-1", "0.0.0.0:7000"
        settings.MEDIA_LINK_ADDRESS, settings.DATABASE_URL = "wss://media-1.example.org:7000", "postgresql://somewhere/"
        settings.MEDIA_LINK_CERT, settings.MEDIA_LINK_SECRET = str(run_dir / "link.crt"), " hush, nobody hears\n"
        found = media_settings()
        assert found.many_nodes is True
        assert found.listen == TcpAddress("0.0.0.0", 7000)
        assert found.address == TcpAddress("media-1.example.org", 7000)
        assert found.security == LinkSecurity(certificate=run_dir / "link.crt", secret="hush, nobody hears")
        assert (found.socket, found.embedded) == (run_dir / "elsewhere.sock", False)
        assert found.node == NodeConfig(
            name="media-1", workers=3, listen_ip="0.0.0.0", announced_ip="192.0.2.7", port=50000, grace_seconds=5.0
        )

    @pytest.mark.parametrize("name", ["MEDIA_LISTEN", "MEDIA_LINK_ADDRESS"])
    def test_an_address_that_is_none(self, settings: Settings, name: str) -> None:
        setattr(settings, name, "nowhere")
        with pytest.raises(ImproperlyConfigured, match=f"{name}: nowhere .*write "):
            media_settings()

    def test_another_socket_is_another_node(self, run_dir: Path) -> None:
        one, other = media_settings(run_dir / "one.sock"), media_settings(run_dir / "other.sock")
        assert (one.socket, other.socket) == (run_dir / "one.sock", run_dir / "other.sock")
        assert one.node.name != other.node.name

    @pytest.mark.parametrize(
        ("host", "ip"),
        [
            ("", "127.0.0.1"),
            ("localhost", "127.0.0.1"),
            ("127.0.0.1", "127.0.0.1"),
            ("[::1]", "127.0.0.1"),
            ("0.0.0.0", "0.0.0.0"),
            ("192.168.1.5", "0.0.0.0"),
            ("meet.example.org", "0.0.0.0"),
        ],
    )
    def test_media_listen_where_pages_do(self, host: str, ip: str) -> None:
        assert default_listen_ip(host) == ip


class TestLongSocketPaths:
    def test_a_short_path_stays(self, run_dir: Path) -> None:
        assert bindable(run_dir / "media.sock") == run_dir / "media.sock"

    def test_a_long_path_gets_a_private_stand_in_that_every_process_finds(self, run_dir: Path) -> None:
        long = run_dir / ("x" * 100) / "media.sock"
        stand_in = bindable(long)
        assert stand_in == bindable(long)
        assert stand_in != bindable(long.with_name("other.sock"))
        assert len(os.fsencode(stand_in)) <= 100
        assert stat.S_IMODE(stand_in.parent.stat().st_mode) == 0o700
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(stand_in))
        stand_in.unlink()
        assert lock_beside(long).parent == long.parent

    def test_a_stand_in_directory_that_somebody_else_could_write_is_refused(
        self, run_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(run_dir))
        trap = run_dir / f"kcs-meet-{os.getuid()}"
        trap.mkdir()
        trap.chmod(0o777)
        with pytest.raises(ImproperlyConfigured, match="MEDIA_SOCKET"):
            bindable(run_dir / ("x" * 100) / "media.sock")


class TestAnnouncedAddress:
    async def test_the_loopback_needs_none(self) -> None:
        assert await listening.announced_address(NodeConfig(listen_ip="127.0.0.1")) is None

    async def test_one_address_needs_none(self) -> None:
        assert await listening.announced_address(NodeConfig(listen_ip="192.0.2.9")) is None

    async def test_everywhere_is_the_address_of_the_default_route(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(listening, "default_route_address", lambda version: f"route-v{version}")
        assert await listening.announced_address(NodeConfig(listen_ip="0.0.0.0")) == "route-v4"
        assert await listening.announced_address(NodeConfig(listen_ip="::")) == "route-v6"

    async def test_an_address_is_announced_as_it_is(self) -> None:
        config = NodeConfig(listen_ip="0.0.0.0", announced_ip="203.0.113.5")
        assert await listening.announced_address(config) == "203.0.113.5"

    async def test_a_host_name_is_resolved(self) -> None:
        config = NodeConfig(listen_ip="0.0.0.0", announced_ip="localhost")
        assert await listening.announced_address(config) == "127.0.0.1"

    async def test_a_host_name_nobody_knows_is_announced_as_it_is_and_logged(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        config = NodeConfig(listen_ip="0.0.0.0", announced_ip="meet.invalid")
        assert await listening.announced_address(config) == "meet.invalid"
        assert "meet.invalid cannot be resolved" in caplog.text


class TestPorts:
    def test_a_configured_port_is_the_only_one(self) -> None:
        assert list(listening.candidate_ports(NodeConfig(port=50000), 2, last=44444)) == [50002]

    def test_a_port_taken_over_tcp_alone_is_not_free(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen(1)
            assert not listening.is_free("127.0.0.1", taken.getsockname()[1])

    def test_a_restarted_worker_gets_its_port_back(self) -> None:
        port = listening.any_free("127.0.0.1")
        assert next(iter(listening.candidate_ports(NodeConfig(), 0, last=port))) == port


class TestChecks:
    def test_a_good_machine_has_nothing_to_say(self, settings: Settings) -> None:
        settings.MEDIASOUP_LISTEN_IP = settings.MEDIASOUP_ANNOUNCED_IP = ""
        assert worker_binary(None) == []
        assert media_addresses(None) == []

    def break_binary(self, run_dir: Path, content: str | None, mode: int = 0o755) -> Path:
        binary = run_dir / "mediasoup-worker"
        if content is not None:
            binary.write_text(content)
            binary.chmod(mode)
        return binary

    @pytest.mark.parametrize(
        ("content", "mode"),
        [(None, 0), ("#!/bin/sh\nexit 0\n", 0o644), ("#!/bin/sh\nexit 1\n", 0o755), ("\x7fELF nonsense", 0o755)],
        ids=["missing", "not executable", "fails", "no program"],
    )
    def test_a_worker_that_is_of_no_use_is_named_with_cause_and_remedy(
        self, run_dir: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, mode: int
    ) -> None:
        binary = self.break_binary(run_dir, content, mode)
        monkeypatch.setenv("MEDIASOUP_WORKER_BIN", str(binary))
        [warning] = worker_binary(None)
        assert warning.id == "media.W001"
        assert not warning.is_serious(), "the site must still start"
        assert str(binary) in warning.msg
        assert warning.hint

    def test_an_address_that_is_none(self, settings: Settings) -> None:
        settings.MEDIASOUP_LISTEN_IP = "everywhere"
        assert [warning.id for warning in media_addresses(None)] == ["media.W002"]

    def test_announcing_what_is_not_listened_on(self, settings: Settings) -> None:
        settings.MEDIASOUP_LISTEN_IP, settings.MEDIASOUP_ANNOUNCED_IP = "127.0.0.1", "203.0.113.5"
        assert [warning.id for warning in media_addresses(None)] == ["media.W003"]


def test_the_codecs_are_what_browsers_share() -> None:
    codecs = router_rtp_capabilities()["codecs"]
    assert [codec["mimeType"] for codec in codecs] == [
        "audio/opus",
        "video/VP8",
        "video/rtx",
        "video/H264",
        "video/rtx",
    ]
    opus, h264 = codecs[0]["parameters"], codecs[3]["parameters"]
    assert (opus["useinbandfec"], opus["usedtx"]) == (1, 1)
    assert (h264["packetization-mode"], h264["profile-level-id"]) == (1, "42e01f")

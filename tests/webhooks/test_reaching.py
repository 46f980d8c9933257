"""Where webhooks are not sent, however the address is written."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from meetings.webhooks import posting
from meetings.webhooks.posting import post
from meetings.webhooks.reaching import OutOfBounds, connect, may_name, may_reach
from tests.node.certificates import Made, make_certificate
from tests.webhooks.receiver import Receiver


@pytest.fixture(autouse=True)
def _nothing_of_ours(settings: Any) -> None:
    settings.WEBHOOK_ALLOW = []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.10",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.5.5",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2001:db8::1",
    ],
)
def test_not_there(address: str) -> None:
    assert not may_reach(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::808:808"])
def test_out_in_the_world(address: str) -> None:
    assert may_reach(address)


def test_what_the_site_allows_and_nothing_beside_it(settings: Any) -> None:
    settings.WEBHOOK_ALLOW = ["10.1.0.0/16", "nonsense", "fd00::7"]
    assert [may_reach(one) for one in ("10.1.2.3", "10.2.0.1", "fd00::7", "fd00::8", "::ffff:10.1.2.3")] == [
        True,
        False,
        True,
        False,
        True,
    ]


def test_of_names_it_is_known_when_they_are_looked_up() -> None:
    assert [may_name(one) for one in ("example.org", "127.0.0.1", "localhost", "")] == [True, False, True, True]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1", "0x7f.1", "2130706433", "0"])
def test_this_machine_by_any_name(host: str) -> None:
    with Receiver() as receiver:
        outcome = post(f"http://{host}:{receiver.port}/", b"{}", {})
        assert (outcome.taken, receiver.heard) == (False, [])
        assert "has no address that webhooks may be sent to" in outcome.error


def test_a_name_that_means_something_else_a_moment_later(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WEBHOOK_ALLOW = ["127.0.0.2"]
    looked_up = []

    def rebinding(host: str, port: int, **how: Any) -> Any:
        looked_up.append(host)
        address = "127.0.0.2" if len(looked_up) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with Receiver("127.0.0.2") as receiver:
        monkeypatch.setattr(socket, "getaddrinfo", rebinding)
        assert post(f"http://rebinding.example:{receiver.port}/", b"{}", {}).taken
        assert receiver.heard[0].headers["Host"] == f"rebinding.example:{receiver.port}"
        assert looked_up == ["rebinding.example"]
        with pytest.raises(OutOfBounds):
            connect("rebinding.example", receiver.port, 1)


def test_of_several_addresses_those_that_are_allowed(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WEBHOOK_ALLOW = ["127.0.0.2", "127.0.0.3"]
    with Receiver("127.0.0.2") as receiver:

        def several(host: str, port: int, **how: Any) -> Any:
            # Of the second nobody is known; at the third nobody listens.
            addresses = ("10.0.0.1", "127.0.0.3", "127.0.0.2")
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

        monkeypatch.setattr(socket, "getaddrinfo", several)
        assert post(f"http://several.example:{receiver.port}/", b"{}", {}).taken


class TestTls:
    @pytest.fixture(autouse=True)
    def _this_machine(self, _nothing_of_ours: None, settings: Any) -> None:
        settings.WEBHOOK_ALLOW = ["127.0.0.0/8", "::1"]

    @pytest.fixture
    def authority(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
        """Whom this machine believes."""
        made = make_certificate(tmp_path, "authority.invalid", authority=True)
        monkeypatch.setenv("SSL_CERT_FILE", str(made.certificate))
        return made

    def told(self, made: Made) -> tuple[bool, str, int]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made.certificate, made.key)
        with Receiver(tls=context) as receiver:
            outcome = post(f"https://localhost:{receiver.port}/hook", b"{}", {})
            return outcome.taken, outcome.error, len(receiver.heard)

    def test_a_good_certificate(self, authority: Made, tmp_path: Path) -> None:
        assert self.told(make_certificate(tmp_path, "localhost", signed_by=authority)) == (True, "", 1)

    def test_none_that_is_not(self, authority: Made, tmp_path: Path) -> None:
        for bad in (
            make_certificate(tmp_path, "localhost"),
            make_certificate(tmp_path, "elsewhere.example", signed_by=authority),
            make_certificate(tmp_path, "localhost", signed_by=authority, expired=True),
        ):
            taken, error, heard = self.told(bad)
            assert (taken, heard) == (False, 0)
            assert "CERTIFICATE_VERIFY_FAILED" in error

    def test_a_server_that_says_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(posting, "ALL_SECONDS", 0.5)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            outcome = post(f"https://127.0.0.1:{silent.getsockname()[1]}/", b"{}", {})
        assert (outcome.taken, outcome.error) == (False, "it took too long")


@pytest.mark.parametrize("url", ["http://a..b/", f"http://{'x' * 200}.example/", "http://nobody.invalid/"])
def test_names_that_are_none(url: str) -> None:
    outcome = post(url, b"{}", {})
    assert (outcome.taken, bool(outcome.error)) == (False, True)

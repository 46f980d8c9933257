"""From what went wrong to a sentence and a remedy, and from calls to a report: pure."""

from __future__ import annotations

import json
from urllib.error import URLError

import pytest

from meetings.bot.errors import RequestRefused, SignallingClosed, SiteRefused
from meetings.probe import causes
from meetings.probe.addresses import is_ours
from meetings.probe.explaining import failure_of
from meetings.probe.report import CallReport, ProbeReport, Seen, of_both
from meetings.probe.tables import crowd_table, probe_table

URL = "https://meet.example.org"
TARGET = [{"ip": "203.0.113.9", "port": 44444, "protocol": "udp"}]


@pytest.mark.parametrize(
    ("error", "phase", "code", "words"),
    [
        (URLError(ConnectionRefusedError(111, "Connection refused")), "site", "SITE_UNREACHABLE", "refused"),
        (TimeoutError(), "ticket", "SITE_UNREACHABLE", "within 5 seconds"),
        (SiteRefused("GET", URL, 502, "<html>"), "site", "SITE_UNREACHABLE", "HTTP 502"),
        (ValueError("no JSON"), "site", "SITE_UNREACHABLE", "no KCS Meet"),
        (SiteRefused("POST", URL, 403, '{"code": "NOT_ALLOWED", "details": "No."}'), "meeting", "NOT_ALLOWED", "No."),
        (TimeoutError(), "socket", "SOCKET_UNREACHABLE", "within 5 seconds"),
        (SignallingClosed(4403, "foreign"), "join", "SOCKET_UNREACHABLE", "4403"),
        (RequestRefused("join-meeting", "MEDIA_UNAVAILABLE", "", "No worker."), "join", "NO_WORKER", "No worker"),
        (RequestRefused("consume", "MEDIA_OVERLOADED", "", "Full."), "receive", "WORKER_OVERLOADED", "Full"),
        (TimeoutError(), "join", "NO_WORKER", "within 5 seconds"),
        (RuntimeError("odd"), "probe", "PROBE_FAILED", "odd"),
    ],
)  # fmt: skip
def test_what_was_raised_has_a_code_and_a_sentence(error: Exception, phase: str, code: str, words: str) -> None:
    failure = failure_of(error, phase, URL, 5)
    assert (failure.phase, failure.code) == (phase, code)
    assert words in failure.sentence


def test_an_announced_address_that_is_nobodys() -> None:
    failure = causes.not_connected("send", ("checking", "connecting"), TARGET, ours=False, site_addresses=["192.0.2.7"])
    assert failure.code == "WRONG_ANNOUNCED_ADDRESS"
    assert "203.0.113.9:44444" in failure.sentence
    assert "192.0.2.7" in failure.sentence
    assert "MEDIASOUP_ANNOUNCED_IP" in failure.action


@pytest.mark.parametrize(("ours", "site"), [(True, ["192.0.2.7"]), (False, ["203.0.113.9"])])
def test_a_port_that_does_not_answer_at_the_right_address(ours: bool, site: list[str]) -> None:
    failure = causes.not_connected("recv", ("failed", "failed"), TARGET, ours=ours, site_addresses=site)
    assert failure.code == "MEDIA_PORT_BLOCKED"
    assert failure.evidence["announced"] == TARGET


def test_a_path_without_encryption() -> None:
    failure = causes.not_connected("send", ("completed", "connecting"), TARGET, ours=True, site_addresses=[])
    assert failure.code == "DTLS_FAILED"


def test_whose_an_address_is() -> None:
    assert is_ours("127.0.0.1")
    assert not is_ours("203.0.113.9")
    assert not is_ours("no.such.name.invalid")


def test_both_ways_are_one_report() -> None:
    both = of_both(
        Seen(10, 10, (0.01, 0.02), sound_heard=True, sound_delays=(0.1,)),
        Seen(10, 9, (0.03,), sound_heard=True, sound_delays=(0.12,)),
    )
    assert (both["frames_sent"], both["frames_seen"], both["loss"]) == (20, 19, 0.05)
    assert (both["glass_to_glass_ms"], both["glass_to_glass_worst_ms"]) == (20, 30)
    assert (both["sound_heard"], both["sound_delay_ms"]) == (True, 110)
    assert of_both(Seen(), Seen())["loss"] is None


def test_a_report_says_how_many_workers_failed() -> None:
    bad = CallReport(node="here", worker=1, failure=causes.no_sound(1))
    report = ProbeReport(URL, 2.5, (CallReport(node="here", worker=0), bad))
    assert not report.ok
    assert report.sentence.startswith("1 of 2 workers failed. The tone was not heard")
    told = report.as_json()
    assert json.loads(json.dumps(told)) == told
    assert (told["code"], told["phase"]) == ("NOTHING_ARRIVES", "sound")
    assert [call["ok"] for call in told["workers"]] == [True, False]
    table = probe_table(report)
    assert "here 1" in table
    assert "NOTHING_ARRIVES (sound): The tone" in table


def test_a_table_of_a_site_that_does_not_answer() -> None:
    table = probe_table(ProbeReport(URL, 0.1, failure=causes.site_unreachable("site", URL, "gone")))
    assert table.splitlines()[0].startswith("SITE_UNREACHABLE (site):")
    assert "WORKER" not in table


def test_a_crowd_of_which_nobody_came_in_has_a_table() -> None:
    found = {
        "asked": 3, "joined": 0, "joinsPerSecond": None, "joinMs": None, "streams": 0, "streamsSeen": 0,
        "framesSent": 0, "framesSeen": 0, "glassToGlassMs": None, "ownCpu": 0.1, "ownLimit": False,
        "failures": {"NO_WORKER": {"count": 3, "sentence": "No worker."}},
    }  # fmt: skip
    table = crowd_table(found)
    assert "0 of 3" in table
    assert "NO_WORKER: 3 times. No worker." in table

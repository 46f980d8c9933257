"""The ways of reaching the media server that the test page tries one by one."""

import pytest

from tests.verdicts.traces import ASKED, Trace, healthy_join, joined

WAITED = ASKED + 5.3


def tried(trace: Trace, **ways: str) -> Trace:
    for way, outcome in ways.items():
        trace.add(ASKED + 0.1, "page", "way", outcome, way=way, ms=40, ports=[44444])
    return trace


def test_who_gets_through_by_a_detour_only_is_told_which_port_to_open() -> None:
    verdict = tried(healthy_join(), udp="failed", tcp="ok").the("MEDIA_PORT_BLOCKED", WAITED)
    assert verdict.severity == "impaired"
    assert "UDP 44444" in verdict.action
    assert "TCP did" in verdict.to_admin


def test_where_udp_gets_through_a_closed_detour_is_only_noticed() -> None:
    verdict = tried(healthy_join(), udp="ok", tcp="failed").the("MEDIA_PORT_BLOCKED", WAITED)
    assert verdict.severity == "notice"
    assert "TCP 44444" in verdict.action
    assert "UDP got through" not in verdict.to_participant
    assert "UDP did" in verdict.to_admin


@pytest.mark.parametrize(
    ("error", "way", "code", "words"),
    [
        (701, {}, "TURN_UNREACHABLE", "could not reach turn:t (error 701: no); TCP and UDP got through"),
        (401, {"refused": True}, "TURN_REFUSED", "its password was not accepted. TCP and UDP got through"),
        (None, {"relayed": True}, "TURN_UNREACHABLE", "gave the browser an address, and nothing came through"),
    ],
)
def test_a_turn_server_that_nobody_needs_here_is_only_noticed(
    error: int | None, way: dict[str, bool], code: str, words: str
) -> None:
    trace = tried(healthy_join(), udp="ok", tcp="ok")
    if error is not None:
        trace.add(ASKED + 5, "page", "turn", "failed", url="turn:t", errorCode=error, text="no")
    trace.add(ASKED + 5, "page", "way", "failed", way="turn", ms=5000, ports=[], **way)
    verdict = trace.the(code, WAITED)
    assert verdict.severity == "notice"
    assert words in verdict.to_admin
    assert "you do not need it" in verdict.to_participant
    assert "administrator" in verdict.action


def test_a_detour_that_is_used_and_one_that_fails_are_both_told_the_worse_first() -> None:
    verdicts = tried(healthy_join(), udp="failed", tcp="ok", turn="failed").judge(WAITED)
    assert [(one.code, one.severity) for one in verdicts] == [
        ("MEDIA_PORT_BLOCKED", "impaired"),
        ("TURN_UNREACHABLE", "notice"),
    ]


def test_a_join_that_tried_no_way_by_itself_hears_nothing_of_turn() -> None:
    trace = healthy_join().add(ASKED + 1, "page", "turn", "failed", url="turn:t", errorCode=701, text="no")
    assert trace.codes(WAITED) == []


def test_where_nothing_gets_through_that_is_all_there_is_to_tell() -> None:
    trace = tried(joined(), udp="failed", tcp="failed")
    assert [verdict.severity for verdict in trace.judge(WAITED)] == ["failing"]
    tried(trace, turn="ok")
    assert [verdict.severity for verdict in trace.judge(WAITED)] == ["failing"], "what is worse explains it"

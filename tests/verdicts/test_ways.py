"""The ways of reaching the media server that the test page tries one by one."""

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


def test_where_udp_gets_through_the_detours_do_not_matter() -> None:
    assert tried(healthy_join(), udp="ok", tcp="failed", turn="failed").codes(WAITED) == []


def test_where_nothing_gets_through_that_is_all_there_is_to_tell() -> None:
    trace = tried(joined(), udp="failed", tcp="failed")
    assert [verdict.severity for verdict in trace.judge(WAITED)] == ["failing"]
    tried(trace, turn="ok")
    assert [verdict.severity for verdict in trace.judge(WAITED)] == ["failing"], "what is worse explains it"

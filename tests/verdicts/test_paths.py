"""Why media find no way: a wrong address, a closed port, TURN, keys, or a way that broke."""

import pytest

from tests.verdicts.traces import ASKED, PORT, SERVER, Trace, candidates, connected, healthy_join, joined

WAITED = ASKED + 5.3


def blocked(**kind: object) -> Trace:
    """The browser connects, and no packet of it reaches the worker."""
    return joined(**kind)  # type: ignore[arg-type]


def test_the_wrong_address_is_printed_beside_the_one_that_the_browser_came_from() -> None:
    trace = blocked(ip="10.0.0.5")
    assert trace.codes(ASKED + 5) == []
    verdict = trace.the("WRONG_ANNOUNCED_ADDRESS", WAITED)
    assert verdict.severity == "failing"
    assert verdict.to_admin.startswith(
        "We announced 10.0.0.5:44444 (UDP), 10.0.0.5:44444 (TCP), which nobody outside that network can reach; "
        "the browser came from 203.0.113.9"
    )
    assert verdict.admin_action.startswith("Set MEDIASOUP_ANNOUNCED_IP to the public address")
    assert "10.0.0.5:44444 (UDP)" in verdict.to_participant
    trace.events += [event for event in healthy_join().events if event.at > trace.at(ASKED + 0.1)]
    assert trace.codes(20) == [], "it went after all"


@pytest.mark.parametrize(
    ("ip", "address", "host"),
    [
        ("10.0.0.5", "203.0.113.9", "meet.example.org"),
        ("127.0.0.1", "203.0.113.9", "meet.example.org"),
        ("127.0.0.1", "192.168.1.20", "192.168.1.5:8000"),
        ("169.254.3.4", "203.0.113.9", "meet.example.org"),
        ("0.0.0.0", "203.0.113.9", "meet.example.org"),
        ("198.51.100.7", "203.0.113.9", "meet.example.org"),
        ("198.51.100.7", "127.0.0.1", "localhost:8000"),
        ("172.17.0.2", "203.0.113.9", "meet.example.org"),
        ("172.17.0.2", "172.17.0.1", "meet.example.org"),
        ("172.18.0.3", "172.18.0.1", "localhost:8000"),
        ("10.255.255.1", "127.0.0.1", "localhost:8000"),
        ("192.168.1.5", "10.1.2.3", "meet.lan"),
        ("93.184.216.34", "203.0.113.9", "93.184.216.35"),
        ("93.184.216.34", "192.168.1.20", "192.168.1.5:8000"),
        ("127.0.0.1", "127.0.0.1", "meet.example.org"),
        ("fd00::5", "203.0.113.9", "meet.example.org"),
        ("::1", "2a00:1450::9", "meet.example.org"),
    ],
)
def test_addresses_that_the_browser_could_never_reach(ip: str, address: str, host: str) -> None:
    assert blocked(ip=ip, address=address, host=host).codes(WAITED) == ["WRONG_ANNOUNCED_ADDRESS"]


@pytest.mark.parametrize(
    ("ip", "address", "host"),
    [
        ("93.184.216.34", "203.0.113.9", "meet.example.org"),
        ("93.184.216.34", "203.0.113.9", "93.184.216.34:8000"),
        ("media.example.org", "203.0.113.9", "93.184.216.35"),
        ("192.168.1.5", "192.168.1.20", "192.168.1.5:8000"),
        ("192.168.1.5", "192.168.7.20", "meet.lan"),
        ("10.0.0.5", "10.0.0.5", "10.0.0.5:8000"),
        ("172.17.0.2", "172.17.0.1", "172.17.0.2:8000"),
        ("127.0.0.1", "127.0.0.1", "localhost:8000"),
        ("127.0.0.1", "127.0.0.1", "127.0.0.1:8000"),
        ("::1", "::1", "[::1]:8000"),
        ("2a00:1450::5", "2a00:1450::9", "meet.example.org"),
    ],
)
def test_addresses_that_would_do_if_the_port_were_open(ip: str, address: str, host: str) -> None:
    assert blocked(ip=ip, address=address, host=host).codes(WAITED) == ["MEDIA_PORT_BLOCKED"]


def test_an_address_of_the_browser_in_the_announced_network_clears_it() -> None:
    own = [{"type": "host", "protocol": "udp", "address": "10.0.0.77", "port": 5}]
    trace = blocked(ip="10.0.0.5").add(ASKED + 1, "page", "candidates", direction="send", candidates=own)
    trace.add(ASKED + 1, "page", "candidates", direction="recv", candidates=own)
    assert trace.codes(WAITED) == ["MEDIA_PORT_BLOCKED"]


def test_one_address_of_several_that_would_do_is_enough() -> None:
    trace = blocked(ip="10.0.0.5")
    for direction in ("send", "recv"):
        both = [*candidates("10.0.0.5"), *candidates(SERVER)]
        trace.add(ASKED + 0.04, "node", "announced", direction=direction, candidates=both)
    assert trace.codes(WAITED) == ["MEDIA_PORT_BLOCKED"]


def test_a_likely_public_address_is_suggested() -> None:
    trace = blocked(ip="10.0.0.5", host="93.184.216.34:8000")
    assert "likely 93.184.216.34" in trace.the("WRONG_ANNOUNCED_ADDRESS", WAITED).admin_action


def test_a_container_s_address_is_called_that() -> None:
    assert "container" in blocked(ip="172.17.0.2").the("WRONG_ANNOUNCED_ADDRESS", WAITED).to_admin


def test_addresses_that_only_the_witness_tells() -> None:
    trace = blocked().without("node", "announced")
    trace.add(8, "node", "witness", transports=[{"direction": "send", "announced": candidates("10.0.0.5")}, None])
    assert "10.0.0.5:44444" in trace.the("WRONG_ANNOUNCED_ADDRESS", 9).to_admin
    unknown = blocked().without("node", "announced").the("MEDIA_PORT_BLOCKED", 9)
    assert "open the media ports" in unknown.action
    assert "not noted" in unknown.to_admin


def test_the_blocked_port_is_named() -> None:
    verdict = blocked().the("MEDIA_PORT_BLOCKED", WAITED)
    assert f"open UDP {PORT} and TCP {PORT}" in verdict.action
    assert f"{SERVER}:{PORT} (UDP)" in verdict.to_admin
    assert verdict.evidence["browserAddress"] == "203.0.113.9"


def test_a_connection_that_failed_before_five_seconds_were_over() -> None:
    trace = blocked().add(ASKED + 2, "page", "connection", "failed", direction="send", state="failed")
    assert trace.codes(ASKED + 2.1) == ["MEDIA_PORT_BLOCKED"]


def test_the_wait_that_the_page_tells_itself_is_explained_by_the_cause() -> None:
    trace = blocked()
    trace.add(ASKED + 5.1, "page", "connection", "waiting", direction="send", state="connecting", seconds=5)
    assert trace.codes(WAITED) == ["MEDIA_PORT_BLOCKED"]


def test_a_page_of_which_nothing_is_heard_while_it_has_something_to_send() -> None:
    trace = blocked().without("page", "connection", "transports", "joined", "sending").without("web", "joined")
    trace.add(ASKED + 7, "web", "joined")
    assert trace.codes(ASKED + 8) == []
    assert trace.codes(ASKED + 8.1) == ["MEDIA_PORT_BLOCKED"]


def test_a_browser_without_any_udp_is_not_told_of_ports_of_ours_alone() -> None:
    own = [{"type": "host", "protocol": "tcp", "port": 9}]
    trace = blocked()
    for direction in ("send", "recv"):
        trace.add(ASKED + 1, "page", "candidates", direction=direction, candidates=own)
    assert "VPN" in trace.the("MEDIA_PORT_BLOCKED", WAITED).action


def test_turn_is_tried_and_helps() -> None:
    trace = blocked(turn=True)
    verdict = trace.the("TRYING_TURN", WAITED)
    assert verdict.severity == "waiting"
    assert verdict.to_participant == "Your network blocks the media ports. Trying TURN…"
    assert verdict.action.endswith(f"ask your administrator to open UDP {PORT} and TCP {PORT}.")
    for direction in ("send", "recv"):
        trace.add(ASKED + 7, "page", "connection", direction=direction, state="connected")
    assert trace.codes(ASKED + 7.1) == []


def test_turn_that_does_not_help_in_time_leaves_the_blocked_port() -> None:
    assert blocked(turn=True).codes(ASKED + 15.3) == ["MEDIA_PORT_BLOCKED"]
    trace = blocked(turn=True).add(ASKED + 6, "page", "connection", "failed", direction="send", state="failed")
    assert trace.codes(ASKED + 6.1) == ["MEDIA_PORT_BLOCKED"]


def test_a_turn_server_that_cannot_be_reached() -> None:
    url = "turn:turn.example.org:3478"
    trace = blocked(turn=True).add(ASKED + 4, "page", "turn", "failed", url=url, errorCode=701, text="lookup failed")
    verdict = trace.the("TURN_UNREACHABLE", WAITED)
    assert f"{url} (error 701: lookup failed)" in verdict.to_admin
    trace.add(ASKED + 8, "page", "turn", url=url)
    assert trace.codes(ASKED + 8.1) == ["TRYING_TURN"]


@pytest.mark.parametrize(
    ("error", "remedy"),
    [(401, "TURN_SECRET"), (403, "allowed-peer-ip"), (437, "log"), (438, "TURN_TTL"), (486, "user-quota"),
     (508, "relay ports"), (420, "log")],
)  # fmt: skip
def test_a_turn_server_that_refuses(error: int, remedy: str) -> None:
    trace = blocked(turn=True)
    trace.add(ASKED + 0.2, "page", "turn", "failed", url="turn:t", errorCode=error, text="Unauthorized")
    verdict = trace.the("TURN_REFUSED", WAITED)
    assert f"with {error} (Unauthorized)" in verdict.to_admin
    assert remedy in verdict.admin_action


def test_a_refusal_weighs_more_than_another_server_that_is_not_there() -> None:
    trace = blocked(turn=True).add(ASKED + 1, "page", "turn", "failed", url="turn:a", errorCode=701, text="")
    trace.add(ASKED + 1, "page", "turn", "failed", url="turn:b", errorCode=401, text="")
    assert "turn:b" in trace.the("TURN_REFUSED", WAITED).to_admin


def test_a_turn_server_that_fails_is_no_trouble_while_one_is_connected() -> None:
    trace = healthy_join(turn=True).add(ASKED + 1, "page", "turn", "failed", url="turn:a", errorCode=401, text="")
    assert trace.codes(20) == []


def test_a_relay_of_another_turn_server_goes_on_being_tried() -> None:
    trace = blocked(turn=True).add(ASKED + 1, "page", "turn", "failed", url="turn:a", errorCode=701, text="")
    own = [{"type": "relay", "protocol": "udp"}]
    trace.add(ASKED + 1, "page", "candidates", direction="send", candidates=own)
    assert trace.codes(WAITED) == ["TRYING_TURN"]


def test_a_wrong_address_is_told_before_any_turn() -> None:
    trace = blocked(ip="10.0.0.5", turn=True).add(ASKED + 1, "page", "turn", "failed", url="t", errorCode=401, text="")
    assert trace.codes(WAITED) == ["WRONG_ANNOUNCED_ADDRESS"]


def heard_but_not_answered() -> Trace:
    return connected().without("node", "dtls", "selected-tuple").without("page", "connection", state="connected")


def test_a_browser_that_was_heard_and_with_which_no_keys_were_agreed() -> None:
    trace = heard_but_not_answered()
    assert trace.codes(ASKED + 5.1) == []
    verdict = trace.the("DTLS_FAILED", WAITED)
    assert "STUN was seen from 203.0.113.9:51000" in verdict.to_admin
    assert "MTU" in verdict.admin_action
    for direction in ("send", "recv"):
        trace.add(ASKED + 8, "node", "dtls", direction=direction, state="connected")
    assert trace.codes(ASKED + 8.1) == []


def test_keys_that_were_refused_are_told_at_once() -> None:
    trace = heard_but_not_answered().add(ASKED + 1, "node", "dtls", "failed", direction="recv", state="failed")
    trace.the("DTLS_FAILED", ASKED + 1.1)


def test_a_way_that_breaks_and_mends() -> None:
    trace = healthy_join().add(20, "page", "connection", "failed", direction="send", state="disconnected")
    verdict = trace.the("MEDIA_LOST", 20.1)
    assert "host udp to 93.184.216.34:44444" in verdict.to_admin
    trace.add(23, "page", "connection", "changed", direction="send", state="connecting")
    trace.add(24, "page", "connection", direction="send", state="connected")
    assert trace.codes(24.1) == []


def test_a_way_that_breaks_explains_what_does_not_come_any_more() -> None:
    trace = healthy_join(samples=False).add(20, "page", "connection", "failed", direction="recv", state="disconnected")
    trace.add(24, "page", "no-media", "waiting", participantId="b", source="mic", seconds=6, packets=0, frames=0)
    trace.add(24, "page", "quality", seconds=5, up={"loss": 0.9}, down={"loss": 0.9, "streams": []})
    assert trace.codes(26) == ["MEDIA_LOST"]


def test_what_the_node_sees_of_the_way_counts_where_the_page_tells_nothing() -> None:
    trace = healthy_join()
    trace.events = [event for event in trace.events if event.side != "page"]
    trace.add(20, "node", "ice", "failed", direction="recv", state="disconnected")
    assert trace.codes(21) == ["MEDIA_LOST"]
    trace.add(22, "node", "ice", direction="recv", state="completed")
    assert trace.codes(23) == []


def test_another_path_than_before_is_no_fault() -> None:
    trace = healthy_join()
    trace.add(20, "node", "selected-tuple", "changed", direction="send", local="a:1", remote="b:2", protocol="udp")
    trace.add(20, "page", "path", "changed", direction="send", local="relay", protocol="udp", remote="a:1")
    assert trace.codes(21) == []

"""The page, its socket and the process at the other end: what is told when they fail, and until when."""

from tests.verdicts.traces import ASKED, VERSION, Trace, healthy_join, opened


def without_socket() -> Trace:
    return opened().without("page", "socket").without("web", "socket-open")


def test_a_socket_that_never_reached_us() -> None:
    trace = without_socket().add(5.2, "page", "socket", "waiting", seconds=5)
    assert trace.codes(5.1) == []
    verdict = trace.the("SOCKET_UNREACHABLE", 5.3)
    assert verdict.severity == "failing"
    assert "WebSockets" in verdict.to_admin
    trace.add(9, "page", "socket", ms=100).add(9, "web", "socket-open", address="203.0.113.9", host="meet.example.org")
    assert trace.codes(9.1) == []


def test_a_socket_that_is_turned_away_is_not_told_at_the_first_try() -> None:
    trace = without_socket().add(0.5, "page", "socket", "failed", ms=300, closeCode=1006)
    assert trace.codes(0.9) == []
    assert "1006" in trace.the("SOCKET_UNREACHABLE", 2).to_admin


def test_a_join_that_never_reached_us() -> None:
    trace = without_socket().asks(ASKED)
    assert trace.codes(ASKED + 4.9) == []
    trace.the("SOCKET_UNREACHABLE", ASKED + 5.1)


def test_a_page_of_a_foreign_origin_is_told_the_official_address() -> None:
    trace = without_socket().add(0.5, "page", "socket", "failed", ms=30, closeCode=4403)
    verdict = trace.the("SOCKET_UNREACHABLE", 2)
    assert "official address" in verdict.action
    assert "ALLOWED_HOSTS" in verdict.admin_action


def test_a_lost_socket_is_told_after_five_seconds_and_until_it_is_back() -> None:
    trace = healthy_join().add(20, "page", "socket-lost", "changed", closeCode=1006)
    assert trace.codes(24.9) == []
    verdict = trace.the("SOCKET_UNREACHABLE", 25.1)
    assert "over 5 seconds ago" in verdict.to_participant
    trace.add(30, "web", "socket-open", address="203.0.113.9", host="meet.example.org")
    assert trace.codes(30.1) == []


def test_a_lost_socket_explains_everything_else_that_stopped() -> None:
    trace = healthy_join().add(20, "page", "socket-lost", "changed", closeCode=1006)
    trace.add(21, "web", "media-lost", "failed", reason="worker died")
    assert trace.codes(24) == ["MEDIA_LOST"]
    assert trace.codes(26) == ["SOCKET_UNREACHABLE"]


def test_a_web_process_that_died_is_told_when_the_socket_is_back_and_a_while_after() -> None:
    trace = healthy_join().add(20, "page", "socket-lost", "changed", closeCode=1006)
    trace.add(22, "web", "socket-open", address="203.0.113.9", host="meet.example.org")
    trace.add(22.1, "web", "process", "failed", reason="its heartbeat stopped")
    trace.add(22.3, "web", "admitted", resumed=True).add(22.4, "web", "room", made=False).add(22.5, "web", "joined")
    assert trace.codes(22) == []
    verdict = trace.the("WEB_PROCESS_GONE", 22.2)
    assert "its heartbeat stopped" in verdict.to_admin
    assert trace.codes(32) == ["WEB_PROCESS_GONE"]
    assert trace.codes(32.2) == []


def test_an_old_page_is_asked_to_reload() -> None:
    trace = healthy_join()
    assert trace.codes(20, version=VERSION) == []
    verdict = trace.the("VERSION_MISMATCH", 20, version="1.5.0")
    assert (verdict.severity, verdict.action) == ("impaired", "Reload the page.")
    assert "1.5.0" in verdict.to_participant


def test_an_old_page_is_known_by_the_version_that_the_server_tells_with_the_socket() -> None:
    trace = healthy_join().without("page", "page-opened").add(0, "page", "page-opened", version="1.3.9", secure=True)
    trace.the("VERSION_MISMATCH", 20)


def test_a_clock_that_is_far_off() -> None:
    trace = healthy_join().without("web", "clock").add(0.5, "web", "clock", "changed", offMs=-7_200_000)
    assert "2 hours slow" in trace.the("CLOCK_OFF", 20).to_participant
    trace.add(21, "web", "clock", offMs=20)
    assert trace.codes(22) == []


def test_a_clock_that_is_somewhat_off_harms_nobody() -> None:
    trace = healthy_join().without("web", "clock").add(0.5, "web", "clock", "changed", offMs=9_000)
    assert trace.codes(20) == []


def test_the_socket_that_was_lost_is_why_it_ended() -> None:
    trace = healthy_join().until(20).add(20, "page", "socket-lost", "changed", closeCode=1001)
    trace.add(40, "web", "ended", reason="disconnected")
    trace.the("SOCKET_UNREACHABLE", 3000)


def test_a_page_goes_on_after_its_socket_was_given_up() -> None:
    trace = (
        opened().add(3, "page", "socket-lost", "changed", closeCode=1006).add(3.1, "web", "ended", reason="abandoned")
    )
    trace.add(4, "page", "socket", "failed", ms=300, closeCode=1006)
    trace.the("SOCKET_UNREACHABLE", 9)

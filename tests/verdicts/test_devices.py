"""Microphone and camera that one does not get, that are muted, or that stop."""

import pytest

from tests.verdicts.traces import healthy_join, joined, opened

DEVICES = [("microphone", "mic", "MICROPHONE", "heard"), ("camera", "camera", "CAMERA", "seen")]


@pytest.mark.parametrize(("device", "source", "upper", "verb"), DEVICES)
@pytest.mark.parametrize(
    ("reason", "code"), [("denied", "{}_DENIED"), ("none", "NO_{}"), ("busy", "{}_BUSY"), ("unknown", "{}_BUSY")]
)
def test_a_device_that_one_does_not_get(
    device: str, source: str, upper: str, verb: str, reason: str, code: str
) -> None:
    trace = opened().without("page", device).add(1.2, "page", device, "failed", reason=reason)
    verdict = trace.the(code.format(upper), 2)
    assert verdict.severity == "impaired"
    assert verdict.to_participant.startswith(f"You cannot be {verb}: ")
    assert verdict.as_host_json("Ada")["sentence"].startswith(f"Ada cannot be {verb}: ")
    assert trace.codes(600) == [code.format(upper)]
    trace.add(601, "page", device, on=True)
    assert trace.codes(602) == []


def test_a_device_that_the_system_denies() -> None:
    trace = opened().add(1.2, "page", "microphone", "failed", reason="denied", name="denied by the system")
    assert "privacy settings" in trace.the("MICROPHONE_DENIED", 2).action


def test_a_device_that_no_browser_gives_to_a_page_without_https() -> None:
    trace = opened(host="192.168.1.5:8000").without("page", "page-opened", "microphone")
    trace.add(0, "page", "page-opened", secure=False)
    trace.add(1.2, "page", "microphone", "failed", reason="unknown", name="page is not secure")
    verdict = trace.the("MICROPHONE_DENIED", 2)
    assert "https" in verdict.action
    assert "192.168.1.5:8000" in verdict.to_admin


@pytest.mark.parametrize(("device", "source", "upper", "verb"), DEVICES)
def test_a_device_that_the_system_has_muted(device: str, source: str, upper: str, verb: str) -> None:
    trace = healthy_join().add(20, "page", "track", "changed", source=source, what="muted")
    verdict = trace.the(f"{upper}_MUTED_BY_SYSTEM", 20.1)
    assert verdict.to_participant == f"You cannot be {verb}: your system has muted the {device}."
    assert verdict.as_host_json("Ada")["sentence"] == f"Ada cannot be {verb}: their {device} is muted by their system."
    trace.add(30, "page", "track", "changed", source=source, what="unmuted")
    assert trace.codes(30.1) == []


def test_a_muted_device_that_is_off_is_no_trouble_until_it_is_on_again() -> None:
    trace = healthy_join().add(20, "page", "track", "changed", source="mic", what="muted")
    trace.add(21, "page", "microphone", "changed", on=False)
    assert trace.codes(22) == []
    trace.add(23, "page", "microphone", "changed", on=True)
    assert trace.codes(24) == ["MICROPHONE_MUTED_BY_SYSTEM"]
    trace.add(25, "page", "microphone", on=True)
    assert trace.codes(26) == []


def test_a_muted_microphone_explains_that_nothing_is_sent() -> None:
    trace = healthy_join().without("node", "first-rtp-in", source="mic")
    assert trace.codes(20) == ["NOTHING_SENT"]
    trace.add(3, "page", "track", "changed", source="mic", what="muted")
    assert trace.codes(20) == ["MICROPHONE_MUTED_BY_SYSTEM"]


@pytest.mark.parametrize(("device", "source", "upper", "verb"), DEVICES)
def test_a_device_that_is_on_and_gives_nothing(device: str, source: str, upper: str, verb: str) -> None:
    trace = healthy_join().add(20, "page", "silence", "failed", source=source)
    verdict = trace.the(f"{upper}_MUTED_BY_SYSTEM", 21)
    assert f"your {device} is on and gives no" in verdict.to_participant
    trace.add(22, "page", "silence", source=source)
    assert trace.codes(23) == []


@pytest.mark.parametrize(("device", "source", "upper", "verb"), DEVICES)
def test_a_device_that_was_unplugged(device: str, source: str, upper: str, verb: str) -> None:
    trace = healthy_join().add(20, "page", "track", "changed", source=source, what="ended")
    verdict = trace.the("TRACK_ENDED", 20.1)
    assert verdict.to_participant == f"You cannot be {verb}: your {device} has stopped. It may have been unplugged."
    trace.add(30, "page", device, on=True)
    assert "was started in its place" in trace.the("TRACK_ENDED", 30.1).to_participant
    assert trace.codes(39.9) == ["TRACK_ENDED"]
    assert trace.codes(40.1) == []


def test_a_device_that_was_unplugged_and_is_not_there_any_more_is_told_once() -> None:
    trace = healthy_join().add(20, "page", "track", "changed", source="mic", what="ended")
    trace.add(21, "page", "microphone", "failed", reason="none")
    assert trace.codes(22) == ["TRACK_ENDED"]
    assert trace.codes(60) == ["TRACK_ENDED"]


def test_a_device_that_was_forbidden_in_the_middle_of_the_call() -> None:
    trace = healthy_join().add(20, "page", "track", "changed", source="mic", what="ended")
    trace.add(20.1, "page", "microphone", "failed", reason="denied")
    assert trace.codes(22) == ["MICROPHONE_DENIED"]


def test_a_device_that_ended_before_it_was_got() -> None:
    assert opened().add(2, "page", "camera", "failed", reason="ended").codes(3) == ["TRACK_ENDED"]


def test_a_browser_that_can_do_nothing_of_it() -> None:
    trace = opened().without("page", "device-loaded").add(0.3, "page", "device-loaded", "failed", error="no codecs")
    verdict = trace.the("CODEC_MISMATCH", 1)
    assert "no codecs" in verdict.to_admin
    trace.add(2, "page", "device-loaded")
    assert trace.codes(3) == []


def test_a_browser_that_asks_for_permission_is_waited_for() -> None:
    trace = opened().without("page", "microphone").add(5.6, "page", "microphone", "waiting", seconds=5)
    verdict = trace.the("STILL_WAITING", 6)
    assert "hand over the microphone" in verdict.to_participant
    assert "Allow" in verdict.action
    trace.add(7, "page", "microphone", on=True)
    assert trace.codes(8) == []


def test_a_denied_device_stands_beside_a_blocked_port() -> None:
    trace = joined().add(1.2, "page", "camera", "failed", reason="denied")
    assert trace.codes(20) == ["MEDIA_PORT_BLOCKED", "CAMERA_DENIED"]


def test_what_the_person_says_last_of_the_speaker_counts_be_it_after_the_end() -> None:
    trace = opened().add(3, "page", "speaker").add(4, "web", "ended", reason="tested")
    assert trace.codes(5) == []
    trace.add(6, "page", "speaker", "failed", reason="unheard")
    verdict = trace.the("NO_SPEAKER", 7)
    assert "did not hear" in verdict.to_participant
    assert "choose another" in verdict.action
    assert trace.add(8, "page", "speaker", heard=True).codes(9) == []

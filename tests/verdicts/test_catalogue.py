"""The words of every cause."""

import re
from collections.abc import Mapping

import pytest

from meetings.protocol.requests import COMMON_CODES, REQUESTS
from meetings.verdicts import catalogue
from meetings.verdicts.catalogue import Cause

# What people should not have to look up. TURN and ports they may have to hand on.
JARGON = re.compile(
    r"\b(ICE|DTLS|STUN|RTP|RTCP|SRTP|SDP|SFU|NAT|MTU|producers?|consumers?|routers?|workers?|transports?|candidates?"
    r"|tuples?|peers?|codecs?|sockets?|WebSockets?|encoders?|decoders?|packets?|bitrate|jitter|NACK|PLI|Origin|UDP)\b"
)


class Anything(dict[str, object]):
    """A word for each that is asked for."""

    def __missing__(self, key: str) -> str:
        return "…"


def all_causes() -> list[Cause]:
    return catalogue.causes()


@pytest.mark.parametrize("cause", all_causes(), ids=lambda cause: f"{cause.code}/{cause.variant}")
def test_participants_and_hosts_are_told_in_plain_words(cause: Cause) -> None:
    for said in (cause.participant, cause.host):
        for text in said:
            assert not JARGON.search(text), text


@pytest.mark.parametrize("cause", all_causes(), ids=lambda cause: f"{cause.code}/{cause.variant}")
def test_each_has_a_sentence_and_an_action_for_everybody(cause: Cause) -> None:
    words: Mapping[str, object] = Anything()
    verdict = cause.verdict("p", {**dict.fromkeys(_fields(cause), "x"), **words}, {})
    for said in (*verdict.as_participant_json().values(), verdict.to_host, verdict.to_admin, verdict.admin_action):
        assert said
    for text in (verdict.to_participant, verdict.action, verdict.to_host, verdict.host_action, verdict.to_admin):
        assert text[0] == "x" or text[0] == "{" or text[0].isupper() or text.startswith("produce"), text
        assert len(text) < 320
    assert "{" not in verdict.to_participant + verdict.action + verdict.to_admin + verdict.admin_action
    assert re.fullmatch(r"[A-Z_]+", cause.code)


def _fields(cause: Cause) -> list[str]:
    texts = [text for said in (cause.participant, cause.host, cause.admin) for text in said]
    return [name for text in texts for name in re.findall(r"{(\w+)}", text)]


def test_the_refusals_of_a_join_all_have_a_cause() -> None:
    told_as_no_worker = {"MEDIA_UNAVAILABLE"}
    refusals = {*REQUESTS["join-meeting"].codes, *COMMON_CODES}
    assert refusals - told_as_no_worker <= set(catalogue.codes())


def test_what_only_the_page_can_know_goes_to_it_beforehand() -> None:
    texts = catalogue.page_texts()
    assert set(texts) == {"SITE_UNREACHABLE"}
    assert set(texts["SITE_UNREACHABLE"]) == {"code", "severity", "sentence", "action", "about"}
    assert "cannot be reached" in texts["SITE_UNREACHABLE"]["sentence"]


def test_the_json_forms() -> None:
    words = {"thing": "picture", "who": "Bob {x}", "seconds": "over 5 seconds", "source": "camera", "about": "b"}
    verdict = catalogue.cause("NOTHING_ARRIVES").verdict("b", {**words, "consumer": "c", "seen": "s"}, {"n": 1})
    assert verdict.as_participant_json() == {
        "code": "NOTHING_ARRIVES",
        "severity": "failing",
        "sentence": "The picture of Bob {x} has not arrived for over 5 seconds.",
        "action": "It is being asked for again; if only Bob {x} is missing, it is on their side.",
        "about": "b",
    }
    assert verdict.as_host_json("Ada {who}")["sentence"] == "Ada {who} gets no picture from Bob {x}."
    assert verdict.as_admin()["evidence"] == {"n": 1}

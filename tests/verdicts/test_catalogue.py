"""The words of every cause."""

from meetings.protocol.requests import COMMON_CODES, REQUESTS
from meetings.verdicts import catalogue


def test_the_refusals_of_a_join_all_have_a_cause() -> None:
    told_as_no_worker = {"MEDIA_UNAVAILABLE"}
    refusals = {*REQUESTS["join-meeting"].codes, *COMMON_CODES}
    assert refusals - told_as_no_worker <= set(catalogue.codes())


def test_what_only_the_page_can_know_goes_to_it_beforehand() -> None:
    texts = catalogue.page_texts()
    assert set(texts) == {"SITE_UNREACHABLE"}
    assert set(texts["SITE_UNREACHABLE"]) == {"code", "severity", "sentence", "action", "about", "source"}
    assert "cannot be reached" in texts["SITE_UNREACHABLE"]["sentence"]


def test_the_json_forms() -> None:
    words = {"thing": "picture", "who": "Bob {x}", "seconds": "over 5 seconds", "source": "camera", "about": "b"}
    verdict = catalogue.cause("NOTHING_ARRIVES").verdict(
        "b", "camera", {**words, "consumer": "c", "seen": "s"}, {"n": 1}
    )
    assert verdict.as_participant_json() == {
        "code": "NOTHING_ARRIVES",
        "severity": "failing",
        "sentence": "The picture of Bob {x} has not arrived for over 5 seconds.",
        "action": "It is being asked for again; if only Bob {x} is missing, it is on their side.",
        "about": "b",
        "source": "camera",
        "words": {
            "sentence": {
                "text": "The {thing} of {who} has not arrived for {seconds}.",
                "values": {"thing": "picture", "who": "Bob {x}", "seconds": "over 5 seconds"},
            },
            "action": {
                "text": "It is being asked for again; if only {who} is missing, it is on their side.",
                "values": {"who": "Bob {x}"},
            },
        },
    }
    assert verdict.as_host_json("Ada {who}")["sentence"] == "Ada {who} gets no picture from Bob {x}."
    assert verdict.as_admin()["evidence"] == {"n": 1}

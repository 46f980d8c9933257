"""Validation against mediasoup's own: the same answers, the same refusals, but where ours means to be stricter."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.mediasoup.ortc import (
    generate_router_rtp_capabilities,
    validate_and_normalize_rtp_capabilities,
    validate_and_normalize_rtp_parameters,
    validate_and_normalize_sctp_stream_parameters,
)
from tests.mediasoup.ortc import cases, stricter
from tests.mediasoup.ortc.upstream import Outcome, Upstream, outcome_of

CASES = 1200
SEED = 20_260_101


def _capabilities(rng: random.Random) -> Any:
    return cases.capabilities(rng, dict(generate_router_rtp_capabilities(cases.router_codecs(rng))))


def _parameters(rng: random.Random) -> Any:
    router = dict(generate_router_rtp_capabilities(cases.router_codecs(rng)))
    return cases.parameters(rng, router, rng.choice(["audio", "video"]))


class Subject:
    """A validation: its name upstream, ours, a generator of valid documents, and how the two differ on purpose."""

    def __init__(
        self,
        call: str,
        ours: Callable[[object], Any],
        valid: Callable[[random.Random], Any],
        tidied: Callable[[Any], Any],
        refusals: Callable[[Any], list[str]],
    ) -> None:
        self.call = call
        self.ours = ours
        self.valid = valid
        self.tidied = tidied
        self.refusals = refusals

    def document(self, rng: random.Random) -> Any:
        """A document, three times out of four broken."""
        document = self.valid(rng)
        return document if cases.chance(rng, 0.25) else cases.broken(rng, document)

    def compare(self, document: Any, theirs: Outcome) -> str:
        """Hold our outcome against upstream's; return which kind of outcome it was."""
        ours = outcome_of(lambda: self.ours(document))
        if ours.error is not None:
            assert ours.message.startswith(("rtpCapabilities", "rtpParameters", "sctpStreamParameters")), ours.message
        if theirs.error is not None:
            assert ours.error == theirs.error, (document, ours, theirs)
            return "refused"
        on_purpose = self.refusals(document)
        if on_purpose:
            assert ours.error == "TypeError", (document, on_purpose)
            return "refused on purpose"
        assert ours.error is None, (document, ours)
        assert ours.value == self.tidied(theirs.value), document
        return "accepted"


SUBJECTS = [
    Subject(
        "capabilities",
        validate_and_normalize_rtp_capabilities,
        _capabilities,
        stricter.tidied,
        stricter.capability_refusals,
    ),
    Subject(
        "parameters",
        validate_and_normalize_rtp_parameters,
        _parameters,
        stricter.tidied,
        stricter.parameter_refusals,
    ),
    Subject(
        "sctp",
        validate_and_normalize_sctp_stream_parameters,
        cases.sctp_stream_parameters,
        stricter.tidied_sctp,
        stricter.sctp_refusals,
    ),
]
each_subject = pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.call)


@each_subject
def test_documents_from_a_seed(upstream: Upstream, subject: Subject) -> None:
    rng = random.Random(SEED)
    documents = [subject.document(rng) for _ in range(CASES)]
    outcomes = upstream.call_all((subject.call, document) for document in documents)
    seen = [subject.compare(*pair) for pair in zip(documents, outcomes, strict=True)]
    # A generator that went wrong would make every comparison the same one.
    assert min(seen.count(kind) for kind in ("accepted", "refused", "refused on purpose")) > CASES / 100


@each_subject
@settings(max_examples=150, deadline=None)
@given(rng=st.randoms(use_true_random=False))
def test_documents_hypothesis_looks_for(upstream: Upstream, subject: Subject, rng: random.Random) -> None:
    document = subject.document(rng)
    subject.compare(document, upstream.call(subject.call, document))


@each_subject
@pytest.mark.parametrize("junk", cases.JUNK, ids=lambda junk: repr(junk)[:20])
def test_junk_in_place_of_a_document(upstream: Upstream, subject: Subject, junk: Any) -> None:
    subject.compare(junk, upstream.call(subject.call, junk))

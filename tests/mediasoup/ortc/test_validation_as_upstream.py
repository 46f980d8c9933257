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


WRONG = st.sampled_from(cases.JUNK)


def shape(**fields: Any) -> st.SearchStrategy[Any]:
    """Objects with any of these fields: the value given here, or what the strategy given draws, or something wrong."""
    strategies = {
        name: (value if isinstance(value, st.SearchStrategy) else st.just(value)) | WRONG
        for name, value in fields.items()
    }
    return st.fixed_dictionaries({}, optional=strategies)


def listed(items: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Short arrays of these items and wrong ones."""
    return st.lists(items | WRONG, max_size=2)


CODEC: dict[str, Any] = {
    "mimeType": st.sampled_from(["audio/opus", "VIDEO/vp8", "video/", "audio"]),
    "clockRate": 48000,
    "channels": 2,
    "parameters": shape(apt=1, other="x"),
    "rtcpFeedback": listed(shape(type="nack", parameter="pli")),
}
CAPABILITIES = shape(
    codecs=listed(shape(**CODEC, kind="audio", preferredPayloadType=100)),
    headerExtensions=listed(
        shape(kind="audio", uri="urn:some", preferredId=1, preferredEncrypt=True, direction="inactive")
    ),
)
PARAMETERS = shape(
    mid="0",
    msid="-",
    codecs=listed(shape(**CODEC, payloadType=100)),
    headerExtensions=listed(shape(uri="urn:some", id=1, encrypt=True, parameters=shape(x=1))),
    encodings=listed(
        shape(
            ssrc=1,
            rid="r0",
            rtx=shape(ssrc=2),
            dtx=True,
            scalabilityMode="L1T1",
            codecPayloadType=100,
            maxBitrate=1,
        )
    ),
    rtcp=shape(cname="someone", reducedSize=False),
)
SCTP = shape(streamId=1, ordered=True, maxPacketLifeTime=1, maxRetransmits=1)


class Subject:
    """A validation: its name upstream, ours, valid documents, and how the two differ on purpose."""

    def __init__(
        self,
        call: str,
        ours: Callable[[object], Any],
        valid: Callable[[random.Random], Any],
        shape: st.SearchStrategy[Any],
        tidied: Callable[[Any], Any],
        refusals: Callable[[Any], list[str]],
    ) -> None:
        self.call = call
        self.ours = ours
        self.valid = valid
        self.shape = shape
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
        CAPABILITIES,
        stricter.tidied_capabilities,
        stricter.capability_refusals,
    ),
    Subject(
        "parameters",
        validate_and_normalize_rtp_parameters,
        _parameters,
        PARAMETERS,
        stricter.tidied_parameters,
        stricter.parameter_refusals,
    ),
    Subject(
        "sctp",
        validate_and_normalize_sctp_stream_parameters,
        cases.sctp_stream_parameters,
        SCTP,
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
@given(data=st.data())
def test_documents_hypothesis_looks_for(upstream: Upstream, subject: Subject, data: st.DataObject) -> None:
    document = data.draw(subject.shape)
    subject.compare(document, upstream.call(subject.call, document))


@each_subject
@pytest.mark.parametrize("junk", cases.JUNK, ids=lambda junk: repr(junk)[:20])
def test_junk_in_place_of_a_document(upstream: Upstream, subject: Subject, junk: Any) -> None:
    subject.compare(junk, upstream.call(subject.call, junk))


@pytest.mark.parametrize(
    "mime_type",
    [
        *("audio/x", "AUDIO/X", "Video/ ", "video//rtx", "video/rtx", "audio/", "audio", "/audio/x", "audio/x\ny"),
        *("v\u0131deo/x", "VIDEO/\u0130", "video/\nx", "video/\rx", "video/\u2028x", "video/\u2029x", "video/\x85x"),
    ],
)
def test_odd_mime_types(upstream: Upstream, mime_type: str) -> None:
    for subject, codec in ((SUBJECTS[0], {}), (SUBJECTS[1], {"payloadType": 1})):
        document = {"codecs": [{"mimeType": mime_type, "clockRate": 1, **codec}]}
        subject.compare(document, upstream.call(subject.call, document))

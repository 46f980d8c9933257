"""The whole way from a router's codecs to a consumer's parameters, each step against mediasoup's own."""

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.mediasoup.ortc import (
    can_consume,
    generate_router_rtp_capabilities,
    get_consumable_rtp_parameters,
    get_consumer_rtp_parameters,
    get_pipe_consumer_rtp_parameters,
    get_producer_rtp_parameters_mapping,
    validate_and_normalize_rtp_capabilities,
    validate_and_normalize_rtp_parameters,
)
from media.mediasoup.rtp_parameters import MediaKind
from tests.mediasoup.ortc import cases
from tests.mediasoup.ortc.upstream import Outcome, Upstream, outcome_of

SEED = 20_260_102
ROUTERS = 1000
WAYS = 500
# The ssrcs upstream draws first and second in each call.
FIRST, SECOND = 100_000_000, 200_000_000


def agree(ours: Outcome, theirs: Outcome, case: Any) -> Any:
    """Hold two outcomes against each other and return the value, None when both refused."""
    assert (ours.value, ours.error) == (theirs.value, theirs.error), (case, ours.message, theirs.message)
    return ours.value


def compare_router(upstream: Upstream, media_codecs: Any) -> Any:
    """Compare the capabilities of a router."""
    ours = outcome_of(lambda: generate_router_rtp_capabilities(media_codecs))
    theirs = upstream.call("router", media_codecs)
    agree(ours, theirs, media_codecs)
    return theirs.error


def compare_way(upstream: Upstream, rng: random.Random) -> list[str]:
    """Compare every step from a random router to random consumers; return how far it came."""
    router: Any = generate_router_rtp_capabilities(cases.router_codecs(rng))
    kind: MediaKind = rng.choice(("audio", "video", "video"))
    parameters: Any = validate_and_normalize_rtp_parameters(cases.parameters(rng, router, kind))
    mapped = outcome_of(
        lambda: get_producer_rtp_parameters_mapping(parameters, router, first_mapped_ssrc=FIRST)._asdict()
    )
    theirs = upstream.call("mapping", parameters, router)
    if theirs.error is None:
        theirs = Outcome({"rtp_mapping": theirs.value["mapping"], "rtp_parameters": theirs.value["parameters"]})
    mapping = agree(mapped, theirs, (parameters, router))
    if mapping is None:
        return [f"mapping: {theirs.error}"]
    arguments: tuple[MediaKind, Any, Any, Any] = (kind, mapping["rtp_parameters"], router, mapping["rtp_mapping"])
    consumable = agree(
        outcome_of(lambda: get_consumable_rtp_parameters(*arguments)),
        upstream.call("consumable", *arguments),
        arguments,
    )
    came = [compare_consumer(upstream, rng, consumable, router) for _ in range(3)]
    enable_rtx = cases.chance(rng, 0.5)
    agree(
        outcome_of(
            lambda: get_pipe_consumer_rtp_parameters(consumable, enable_rtx=enable_rtx, ssrc=FIRST, rtx_ssrc=SECOND)
        ),
        upstream.call("pipeConsumer", {"consumableRtpParameters": consumable, "enableRtx": enable_rtx}),
        consumable,
    )
    return came


def compare_consumer(upstream: Upstream, rng: random.Random, consumable: Any, router: Any) -> str:
    """Compare whether, and how, random capabilities consume; return what came out."""
    given: Any = cases.capabilities(rng, router)
    agree(outcome_of(lambda: can_consume(consumable, given)), upstream.call("canConsume", consumable, given), given)
    normalized: Any = validate_and_normalize_rtp_capabilities(given)
    pipe, enable_rtx = cases.chance(rng, 0.2), cases.chance(rng, 0.7)
    theirs = upstream.call(
        "consumer",
        {
            "consumableRtpParameters": consumable,
            "remoteRtpCapabilities": normalized,
            "pipe": pipe,
            "enableRtx": enable_rtx,
        },
    )
    ours = outcome_of(
        lambda: get_consumer_rtp_parameters(
            consumable,
            given,
            pipe=pipe,
            enable_rtx=enable_rtx,
            ssrc=FIRST,
            rtx_ssrc=SECOND if pipe else None,
        )
    )
    agree(ours, theirs, (consumable, given))
    return f"consumer: {theirs.error}"


def test_routers_from_a_seed(upstream: Upstream) -> None:
    rng = random.Random(SEED)
    errors = Counter(compare_router(upstream, cases.media_codecs(rng)) for _ in range(ROUTERS))
    assert min(errors[error] for error in (None, "TypeError", "UnsupportedError", "Error")) > 10, errors


def test_ways_from_a_seed(upstream: Upstream) -> None:
    rng = random.Random(SEED)
    came = Counter(end for _ in range(WAYS) for end in compare_way(upstream, rng))
    expected = ["mapping: UnsupportedError", "mapping: TypeError", "consumer: None", "consumer: UnsupportedError"]
    assert min(came[end] for end in expected) > 10, came


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_other_ways_each_time(upstream: Upstream, seed: int) -> None:
    rng = random.Random(seed)
    compare_router(upstream, cases.media_codecs(rng))
    compare_way(upstream, rng)


@pytest.mark.parametrize(
    "mime_type",
    ["video/RTX", "audio/rtx", "video//rtx", "video/x/Rtx", "video/x\n/rtx", "video/x\u2028/rtx", "video/rtx\n"],
)
def test_what_is_an_rtx_codec(upstream: Upstream, mime_type: str) -> None:
    router = generate_router_rtp_capabilities([])
    parameters = validate_and_normalize_rtp_parameters(
        {"codecs": [{"mimeType": mime_type, "clockRate": 1, "payloadType": 1}]}
    )
    # An RTX codec lacks its media codec, a media codec is not in the router.
    ours = outcome_of(lambda: get_producer_rtp_parameters_mapping(parameters, router))
    theirs = upstream.call("mapping", parameters, router)
    assert agree(ours, theirs, mime_type) is None

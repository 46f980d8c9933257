"""H264 profiles: every value against upstream's package, and the rules in plain words."""

from itertools import product
from typing import Any

import pytest

from media.mediasoup.ortc.h264_profiles import answer_profile_level_id, same_profile
from tests.mediasoup.ortc.upstream import Upstream

BYTES = [f"{byte:02x}" for byte in range(256)]
PROFILE_BYTES = ["42", "4d", "4D", "58", "64", "6e", "f4", "F4", "00"]
# One value of each of the six profiles, and the default.
ONE_OF_EACH: list[dict[str, Any]] = [
    *({"profile-level-id": value} for value in ("42e01f", "42001f", "4d001f", "640c1f", "64001f", "f4001f")),
    {},
]
LEVELS = ["0a", "0b", "0c", "0d", "14", "1e", "1f", "20", "28", "29", "32", "34"]
SAME_PROFILE = [["42e0", "42f0", "4d80"], ["4200", "4210"], ["4d00", "4d10"], ["640c"], ["6400"], ["f400", "F400"]]


def test_every_profile_byte_pair_and_every_level_is_recognised_as_upstream_does(upstream: Upstream) -> None:
    ids = [f"{idc}{iop}1f" for idc, iop in product(PROFILE_BYTES, BYTES)]
    ids += [f"{pair}{level}" for pair in ("42e0", "4210", "f400") for level in BYTES]
    pairs = [({"profile-level-id": value}, other) for value in ids for other in ONE_OF_EACH]
    theirs = upstream.call_all(("sameProfile", one, other) for one, other in pairs)
    differing = [pair for pair, outcome in zip(pairs, theirs, strict=True) if same_profile(*pair) is not outcome.value]
    assert differing == []
    assert sum(outcome.value for outcome in theirs) > 100


def test_every_answer_is_upstreams(upstream: Upstream) -> None:
    asymmetries: list[dict[str, Any]] = [{}, {"level-asymmetry-allowed": 1}, {"level-asymmetry-allowed": "1"}]
    cases: list[tuple[dict[str, Any], dict[str, Any]]] = [({}, {}), ({"profile-level-id": ""}, {})]
    for prefixes in SAME_PROFILE:
        ids: list[dict[str, Any]] = [{"profile-level-id": f"{a}{b}"} for a, b in product(prefixes, LEVELS)]
        if "42e0" in prefixes:
            ids.append({})
        pairs = product(ids, ids, asymmetries, asymmetries)
        cases += [({**local, **mine}, {**offered, **theirs}) for local, offered, mine, theirs in list(pairs)[::5]]
    answers = upstream.call_all(("answer", *case) for case in cases)
    assert len({answer.value for answer in answers}) > 50
    differing = [
        (case, answer.value)
        for case, answer in zip(cases, answers, strict=True)
        if answer_profile_level_id(*case) != answer.value
    ]
    assert differing == []


@pytest.mark.parametrize(
    "value", ["0x42e0", " 42e01", "+42e01", "4_2e01", "-bffe1", "42e01\n", "٤٢٠٠٣٢", 420031, 1.5, True, []]
)
def test_only_six_hexadecimal_digits_are_a_profile(value: object) -> None:
    assert not same_profile({"profile-level-id": value}, {"profile-level-id": value})


def test_a_missing_value_means_constrained_baseline() -> None:
    assert same_profile({}, {"profile-level-id": "42e01f"})
    assert not same_profile({}, {"profile-level-id": "42001f"})


def test_the_answer_has_the_lower_level_unless_both_allow_asymmetry() -> None:
    high, low = {"profile-level-id": "42e034"}, {"profile-level-id": "42e01f"}
    allowed = {"level-asymmetry-allowed": 1}
    assert answer_profile_level_id(high, low) == "42e01f"
    assert answer_profile_level_id({**high, **allowed}, low) == "42e01f"
    assert answer_profile_level_id({**high, **allowed}, {**low, **allowed}) == "42e034"


def test_high_444_predictive_is_a_profile_of_its_own() -> None:
    assert same_profile({"profile-level-id": "f4001f"}, {"profile-level-id": "F40034"})
    assert not same_profile({"profile-level-id": "f4001f"}, {"profile-level-id": "64001f"})
    assert answer_profile_level_id({"profile-level-id": "F40034"}, {"profile-level-id": "f4001f"}) == "f4001f"

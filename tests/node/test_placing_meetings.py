"""Which node a meeting goes to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media.placement import NodeState, all_full, place_meeting

nodes = st.lists(
    st.builds(
        NodeState,
        name=st.sampled_from(["a", "b", "c", "d"]),
        load=st.floats(0, 1),
        headroom=st.integers(0, 1000),
        takes_new=st.booleans(),
    ),
    unique_by=lambda node: node.name,
)


def test_the_least_loaded() -> None:
    assert place_meeting([NodeState("a", 0.5, 100), NodeState("b", 0.2, 100), NodeState("c", 0.9, 500)]) == "b"


def test_of_equals_the_one_with_more_room_then_the_first_by_name() -> None:
    assert place_meeting([NodeState("a", 0.2, 100), NodeState("b", 0.2, 200)]) == "b"
    assert place_meeting([NodeState("b", 0.2, 100), NodeState("a", 0.2, 100)]) == "a"


def test_a_hundredth_more_or_less_is_no_difference() -> None:
    assert place_meeting([NodeState("a", 0.201, 100), NodeState("b", 0.2, 100)]) == "a"


def test_not_where_there_is_no_room_or_nothing_new_is_taken() -> None:
    assert place_meeting([NodeState("a", 0.0, 0), NodeState("b", 0.0, 500, takes_new=False)]) is None
    assert place_meeting([NodeState("a", 0.0, 100)], avoid=["a"]) is None


def test_full_is_not_the_same_as_gone() -> None:
    assert all_full([NodeState("a", 1.0, 0)])
    assert not all_full([])
    assert not all_full([NodeState("a", 1.0, 0, takes_new=False)])
    assert not all_full([NodeState("a", 1.0, 0)], avoid=["a"])
    assert not all_full([NodeState("a", 1.0, 0), NodeState("b", 0.9, 10)])


@given(nodes, st.sets(st.sampled_from(["a", "b", "c", "d"])))
def test_whoever_is_chosen_can_take_it_and_there_is_somebody_unless_none_can(
    some: list[NodeState], avoid: set[str]
) -> None:
    able = {node.name for node in some if node.takes_new and node.headroom and node.name not in avoid}
    chosen = place_meeting(some, avoid)
    assert chosen in able if able else chosen is None
    assert place_meeting(list(reversed(some)), avoid) == chosen

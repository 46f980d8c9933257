"""Placement: numbers in, a choice out."""

from __future__ import annotations

import random

import pytest

from media import placement
from media.placement import (
    Candidate,
    Crowd,
    Newcomer,
    over_share,
    place_newcomer,
    place_room,
    takes_what_newcomer_sends,
)


def workers(*loads: float, **same: int) -> list[Candidate[int]]:
    """One worker for each measured CPU share."""
    return [Candidate(index, cpu=cpu, **same) for index, cpu in enumerate(loads)]


class TestLoad:
    @pytest.mark.parametrize(
        ("cpu", "consumers", "load"),
        [
            (0.0, 0, 0.0),
            (0.3, 0, 0.3),
            (0.1, 250, 0.5),
            (0.7, 250, 0.7),
            (1.4, 0, 1.0),
            (0.0, 900, 1.0),
            (-0.1, 0, 0.0),
        ],
    )
    def test_it_is_the_larger_share_from_0_to_1(self, cpu: float, consumers: int, load: float) -> None:
        assert placement.load(cpu, consumers, 500) == load
        assert Candidate(0, cpu=cpu, consumers=consumers, limit=500).load == load

    def test_headroom_is_what_is_left_of_the_limit(self) -> None:
        assert Candidate(0, consumers=100, promised=50, limit=500).headroom == 350
        assert Candidate(0, consumers=499, promised=50, limit=500).headroom == 0

    def test_a_busy_worker_has_no_headroom_however_few_consumers_it_carries(self) -> None:
        assert Candidate(0, cpu=0.84, consumers=1).headroom == 499
        assert Candidate(0, cpu=0.85, consumers=1).headroom == 0

    def test_the_headroom_of_several_is_their_sum(self) -> None:
        assert placement.headroom(workers(0.1, 0.9, 0.2)) == 1000
        assert placement.headroom([]) == 0

    def test_one_more_is_taken_below_both_limits(self) -> None:
        assert placement.takes_consumer(0.94, 499, 500)
        assert not placement.takes_consumer(0.95, 0, 500)
        assert not placement.takes_consumer(0.0, 500, 500)


class TestRooms:
    def test_they_go_to_the_least_loaded_by_measured_cpu(self) -> None:
        assert place_room(workers(0.5, 0.2, 0.3)) == 1

    def test_consumers_count_as_load_too(self) -> None:
        assert place_room([Candidate(0, consumers=200), Candidate(1, consumers=100), Candidate(2, cpu=0.35)]) == 1

    def test_not_by_turns(self) -> None:
        assert [place_room(workers(0.5, 0.2, 0.3)) for _ in range(3)] == [1, 1, 1]

    def test_a_tie_goes_to_the_fewest_occupants_and_then_to_the_first(self) -> None:
        assert place_room([Candidate(0, occupants=2), Candidate(1, occupants=1), Candidate(2, occupants=1)]) == 1
        assert place_room([Candidate("b"), Candidate("a")]) == "a"

    def test_noise_of_idle_workers_decides_nothing(self) -> None:
        assert place_room([Candidate(0, cpu=0.012), Candidate(1, cpu=0.003, occupants=1)]) == 0

    def test_the_order_of_the_candidates_decides_nothing(self) -> None:
        candidates = [Candidate(n, cpu=(n * 7 % 5) / 10, occupants=n % 3) for n in range(10)]
        expected = place_room(candidates)
        for seed in range(20):
            random.Random(seed).shuffle(candidates)
            assert place_room(candidates) == expected

    def test_those_who_came_just_now_count_before_they_are_measured(self) -> None:
        """A burst follows no single measurement: it evens out what it finds."""
        came = {0: 0, 1: 0}
        for _ in range(40):
            chosen = place_room([Candidate(0, cpu=0.1, fresh=came[0]), Candidate(1, cpu=0.3, fresh=came[1])])
            assert chosen is not None
            came[chosen] += 1
        assert came == {0: 25, 1: 15}

    def test_one_that_comes_with_consumers_goes_where_they_fit(self) -> None:
        candidates = [Candidate(0, consumers=300), Candidate(1, cpu=0.7)]
        assert place_room(candidates, 100) == 0
        assert place_room(candidates, 300) == 1
        assert place_room(candidates, 501) is None

    def test_nobody_has_headroom(self) -> None:
        assert place_room([Candidate(0, cpu=0.9), Candidate(1, consumers=500)]) is None
        assert place_room([]) is None


class TestNewcomers:
    def test_a_small_room_stays_together(self) -> None:
        candidates = [Candidate(0, cpu=0.4, consumers=40), Candidate(1)]
        assert place_newcomer(candidates, {0: Crowd(4, 40)}, Newcomer(receives=8, sends=2)) == 0

    def test_a_room_that_has_its_share_of_a_worker_spreads_to_the_least_loaded(self) -> None:
        candidates = [Candidate(0, consumers=240), Candidate(1, cpu=0.3), Candidate(2, cpu=0.2)]
        assert place_newcomer(candidates, {0: Crowd(11, 240)}, Newcomer(receives=22, sends=2)) == 2

    def test_a_single_worker_is_filled_to_its_limit(self) -> None:
        assert place_newcomer([Candidate(0, consumers=400)], {0: Crowd(14, 400)}, Newcomer(28, 2)) == 0
        assert place_newcomer([Candidate(0, consumers=480)], {0: Crowd(16, 480)}, Newcomer(30, 2)) is None

    def test_what_the_others_will_consume_of_the_newcomer_must_fit_too(self) -> None:
        """Worker 1 could take the newcomer, but those on worker 0 could not receive what they send."""
        candidates = [Candidate(0, consumers=490), Candidate(1)]
        assert place_newcomer(candidates, {0: Crowd(20, 490)}, Newcomer(receives=40, sends=2)) is None
        assert place_newcomer(candidates, {0: Crowd(20, 490)}, Newcomer(receives=40, sends=0)) == 1

    def test_a_worker_too_busy_for_what_those_there_will_receive_stops_the_room(self) -> None:
        candidates = [Candidate(0, cpu=0.9, consumers=100), Candidate(1)]
        assert place_newcomer(candidates, {0: Crowd(7, 100)}, Newcomer(14, 2)) is None

    def test_somebody_who_only_listens_in_a_webinar_costs_what_they_receive(self) -> None:
        candidates = [Candidate(0, consumers=400), Candidate(1)]
        assert place_newcomer(candidates, {0: Crowd(200, 400)}, Newcomer(receives=2, sends=2 / 201)) == 1

    def test_where_the_room_lives_but_nobody_new_is_taken_does_not_count(self) -> None:
        assert place_newcomer([Candidate(1)], {0: Crowd(5, 50)}, Newcomer(10, 2)) == 1

    def test_who_is_elsewhere_is_received_by_those_who_are_here(self) -> None:
        crowds = {0: Crowd(20, 460)}
        assert takes_what_newcomer_sends([Candidate(0, consumers=460)], crowds, Newcomer(receives=40, sends=2))
        assert not takes_what_newcomer_sends([Candidate(0, consumers=461)], crowds, Newcomer(receives=40, sends=2))
        assert not takes_what_newcomer_sends([Candidate(0, cpu=0.9)], {0: Crowd(1, 0)}, Newcomer(sends=2))
        assert takes_what_newcomer_sends([], {}, Newcomer(sends=2))

    def test_a_meeting_has_its_share_of_a_node_and_no_more(self) -> None:
        crowds = [Crowd(10, 200), Crowd(10, 220)]
        assert not over_share(crowds, Newcomer(receives=80), capacity=1000, share=0.5)
        assert over_share(crowds, Newcomer(receives=81), capacity=1000, share=0.5)
        assert not over_share([], Newcomer(), capacity=0, share=0.5), "whoever comes first is let in"

    def test_nowhere_to_go(self) -> None:
        assert place_newcomer([], {}, Newcomer()) is None
        assert place_newcomer([Candidate(0, cpu=0.9)], {}, Newcomer()) is None

    @pytest.mark.parametrize("count", [1, 2, 4, 8])
    def test_a_growing_room_fills_all_workers_and_none_beyond_its_limit(self, count: int) -> None:
        """Everybody sends two streams and receives everybody's. The room stops growing; no worker is ever over."""
        peers, limit, size = [0] * count, 500, 0
        while True:
            sent = 2 * size
            crowds = {n: Crowd(here, here * max(0, sent - 2)) for n, here in enumerate(peers) if here}
            candidates = [Candidate(n, consumers=peers[n] * max(0, sent - 2), limit=limit) for n in range(count)]
            chosen = place_newcomer(candidates, crowds, Newcomer(receives=sent, sends=2 if size else 0))
            if chosen is None:
                break
            peers[chosen] += 1
            size += 1
            assert all(here * 2 * (size - 1) <= limit for here in peers)
        # What all workers carry together is what the room's size comes to, so it cannot be much larger than this.
        assert size >= 0.8 * (count * limit / 2) ** 0.5
        assert min(peers) >= 1


class TestThoseWhoArrive:
    def test_what_they_have_not_brought_yet_is_outstanding_for_a_while(self) -> None:
        assert placement.outstanding(10, 4, age=0.5) == 6
        assert placement.outstanding(10, 12, age=0.5) == 0
        assert placement.outstanding(10, 4, age=placement.SETTLING_SECONDS) == 0

    def test_they_are_fresh_until_their_cost_can_have_been_measured(self) -> None:
        assert placement.is_fresh(0.0)
        assert not placement.is_fresh(3.0)

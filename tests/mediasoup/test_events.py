"""Emitters: who is called, when, and what a bad listener can do (nothing)."""

from __future__ import annotations

import pytest

from media.mediasoup.events import EventEmitter, ObservedEmitter


def test_listeners_are_called_in_order_with_what_is_emitted() -> None:
    emitter, got = EventEmitter(), list[object]()
    emitter.on("x", lambda *args: got.append(("first", *args)))
    emitter.on("x", lambda *args: got.append(("second", *args)))
    emitter.on("y", got.append)
    assert emitter.emit("x", 1, "two")
    assert got == [("first", 1, "two"), ("second", 1, "two")]
    assert emitter.listener_count("x") == 2


def test_nobody_listens() -> None:
    emitter = EventEmitter()
    assert not emitter.emit("x")
    emitter.off("x", print)
    emitter.on("y", print)
    assert not emitter.emit("x")
    assert emitter.listener_count("x") == 0


def test_raising_listener_is_logged_and_hurts_nobody(caplog: pytest.LogCaptureFixture) -> None:
    emitter, got = EventEmitter(), list[int]()

    def raises(number: int) -> None:
        raise RuntimeError("not my day")

    emitter.on("x", raises)
    emitter.on("x", got.append)
    assert emitter.emit("x", 1)
    assert got == [1]
    assert "not my day" in caplog.text
    assert "'x' on EventEmitter" in caplog.text


def test_once() -> None:
    emitter, got = EventEmitter(), list[int]()
    emitter.once("x", got.append)
    emitter.emit("x", 1)
    emitter.emit("x", 2)
    assert got == [1]


def test_once_can_be_taken_back() -> None:
    emitter, got = EventEmitter(), list[int]()
    emitter.once("x", got.append)
    emitter.off("x", got.append)
    emitter.emit("x", 1)
    assert got == []


def test_off_takes_one_registration_away() -> None:
    emitter, got = EventEmitter(), list[int]()
    emitter.on("x", got.append)
    emitter.on("x", got.append)
    emitter.off("x", got.append)
    emitter.emit("x", 1)
    assert got == [1]
    emitter.off("x", got.append)
    assert not emitter.emit("x", 2)


def test_changes_while_being_called_take_effect_with_the_next_emit() -> None:
    emitter, got = EventEmitter(), list[str]()

    def first() -> None:
        got.append("first")
        emitter.off("x", second)
        emitter.on("x", lambda: got.append("third"))

    def second() -> None:
        got.append("second")

    emitter.on("x", first)
    emitter.on("x", second)
    emitter.emit("x")
    assert got == ["first", "second"]
    emitter.emit("x")
    assert got == ["first", "second", "first", "third"]


def test_listener_that_emits_the_same_again() -> None:
    emitter, got = EventEmitter(), list[int]()

    def again(number: int) -> None:
        got.append(number)
        if number:
            emitter.emit("x", number - 1)

    emitter.on("x", again)
    emitter.emit("x", 3)
    assert got == [3, 2, 1, 0]


def test_remove_all_listeners() -> None:
    emitter = EventEmitter()
    emitter.on("x", print)
    emitter.remove_all_listeners()
    assert not emitter.emit("x")


def test_observer_is_made_when_asked_for() -> None:
    emitter, got = ObservedEmitter(), list[int]()
    emitter.observe("x", 1)
    emitter.observer.on("x", got.append)
    assert emitter.observer is emitter.observer
    emitter.observe("x", 2)
    emitter.emit("x", 3)
    assert got == [2]


def test_emitters_do_not_share_listeners() -> None:
    one, other = EventEmitter(), EventEmitter()
    one.on("x", print)
    assert other.listener_count("x") == 0

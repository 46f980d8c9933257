"""Synchronous events, under upstream's event names."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

logger = logging.getLogger(__name__)

Listener = Callable[..., Any]


class EventEmitter:
    """Calls listeners, in the order in which they were added, with whatever `emit` is given.

    Listeners are plain functions and run before `emit` returns. One that raises is logged and hurts nobody else.
    Listeners may add and remove listeners while being called; that takes effect with the next `emit`.
    An emitter without listeners costs one attribute, as there can be tens of thousands of them.
    """

    _listeners: dict[str, tuple[Listener, ...]] | None = None

    def on(self, name: str, listener: Listener) -> None:
        """Call `listener` at each `name` from now on. Adding it twice calls it twice."""
        if self._listeners is None:
            self._listeners = {}
        self._listeners[name] = (*self._listeners.get(name, ()), listener)

    def once(self, name: str, listener: Listener) -> None:
        """Call `listener` at the next `name` only."""
        self.on(name, _Once(self, name, listener))

    def off(self, name: str, listener: Listener) -> None:
        """Stop calling `listener` (its oldest registration). Unknown listeners are ignored."""
        if self._listeners is None:
            return
        kept = list(self._listeners.get(name, ()))
        if listener in kept:
            kept.remove(listener)
        if kept:
            self._listeners[name] = tuple(kept)
        else:
            self._listeners.pop(name, None)

    def remove_all_listeners(self) -> None:
        """Forget every listener of every event."""
        self._listeners = None

    def listener_count(self, name: str) -> int:
        """How many listeners an `emit(name)` would call now."""
        return len(self._listeners.get(name, ())) if self._listeners else 0

    def emit(self, name: str, *args: Any) -> bool:
        """Call every listener of `name`. True when there was one. Never raises an `Exception`."""
        if self._listeners is None:
            return False
        listeners = self._listeners.get(name)
        if not listeners:
            return False
        for listener in listeners:
            try:
                listener(*args)
            except Exception:
                logger.exception("a listener of %r on %s raised", name, type(self).__name__)
        return True


class ObservedEmitter(EventEmitter):
    """An emitter with a second one beside it, upstream's `observer`: for those who watch objects that others own."""

    _observer: EventEmitter | None = None

    @property
    def observer(self) -> EventEmitter:
        """The events of this object's life (`close`, `newrouter`, …), also those caused by its owner's own calls."""
        if self._observer is None:
            self._observer = EventEmitter()
        return self._observer

    def observe(self, name: str, *args: Any) -> None:
        """Emit on the observer; costs nothing while nobody has asked for it."""
        if self._observer is not None:
            self._observer.emit(name, *args)


class _Once:
    """A listener that takes itself off before it calls the one it stands for; equal to it, so that `off` finds it."""

    __slots__ = ("_emitter", "_listener", "_name")

    def __init__(self, emitter: EventEmitter, name: str, listener: Listener) -> None:
        self._emitter = emitter
        self._name = name
        self._listener = listener

    def __call__(self, *args: Any) -> None:
        self._emitter.off(self._name, self)
        self._listener(*args)

    def __eq__(self, other: object) -> bool:
        return other is self or other == self._listener

    def __hash__(self) -> int:
        return hash(self._listener)

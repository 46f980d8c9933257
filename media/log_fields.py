"""The ids that belong to what is being done, for log records to carry: one join can be followed through all processes.

Kept in a context variable, so that tasks and threads that are started for something carry its ids too.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

FIELDS: Final = ("meeting", "participant", "attempt", "connection", "node", "worker", "transport")
"""What a record may carry. `attempt` is one `join-meeting` and all that its socket asks until the next; `connection` is
a signalling socket, `node` a media node, `worker` the index of one of its workers."""

TRACED: Final = ("attempt", "connection")
"""What goes down the link with a request, beside what the request is about."""

LONGEST: Final = 64

_fields: ContextVar[Mapping[str, str]] = ContextVar("log_fields", default={})  # noqa: B039  # a Mapping: never changed


def log_fields() -> Mapping[str, str]:
    """The ids that records carry here and now."""
    return _fields.get()


@contextmanager
def logged_with(**ids: Any) -> Iterator[None]:
    """Have what is logged in the block carry these ids too. Those that are None or empty are left out."""
    token = _fields.set(_with(ids))
    try:
        yield
    finally:
        _fields.reset(token)


def log_with(**ids: Any) -> None:
    """The same, until the task, or the block of `logged_with` around this, ends."""
    _fields.set(_with(ids))


def trace() -> dict[str, str]:
    """What the other end of the link is to log of who asked."""
    return {name: value for name, value in log_fields().items() if name in TRACED}


def traced(given: Any) -> dict[str, str]:
    """The same, read from the link: what makes no sense is left out."""
    if not isinstance(given, dict):
        return {}
    texts = {name: given.get(name) for name in TRACED}
    return {name: text[:LONGEST] for name, text in texts.items() if isinstance(text, str)}


def _with(ids: Mapping[str, Any]) -> Mapping[str, str]:
    return {**log_fields(), **{name: str(value) for name, value in ids.items() if value not in (None, "")}}

"""Meetings, and all that is kept of them, in the admin. Each part registers itself."""

from meetings.admin import (  # noqa: F401
    attempts,
    audit,
    breakouts,
    chat,
    meetings,
    notes,
    people,
    planning,
    polls,
    probes,
    tokens,
    webhooks,
)

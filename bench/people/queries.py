"""How often a site asks its database, as PostgreSQL counts it."""

from __future__ import annotations

from typing import Self

import psycopg

# What people do in meetings. Statements by which PostgreSQL itself looks after foreign keys are left out, and so is
# what the site does beside: heartbeats, and the event stream, which is written in portions.
_ABOUT_PEOPLE = """
    SELECT coalesce(sum(calls), 0) FROM pg_stat_statements
    WHERE query ~ 'meetings_(meeting|participant|knock|chatmessage)"' AND query NOT LIKE '%KEY SHARE%'
"""


class Queries:
    """Counts statements about meetings, who is in them, and what they write."""

    def __init__(self, address: str) -> None:
        self._connection = psycopg.connect(address, autocommit=True)
        self._connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def so_far(self) -> int:
        """Since the database was made."""
        found = self._connection.execute(_ABOUT_PEOPLE).fetchone()
        assert found is not None
        return int(found[0])

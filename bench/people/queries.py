"""How often a site asks its database, as PostgreSQL counts it."""

from __future__ import annotations

from typing import Self

import psycopg


class Queries:
    """Statements of everybody but this counter."""

    def __init__(self, address: str) -> None:
        self._connection = psycopg.connect(address, autocommit=True)
        self._connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def so_far(self) -> int:
        """Since the database was made."""
        found = self._connection.execute(
            "SELECT sum(calls) FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%'"
        ).fetchone()
        assert found is not None
        return int(found[0])

"""Deleting many rows."""

from typing import Any, Final

from django.db.models import QuerySet

# Rows that are deleted at once: a fraction of a second in which nobody else can write to SQLite.
CHUNK: Final = 2_000


def delete_rows(rows: QuerySet[Any], chunk: int = CHUNK) -> int:
    """Delete these, with what belongs to them. How many that were.

    Each chunk is a transaction of its own, so that a run that is interrupted leaves less to the next one.
    """
    total = 0
    while deleted := rows.model.objects.filter(pk__in=list(rows.values_list("pk", flat=True)[:chunk])).delete()[0]:
        total += deleted
    return total

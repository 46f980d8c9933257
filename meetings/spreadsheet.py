"""Tables to download, which spreadsheets open without running anything that is in them."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

Cell = str | int | float | None

# What spreadsheets take for the beginning of a formula.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> StreamingHttpResponse:
    """A download called `name`.csv. Text that a spreadsheet would take for a formula gets an apostrophe in front."""
    writer = csv.writer(_Line())
    lines: Iterator[str] = (writer.writerow([_safe(cell) for cell in row]) for row in _with_head(head, rows))
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _with_head(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    yield head
    yield from rows


def _safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_DANGEROUS) else cell


class _Line:
    """What the writer writes is what it returns."""

    def write(self, text: str) -> str:
        return text

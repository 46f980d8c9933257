"""Edits that were made at once lead everybody to one text, in whatever order they come."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from meetings.notes.edits import Change, Edit, apply, fits, growth, transform

WORDS = st.text(alphabet="abc🦊\n", max_size=4)


@st.composite
def edits_of(draw: Any, length: int) -> Edit:
    places = sorted(draw(st.lists(st.integers(0, length), max_size=6)))
    changes, end = [], 0
    for at, upto in zip(places[::2], places[1::2], strict=False):
        if at >= end:
            changes.append(Change(at, upto - at, draw(WORDS)))
            end = upto
    return tuple(changes)


@st.composite
def texts_with_edits(draw: Any, count: int) -> tuple[str, list[Edit]]:
    text = draw(st.text(alphabet="xyz🦊", max_size=12))
    return text, [draw(edits_of(len(text))) for _ in range(count)]


@given(texts_with_edits(2))
def test_two_edits_at_once_converge(known: tuple[str, list[Edit]]) -> None:
    text, (first, second) = known
    second_after, first_after = transform(second, first, wins=False), transform(first, second, wins=True)
    assert fits(second_after, len(apply(first, text)))
    assert apply(second_after, apply(first, text)) == apply(first_after, apply(second, text))


@given(texts_with_edits(1))
def test_an_edit_is_what_it_says(known: tuple[str, list[Edit]]) -> None:
    text, (edit,) = known
    assert fits(edit, len(text))
    assert len(apply(edit, text)) == len(text) + growth(edit)
    assert apply(transform(edit, (), wins=False), text) == apply(edit, text)


class Writer:
    """Somebody's page: the text as the server knew it last, an edit on its way, and what was written since."""

    def __init__(self) -> None:
        self.base, self.version = "", 0
        self.sent: Edit | None = None

    def take(self, edit: Edit) -> None:
        """One of the server's edits that is not one's own."""
        if self.sent is not None:
            self.sent = transform(self.sent, edit, wins=False)
        self.base, self.version = apply(edit, self.base), self.version + 1


@given(st.data())
def test_any_number_of_writers_converge_over_a_server(data: Any) -> None:
    history: list[Edit] = []
    writers = [Writer() for _ in range(3)]
    for _ in range(data.draw(st.integers(1, 12))):
        writer = writers[data.draw(st.integers(0, 2))]
        known = writer.version
        if writer.sent is None:
            writer.sent = data.draw(edits_of(len(writer.base)))
        if data.draw(st.booleans()):
            # It gets there, after what others did.
            edit = writer.sent
            for before in history[known:]:
                edit = transform(edit, before, wins=False)
                writer.take(before)
            assert edit == writer.sent
            history.append(edit)
            writer.sent = None
            writer.take(edit)
        elif known < len(history):
            writer.take(history[known])
    text = ""
    for edit in history:
        assert fits(edit, len(text))
        text = apply(edit, text)
    for writer in writers:
        for edit in history[writer.version :]:
            writer.take(edit)
        assert writer.base == text


def test_who_was_there_first_stands_first() -> None:
    here, there = (Change(1, 0, "A"),), (Change(1, 0, "B"),)
    assert apply(transform(there, here, wins=False), apply(here, "xy")) == "xABy"


def test_what_is_deleted_by_both_is_deleted_once_and_what_was_put_into_it_stays() -> None:
    half, within, rest = (Change(0, 4, ""),), (Change(3, 0, "new"),), (Change(2, 4, ""),)
    assert apply(transform(rest, half, wins=False), apply(half, "abcdef")) == ""
    assert apply(transform(half, within, wins=False), apply(within, "abcdef")) == "newef"


def test_what_does_not_fit() -> None:
    for edit in ((Change(0, 4, ""),), (Change(4, 0, "x"),), (Change(-1, 0, "x"),), (Change(1, -1, ""),)):
        assert not fits(edit, 3)
    assert not fits((Change(0, 2, ""), Change(1, 1, "")), 3)

"""Edits of one text, and what becomes of an edit when another one came first. Pure.

An edit is changes in the order of their places, none within another; places are characters (code points) of the text
before the edit. `static/meetings/js/state/text-edits.js` does the same in the page, and has to.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

_REST: Final = 1 << 60


@dataclass(frozen=True, slots=True)
class Change:
    """At a place in a text, put something before what is deleted from there on."""

    at: int
    delete: int
    insert: str


Edit = tuple[Change, ...]
_Step = tuple[Literal["keep", "drop"], int] | tuple[Literal["put"], str]


def fits(edit: Edit, length: int) -> bool:
    """Whether it is an edit of a text with so many characters."""
    end = 0
    for change in edit:
        if change.at < end or change.delete < 0 or change.at + change.delete > length:
            return False
        end = change.at + change.delete
    return True


def growth(edit: Edit) -> int:
    """By how many characters a text becomes longer."""
    return sum(len(change.insert) - change.delete for change in edit)


def apply(edit: Edit, text: str) -> str:
    """The text after the edit, which fits it."""
    parts, done = [], 0
    for change in edit:
        parts += [text[done : change.at], change.insert]
        done = change.at + change.delete
    return "".join([*parts, text[done:]])


def transform(edit: Edit, other: Edit, *, wins: bool) -> Edit:
    """What `edit` is to a text that `other` has changed already; both were made to the same text. Where both put
    something at one place, that of the one that `wins` stands first: exactly one of the two has to, so that either way
    around leads to the same text.
    """
    return _as_edit(_transformed(list(_steps(edit)), list(_steps(other)), wins=wins))


def _transformed(mine: list[_Step], theirs: list[_Step], *, wins: bool) -> Iterator[_Step]:
    mine.reverse()
    theirs.reverse()
    while mine:
        my = mine.pop()
        their = theirs.pop() if theirs else ("keep", _REST)
        if my[0] == "put" and (wins or their[0] != "put"):
            yield my
            theirs.append(their)
        elif their[0] == "put":
            yield "keep", len(their[1])
            mine.append(my)
        elif my[0] != "put":
            both = min(my[1], their[1])
            if their[0] == "keep":
                yield my[0], both
            for steps, step in ((mine, my), (theirs, their)):
                if step[1] > both:
                    steps.append((step[0], step[1] - both))


def _steps(edit: Edit) -> Iterator[_Step]:
    done = 0
    for change in edit:
        if change.at > done:
            yield "keep", change.at - done
        if change.insert:
            yield "put", change.insert
        if change.delete:
            yield "drop", change.delete
        done = change.at + change.delete


def _as_edit(steps: Iterable[_Step]) -> Edit:
    changes: list[Change] = []
    at, delete, insert = 0, 0, ""
    for step in steps:
        if step[0] == "put":
            insert += step[1]
        elif step[0] == "drop":
            delete += step[1]
        else:
            if delete or insert:
                changes.append(Change(at, delete, insert))
            at, delete, insert = at + delete + step[1], 0, ""
    if delete or insert:
        changes.append(Change(at, delete, insert))
    return tuple(changes)

"""What people decide by voting."""

from meetings.protocol.fields import Flag, Id, Kind, ListOf, Shape, Text, Whole
from meetings.protocol.requests.request import ROW_CODES, Request
from meetings.protocol.shapes import (
    LONGEST_POLL_OPTION,
    LONGEST_POLL_QUESTION,
    MOST_POLL_OPTIONS,
    MOST_POLLS,
    POLL,
    POLL_KIND,
    RESULTS_FOR,
)

_POLL_ID = {"pollId": Id()}
_OPTIONS = ListOf(Text(longest=LONGEST_POLL_OPTION, blank=False), longest=MOST_POLL_OPTIONS, shortest=2, distinct=True)
# What a poll is made of.
POLL_CONTENT: dict[str, Kind] = {
    "question": Text(longest=LONGEST_POLL_QUESTION, blank=False),
    "options": _OPTIONS,
    "kind": POLL_KIND,
    "anonymous": Flag(),
    "resultsFor": RESULTS_FOR,
}
_CHOSEN = ListOf(Whole(most=MOST_POLL_OPTIONS - 1), longest=MOST_POLL_OPTIONS, shortest=1)

POLLING = (
    Request(
        "polls",
        "polls-told",
        "All polls of the meeting, the first first, as they are for you: drafts are for hosts and presenters, "
        "`results` are null while they are not for you, `mine` is what you voted for.",
        answer=Shape({"polls": ListOf(POLL, longest=MOST_POLLS)}),
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", *ROW_CODES),
    ),
    Request(
        "create-poll",
        "poll-created",
        "Hosts and presenters only. Make a poll: a draft that they alone see, or with `open` one that everybody votes "
        f"in at once; {MOST_POLLS} at most in a meeting. Of an `anonymous` one nobody is told who voted for what, not "
        "even hosts. With `resultsFor` `hosts`, others see how votes stand once it is closed.",
        data=Shape(
            {**POLL_CONTENT, "open?": Flag()},
        ),
        answer=POLL,
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", *ROW_CODES),
        pushes=("poll-updated",),
    ),
    Request(
        "open-poll",
        "poll-opened",
        "Hosts and presenters only. Let everybody vote in a draft.",
        data=Shape(_POLL_ID),
        answer=POLL,
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", "POLL_NOT_FOUND", "POLL_STATE", *ROW_CODES),
        pushes=("poll-updated",),
    ),
    Request(
        "close-poll",
        "poll-closed",
        "Hosts and presenters only. Let nobody vote any more in an open one, and everybody see the results.",
        data=Shape(_POLL_ID),
        answer=POLL,
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", "POLL_NOT_FOUND", "POLL_STATE", *ROW_CODES),
        pushes=("poll-updated",),
    ),
    Request(
        "delete-poll",
        "poll-deleted",
        "Hosts and presenters only. Delete a poll with all votes.",
        data=Shape(_POLL_ID),
        answer=Shape(_POLL_ID),
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", "POLL_NOT_FOUND", *ROW_CODES),
        pushes=("poll-deleted",),
    ),
    Request(
        "vote",
        "voted",
        "Vote for options of an open poll, by their places from 0; again, to change your vote. A person has one vote, "
        "in whichever window: an account, or a guest as the browser knows them.",
        data=Shape({**_POLL_ID, "options": _CHOSEN}),
        answer=POLL,
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", "POLL_NOT_FOUND", "POLL_STATE", *ROW_CODES),
        pushes=("poll-results", "poll-updated"),
    ),
)

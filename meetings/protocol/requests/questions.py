"""What people want to know."""

from meetings.protocol.fields import Flag, Id, ListOf, Shape, Text, Whole
from meetings.protocol.requests.request import ROW_CODES, Request
from meetings.protocol.shapes import LONGEST_QUESTION, QUESTION

QUESTIONS_A_PAGE = 50
# Enough for anybody; whoever has more to ask waits for answers.
MOST_OPEN_OF_ONE = 20

_QUESTION_ID = {"questionId": Id()}

QUESTIONS = (
    Request(
        "questions",
        "questions-told",
        "What was asked, a page at a time: what is open before what is answered, and of each what most want to know "
        "first. `after` is the last question of the page before; `more` says that there are more.",
        data=Shape({"after?": Id(), "limit?": Whole(least=1, most=QUESTIONS_A_PAGE)}),
        answer=Shape({"questions": ListOf(QUESTION, longest=QUESTIONS_A_PAGE), "more": Flag()}),
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", "QUESTION_NOT_FOUND", *ROW_CODES),
    ),
    Request(
        "ask-question",
        "question-asked",
        "Ask everybody. Who may not write to everybody (`permissions.chat`) may not ask either; nor who has "
        f"{MOST_OPEN_OF_ONE} questions that are open.",
        data=Shape({"question": Text(longest=LONGEST_QUESTION, blank=False)}),
        answer=QUESTION,
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", *ROW_CODES),
        pushes=("question-updated",),
    ),
    Request(
        "vote-question",
        "question-voted",
        "Say that you want a question answered too, or do so no more. A person counts once.",
        data=Shape({**_QUESTION_ID, "voted": Flag()}),
        answer=QUESTION,
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", "QUESTION_NOT_FOUND", *ROW_CODES),
        pushes=("question-votes",),
    ),
    Request(
        "answer-question",
        "question-answered",
        "Say that a question is answered, or is not after all.",
        data=Shape({**_QUESTION_ID, "answered": Flag()}),
        answer=QUESTION,
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", "QUESTION_NOT_FOUND", *ROW_CODES),
        pushes=("question-updated",),
        hosts_only=True,
    ),
    Request(
        "dismiss-question",
        "question-dismissed",
        "Take a question out of everybody's list. It is kept for the hosts.",
        data=Shape(_QUESTION_ID),
        answer=Shape(_QUESTION_ID),
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", "QUESTION_NOT_FOUND", *ROW_CODES),
        pushes=("question-dismissed",),
        hosts_only=True,
    ),
)

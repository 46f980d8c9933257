"""What people write to each other."""

from meetings.protocol.fields import Flag, Id, ListOf, Shape, Text, Uuid, Whole
from meetings.protocol.requests.request import ROW_CODES, Request
from meetings.protocol.shapes import LONGEST_MESSAGE, MESSAGE, RECIPIENT_TYPE

MOST_MESSAGES = 50

_WORDS = Text(longest=LONGEST_MESSAGE, blank=False)
_MESSAGE_ID = {"messageId": Id()}

CHATTING = (
    Request(
        "send-message",
        "message-sent",
        "Write to everybody, to the hosts, or to one participant who is there. Whoever may not write to everybody "
        "(`permissions.chat`) may write to the hosts still, to all of them or to one. With a `messageId` of your own, "
        "a UUID, you may ask again after a connection broke: the message is written once. Line breaks are kept; "
        "what is written is text and never markup.",
        data=Shape(
            {"message": _WORDS, "recipientType": RECIPIENT_TYPE, "recipientId?": Id(), "messageId?": Uuid()},
        ),
        answer=MESSAGE,
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", *ROW_CODES),
        pushes=("new-message",),
    ),
    Request(
        "file-ticket",
        "file-ticket-told",
        "A ticket with which files are sent (`Authorization: Ticket …` to `/api/meetings/<id>/files/`) and got "
        "(`/files/<id>/?ticket=…`) as this participant, for `expiresIn` seconds.",
        answer=Shape({"ticket": Text(), "expiresIn": Whole()}),
        codes=("NOT_IN_MEETING",),
    ),
    Request(
        "edit-message",
        "message-edited",
        "Give a message of your own other words. A file that it carries stays as it is.",
        data=Shape({**_MESSAGE_ID, "message": _WORDS}),
        answer=MESSAGE,
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", "MESSAGE_NOT_FOUND", *ROW_CODES),
        pushes=("message-edited",),
    ),
    Request(
        "delete-message",
        "message-deleted",
        "Delete a message of your own; hosts, any that they can read. Its words and "
        "its file are gone for good, its place stays.",
        data=Shape(_MESSAGE_ID),
        answer=MESSAGE,
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", "MESSAGE_NOT_FOUND", *ROW_CODES),
        pushes=("message-deleted",),
    ),
    Request(
        "chat-history",
        "chat-history-told",
        "What was written last, or last before a message, oldest first, as far as it is for you: what was written to "
        "everybody before you came is not, where the meeting has it so. `more` says that there is more before it.",
        data=Shape({"before?": Id(), "limit?": Whole(least=1, most=MOST_MESSAGES)}),
        answer=Shape({"messages": ListOf(MESSAGE, longest=MOST_MESSAGES), "more": Flag()}),
        codes=("NOT_IN_MEETING", "MESSAGE_NOT_FOUND", *ROW_CODES),
    ),
    Request(
        "typing",
        "typing-noted",
        "Tell those for whom your message will be (everybody, where nothing is said) that you write it, or do so no "
        "more. Tell it again every few seconds.",
        data=Shape({"typing": Flag(), "recipientType?": RECIPIENT_TYPE, "recipientId?": Id()}),
        codes=("NOT_IN_MEETING", "NOT_ALLOWED", *ROW_CODES),
        pushes=("user-typing",),
    ),
)

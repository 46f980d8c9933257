"""What each request does: one handler an event, and one for all that are the media node's business.

A handler gets the session of the socket and the checked data, answers the reply's data, and refuses by raising Refusal
or MediaError.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from meetings.handlers import breakouts, chatting, moderating, noting, polling, testing
from meetings.handlers.hosting import end, extend, let_come_again, lock, remove
from meetings.handlers.inviting import invite_bot
from meetings.handlers.joining import join
from meetings.handlers.leaving import leave
from meetings.handlers.media import relay
from meetings.handlers.permitting import set_permissions
from meetings.handlers.pinging import ping
from meetings.handlers.reporting import report_gap
from meetings.handlers.tracing import trace
from meetings.handlers.waiting import admit, admit_all, deny
from meetings.protocol.requests import REQUESTS
from meetings.signalling.frames import Instead
from meetings.signalling.session import Session

Handler = Callable[[Session, dict[str, Any]], Awaitable[dict[str, Any] | Instead]]

HANDLERS: dict[str, Handler] = {
    "join-meeting": join,
    "leave-meeting": leave,
    "gap-report": report_gap,
    "invite-bot": invite_bot,
    "ping": ping,
    "trace": trace,
    "admit-participant": admit,
    "deny-participant": deny,
    "admit-all": admit_all,
    "remove-participant": remove,
    "lift-ban": let_come_again,
    "set-permissions": set_permissions,
    "mute-participant": moderating.mute_participant,
    "mute-all": moderating.mute_everybody,
    "ask-to-unmute": moderating.ask_unmute,
    "set-role": moderating.set_role,
    "spotlight-participant": moderating.spotlight_participant,
    "set-waiting-room": moderating.waiting_room,
    "raise-hand": moderating.hand,
    "lower-hand": moderating.take_hand_down,
    "send-reaction": moderating.react,
    "lock-meeting": lock,
    "extend-meeting": extend,
    "end-meeting": end,
    "send-message": chatting.send,
    "file-ticket": chatting.give_file_ticket,
    "edit-message": chatting.edit,
    "delete-message": chatting.delete,
    "chat-history": chatting.history,
    "typing": chatting.note,
    "notes": noting.tell,
    "edit-notes": noting.edit,
    "set-notes-by": noting.let_write,
    "polls": polling.list_polls,
    "create-poll": polling.create,
    "open-poll": polling.open_poll,
    "close-poll": polling.close,
    "delete-poll": polling.delete,
    "vote": polling.cast,
    "questions": polling.list_questions,
    "ask-question": polling.ask,
    "vote-question": polling.want,
    "answer-question": polling.answer,
    "dismiss-question": polling.dismiss,
    "create-breakouts": breakouts.create,
    "assign-breakout": breakouts.assign,
    "open-breakouts": breakouts.open_rooms,
    "move-to-breakout": breakouts.move,
    "leave-breakout": breakouts.leave,
    "broadcast": breakouts.tell_all,
    "close-breakouts": breakouts.close,
    "breakouts": breakouts.describe,
    "test-begin": testing.begin,
    "test-transport": testing.transport,
    "test-connect": testing.connect,
    "test-produce": testing.produce,
    "test-consume": testing.consume,
    "test-end": testing.end,
    **{event: partial(relay, request) for event, request in REQUESTS.items() if request.relayed},
}

"""Who may do what. Pure rules over what is handed in: no queries, no clock, no settings.

Each rule answers None for yes, or the Refusal to raise. Sockets, API, pages and admin all ask here.
"""

from meetings.access.afterwards import sees_afterwards
from meetings.access.breakouts import enter_room, visit_room
from meetings.access.chat import change_message, delete_message, reads_of_hosts, write
from meetings.access.entering import Wait, enter, full, invite_bot, start, stay, wait
from meetings.access.notes import edit_notes
from meetings.access.permissions import permissions
from meetings.access.polls import ask, sees_poll, sees_results
from meetings.access.roles import HOSTS, MAY, PRESENTERS, act, act_on, give_role
from meetings.access.sending import KINDS, SOURCES, UNLESS_TOLD, Sending, sending
from meetings.access.tokens import SCOPES, keep_tokens, use_token
from meetings.access.webhooks import hear_of_all, keep_webhooks

__all__ = [
    "HOSTS",
    "KINDS",
    "MAY",
    "PRESENTERS",
    "SCOPES",
    "SOURCES",
    "UNLESS_TOLD",
    "Sending",
    "Wait",
    "act",
    "act_on",
    "ask",
    "change_message",
    "delete_message",
    "edit_notes",
    "enter",
    "enter_room",
    "full",
    "give_role",
    "hear_of_all",
    "invite_bot",
    "keep_tokens",
    "keep_webhooks",
    "permissions",
    "reads_of_hosts",
    "sees_afterwards",
    "sees_poll",
    "sees_results",
    "sending",
    "start",
    "stay",
    "use_token",
    "visit_room",
    "wait",
    "write",
]

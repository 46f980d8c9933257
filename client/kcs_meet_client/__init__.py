"""Meetings of a KCS Meet site, from Python."""

from kcs_meet_client.client import Client
from kcs_meet_client.errors import (
    ChangedMeanwhile,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    RateLimited,
    Refused,
    Unavailable,
    Unreachable,
    WrongState,
)
from kcs_meet_client.objects import (
    Banned,
    Breakouts,
    Delivery,
    Invited,
    Meeting,
    Message,
    Participant,
    Poll,
    Question,
    Seat,
    StartedMeeting,
    Ticket,
    Webhook,
)
from kcs_meet_client.webhooks import NotGenuine, verify

__all__ = [
    "Banned",
    "Breakouts",
    "ChangedMeanwhile",
    "Client",
    "Delivery",
    "Invited",
    "Meeting",
    "Message",
    "NotAllowed",
    "NotAuthenticated",
    "NotFound",
    "NotGenuine",
    "Participant",
    "Poll",
    "Question",
    "RateLimited",
    "Refused",
    "Seat",
    "StartedMeeting",
    "Ticket",
    "Unavailable",
    "Unreachable",
    "Webhook",
    "WrongState",
    "verify",
]

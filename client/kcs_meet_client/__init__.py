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
    Delivery,
    Invited,
    Meeting,
    Message,
    Participant,
    StartedMeeting,
    Ticket,
    Webhook,
)
from kcs_meet_client.webhooks import NotGenuine, verify

__all__ = [
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
    "RateLimited",
    "Refused",
    "StartedMeeting",
    "Ticket",
    "Unavailable",
    "Unreachable",
    "Webhook",
    "WrongState",
    "verify",
]

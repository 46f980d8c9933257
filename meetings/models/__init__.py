"""People's facts: meetings, who is and was in them, and the web processes that hold their sockets.

Media live in the media node and never in these rows.
"""

from meetings.models.api_token import ApiToken
from meetings.models.attempt import JoinAttempt, report_of
from meetings.models.breakouts import Breakouts, BreakoutSeat
from meetings.models.chat_message import ChatMessage
from meetings.models.event import ACT, Act, MeetingEvent
from meetings.models.idempotency_key import IdempotencyKey
from meetings.models.invitation import Invitation
from meetings.models.invitee import Delivery, Invitee
from meetings.models.knock import Knock
from meetings.models.meeting import Meeting
from meetings.models.notes import Notes, NotesEdit
from meetings.models.organisation import Membership, Organisation, organisation_of
from meetings.models.participant import Participant
from meetings.models.poll import Poll, PollVote
from meetings.models.probe import ProbeRun
from meetings.models.profile import Profile
from meetings.models.question import Question, QuestionVote
from meetings.models.schedule import Occurrence, Schedule
from meetings.models.shared_file import SharedFile
from meetings.models.web_process import WebProcess
from meetings.models.webhook import Webhook, WebhookDelivery

__all__ = [
    "ACT",
    "Act",
    "ApiToken",
    "BreakoutSeat",
    "Breakouts",
    "ChatMessage",
    "Delivery",
    "IdempotencyKey",
    "Invitation",
    "Invitee",
    "JoinAttempt",
    "Knock",
    "Meeting",
    "MeetingEvent",
    "Membership",
    "Notes",
    "NotesEdit",
    "Occurrence",
    "Organisation",
    "Participant",
    "Poll",
    "PollVote",
    "ProbeRun",
    "Profile",
    "Question",
    "QuestionVote",
    "Schedule",
    "SharedFile",
    "WebProcess",
    "Webhook",
    "WebhookDelivery",
    "organisation_of",
    "report_of",
]

"""People's facts: meetings, who is and was in them, and the web processes that hold their sockets.

Media live in the media node and never in these rows.
"""

from meetings.models.attempt import JoinAttempt, report_of
from meetings.models.chat_message import ChatMessage
from meetings.models.event import ACT, Act, MeetingEvent
from meetings.models.knock import Knock
from meetings.models.meeting import Meeting
from meetings.models.participant import Participant
from meetings.models.probe import ProbeRun
from meetings.models.web_process import WebProcess

__all__ = [
    "ACT",
    "Act",
    "ChatMessage",
    "JoinAttempt",
    "Knock",
    "Meeting",
    "MeetingEvent",
    "Participant",
    "ProbeRun",
    "WebProcess",
    "report_of",
]

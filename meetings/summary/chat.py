"""What was written."""

from typing import Final

from django.conf import settings
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from meetings.attendance.looking import Look
from meetings.models import ChatMessage
from meetings.summary.section import Section

SHOWN: Final = 500


def chat(look: Look) -> Section:
    """How much was written, and, where the site shows it, what was written to everybody: the last of it."""
    sitting = look.sitting
    written = sitting.meeting.chat_messages.filter(sitting.during("sent_at"), deleted_at=None)
    public = Q(recipient_type=ChatMessage.To.ALL)
    counts = written.aggregate(all=Count("id"), public=Count("id", filter=public))
    messages = []
    if settings.SUMMARY_CHAT:
        messages = list(written.filter(public).select_related("file").order_by("-sent_at", "-id")[:SHOWN])[::-1]
    holds = {
        "count": counts["all"],
        "others": counts["all"] - counts["public"],
        "messages": messages,
        "left_out": counts["public"] - len(messages) if settings.SUMMARY_CHAT else 0,
        "is_shown": settings.SUMMARY_CHAT,
    }
    return Section("chat", _("Chat"), holds)

"""What was shared in the chat."""

from typing import Final

from django.conf import settings
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from meetings.actions.chat_readers import readable_by
from meetings.attendance.looking import Look
from meetings.models import ChatMessage, SharedFile
from meetings.summary.section import Section

SHOWN: Final = 200


def files(look: Look) -> Section | None:
    """How many of the shared files are still there, and, where the site shows the chat, those that everybody was shown:
    the last of them. Whoever can read a message as they are in the meeting now gets its file. None where there are no
    files at all.
    """
    written = look.sitting.meeting.chat_messages.filter(look.sitting.during("sent_at"), deleted_at=None)
    sent = written.filter(file__isnull=False, file__gone_at=None)
    public = Q(recipient_type=ChatMessage.To.ALL)
    counts = sent.aggregate(all=Count("id"), public=Count("id", filter=public))
    if settings.FILE_MEGABYTES <= 0 and not counts["all"]:
        return None
    shown: list[ChatMessage] = []
    if settings.SUMMARY_CHAT:
        shown = list(sent.filter(public).select_related("file").order_by("-sent_at", "-id")[:SHOWN])[::-1]
    readable = ChatMessage.objects.none() if look.reader is None else readable_by(look.reader)
    mine = set(readable.filter(id__in=[one.id for one in shown]).values_list("id", flat=True))
    holds = {
        "count": counts["all"],
        "others": counts["all"] - counts["public"],
        "files": [_line(one.file, one, may_get=one.id in mine) for one in shown if one.file is not None],
        "left_out": counts["public"] - len(shown) if settings.SUMMARY_CHAT else 0,
    }
    return Section("files", _("Files"), holds)


def _line(file: SharedFile, message: ChatMessage, *, may_get: bool) -> dict[str, object]:
    return {
        "id": file.id,
        "name": file.name,
        "size": file.size,
        "who": message.author_name,
        "at": message.sent_at,
        "may_get": may_get,
    }

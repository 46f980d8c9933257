"""What hosts did."""

from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from meetings.attendance.looking import Look
from meetings.audit_table import label_of, name_of
from meetings.models import Act
from meetings.summary.section import Section

SHOWN: Final = 200


def moderation(look: Look) -> Section:
    """The acts of the audit trail, those in breakout rooms too, the first first."""
    sitting = look.sitting
    here = Q(meeting=sitting.meeting) | Q(meeting__parent=sitting.meeting)
    acts = Act.objects.filter(here, sitting.during("at")).order_by("at", "id")
    shown = [
        {"at": act.at, "who": name_of(act, "by"), "what": pgettext("act", label_of(act)), "whom": name_of(act, "about")}
        for act in acts[:SHOWN]
    ]
    return Section("moderation", _("What hosts did"), {"acts": shown, "left_out": max(0, acts.count() - SHOWN)})

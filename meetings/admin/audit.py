"""The audit trail in the admin: who did what, to whom and when, as a table and as CSV."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from meetings.admin.filters import MeetingFilter
from meetings.admin.scoped import ScopedAdmin
from meetings.audit_table import BY_THE_SITE, HEAD, as_rows, details_of, label_of, name_of
from meetings.models import ACT, Act
from meetings.spreadsheet import csv_response
from meetings.trace.steps import STEPS

# Generic for the type checker only.
if TYPE_CHECKING:
    ActModelAdmin = admin.ModelAdmin[Act]
else:
    ActModelAdmin = admin.ModelAdmin

ACTS = [(step.name, step.label) for step in STEPS.values() if step.side == ACT]


class ActFilter(admin.SimpleListFilter):
    """By what was done."""

    title = "act"
    parameter_name = "act"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return ACTS

    def queryset(self, request: HttpRequest, queryset: QuerySet[Act]) -> QuerySet[Act]:
        return queryset.filter(step=self.value()) if self.value() else queryset


@admin.register(Act)
class ActAdmin(ScopedAdmin, ActModelAdmin):
    """To look at: nobody changes what was done."""

    list_display = ["when", "in_meeting", "what", "who", "whom", "details"]
    list_display_links = None
    list_filter = [ActFilter, MeetingFilter, "at"]
    list_select_related = ["meeting"]
    search_fields = ["meeting__title", "meeting__code", "data__by__displayName", "data__about__displayName"]
    search_help_text = "Name of who did it or to whom, title or code of the meeting"
    date_hierarchy = "at"
    actions = ["as_csv"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="time", ordering="at")
    def when(self, act: Act) -> str:
        """To the second."""
        return f"{timezone.localtime(act.at):%d %b %Y, %H:%M:%S}"

    @admin.display(description="meeting", ordering="meeting__title")
    def in_meeting(self, act: Act) -> SafeString | str:
        """With the way to it, while it is there."""
        if act.meeting is None:
            return str(act.data.get("title", ""))
        url = reverse("admin:meetings_meeting_change", args=[act.meeting.pk])
        return format_html('<a href="{}">{}</a>', url, act.meeting)

    @admin.display(description="act", ordering="step")
    def what(self, act: Act) -> str:
        return label_of(act)

    @admin.display(description="who")
    def who(self, act: Act) -> str:
        return name_of(act, "by") or BY_THE_SITE

    @admin.display(description="whom")
    def whom(self, act: Act) -> str:
        return name_of(act, "about")

    @admin.display(description="details")
    def details(self, act: Act) -> str:
        return details_of(act)

    @admin.action(description="Download selected acts as CSV", permissions=["view"])
    def as_csv(self, request: HttpRequest, queryset: QuerySet[Act]) -> HttpResponseBase:
        """The acts, oldest first."""
        return csv_response("audit-trail", HEAD, as_rows(queryset.select_related("meeting").order_by("at", "id")))

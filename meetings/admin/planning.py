"""What is planned, who is invited, and what mail went to them, to look at."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from meetings.admin.scoped import ScopedAdmin, readonly
from meetings.models import Delivery, Invitee, Occurrence, Schedule
from meetings.planning.wording import how_often

# Generic for the type checker only.
if TYPE_CHECKING:
    AnyModelAdmin = admin.ModelAdmin[Any]
else:
    AnyModelAdmin = admin.ModelAdmin


class _Looking(ScopedAdmin, AnyModelAdmin):
    """Plans are changed on the pages of their hosts, who are told what that does to those who are invited."""

    list_select_related = ["meeting"]
    search_fields = ["meeting__title", "meeting__code"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Schedule)
class ScheduleAdmin(_Looking):
    """Events of calendars."""

    list_display = ["meeting", "day", "hour", "zone", "minutes", "often", "sequence", "changed_at"]
    list_filter = ["day", "changed_at"]
    date_hierarchy = "day"

    @admin.display(description="how often")
    def often(self, schedule: Schedule) -> str:
        """In words."""
        return how_often(schedule.pattern)


@admin.register(Occurrence)
class OccurrenceAdmin(_Looking):
    """Single dates."""

    list_display = ["starts_at", "ends_at", "meeting", "title", "cancelled", "changed", "page"]
    list_filter = ["cancelled", "changed", "starts_at"]
    date_hierarchy = "starts_at"

    @admin.display(description="page")
    def page(self, occurrence: Occurrence) -> SafeString:
        """Where people come in."""
        return format_html('<a href="{}">Meeting</a>', occurrence.meeting.get_absolute_url())


@admin.register(Invitee)
class InviteeAdmin(_Looking):
    """Who is invited. The key in their link is shown to nobody."""

    list_display = ["email", "name", "meeting", "role", "answer", "answered_at", "invited_at", "uninvited_at"]
    list_filter = ["answer", "role", ("uninvited_at", admin.EmptyFieldListFilter), "invited_at"]
    search_fields = ["email", "name", "meeting__title", "meeting__code"]
    fields = [*readonly(Invitee, "key")]


@admin.register(Delivery)
class DeliveryAdmin(_Looking):
    """What became of each mail."""

    list_display = ["created_at", "kind", "invitee", "meeting", "state", "tries", "sent_at", "error"]
    list_filter = ["state", "kind", "created_at"]
    list_select_related = ["invitee__meeting"]
    search_fields = ["invitee__email", "invitee__meeting__title", "invitee__meeting__code", "error"]
    date_hierarchy = "created_at"
    fields = [*readonly(Delivery, "key")]
    actions = ["send_again"]

    @admin.display(description="meeting")
    def meeting(self, delivery: Delivery) -> str:
        """That it is about."""
        return str(delivery.invitee.meeting)

    @admin.action(description="Send again what was given up", permissions=["view"])
    def send_again(self, request: HttpRequest, rows: QuerySet[Delivery]) -> None:
        """For when what was wrong is mended."""
        due = {"state": Delivery.State.DUE, "tries": 0, "due_at": timezone.now(), "error": ""}
        count = rows.filter(state=Delivery.State.FAILED).update(**due)
        self.message_user(request, f"{count} will be sent again.", messages.SUCCESS)

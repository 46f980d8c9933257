"""Meetings and participants, for the people who run the site."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from meetings import facts
from meetings.actions.end import end_meeting
from meetings.actions.erase_guest import erase_guests
from meetings.admin.scoped import ScopedAdmin, is_superuser
from meetings.admin.timeline import TimelinePages, timeline_url
from meetings.audit import outlive
from meetings.handlers.departing import close_room_soon
from meetings.models import Meeting, Participant, organisation_of
from meetings.scope import membership_of, sees
from meetings.snapshots import meeting_entry

# Generic for the type checker only.
if TYPE_CHECKING:
    MeetingModelForm = forms.ModelForm[Meeting]
    MeetingModelAdmin = admin.ModelAdmin[Meeting]
    ParticipantModelAdmin = admin.ModelAdmin[Participant]
else:
    MeetingModelForm, MeetingModelAdmin, ParticipantModelAdmin = forms.ModelForm, admin.ModelAdmin, admin.ModelAdmin


class MeetingForm(MeetingModelForm):
    """A passcode is written, never read."""

    passcode = forms.CharField(required=False, max_length=100, help_text="Leave empty to keep the one there is.")

    class Meta:
        model = Meeting
        fields = [
            "title",
            "host_user",
            "organisation",
            "starts_at",
            "capacity",
            "guests_allowed",
            "locked",
            "chat_history",
            "notes_by",
        ]

    def save(self, commit: bool = True) -> Meeting:
        if passcode := self.cleaned_data["passcode"]:
            self.instance.passcode_hash = make_password(passcode)
        return super().save(commit)


@admin.register(Meeting)
class MeetingAdmin(ScopedAdmin, MeetingModelAdmin):
    form = MeetingForm
    list_display = ["title", "code", "breakout_of", "state", "people", "host", "locked", "started_at", "created_at"]
    list_filter = [
        "state",
        ("parent", admin.EmptyFieldListFilter),
        "locked",
        "created_at",
        ("organisation", admin.RelatedOnlyFieldListFilter),
    ]
    search_fields = ["title", "code", "id", "host_user__username"]
    list_select_related = ["host_user", "parent"]
    date_hierarchy = "created_at"
    autocomplete_fields = ["host_user"]
    readonly_fields = ["id", "code", "breakout_of", "state", "people", "created_at", "started_at", "ended_at"]
    actions = ["end"]

    @admin.display(description="people", ordering="present")
    def people(self, meeting: Meeting) -> SafeString:
        """Present of capacity, with a link to who was and is there."""
        url = f"{reverse('admin:meetings_participant_changelist')}?meeting__id__exact={meeting.pk}"
        return format_html('<a href="{}">{} of {}</a>', url, meeting.present, meeting.capacity)

    @admin.display(description="breakout room of", ordering="parent__title")
    def breakout_of(self, meeting: Meeting) -> SafeString | str:
        """The meeting whose room it is, with a link to it."""
        if meeting.parent is None:
            return ""
        url = reverse("admin:meetings_meeting_change", args=[meeting.parent.pk])
        return format_html('<a href="{}">{}</a>', url, meeting.parent.title)

    def get_exclude(self, request: HttpRequest, obj: Meeting | None = None) -> list[str]:
        """Only superusers choose the organisation; it is that of the others themselves."""
        return [] if is_superuser(request) else ["organisation"]

    def get_list_filter(self, request: HttpRequest) -> Any:
        """The same for looking at one organisation."""
        return self.list_filter if is_superuser(request) else self.list_filter[:-1]

    def get_urls(self) -> list[URLPattern]:
        """Its quality timeline besides."""
        return [*TimelinePages(self.admin_site).urls(), *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Meeting | None = None) -> list[str]:
        """With the ways to its live media and to how it went, for those who may see them."""
        fields = list(super().get_readonly_fields(request, obj))
        if obj is not None and request.user.has_perm("media.view_livemedia"):
            fields.append("live_media")
        if obj is not None and request.user.has_perm("meetings.view_joinattempt"):
            fields.append("how_it_went")
        if obj is not None and obj.host_user is not None and not sees(request.user, obj.host_user):
            # Who has left the organisation still hosts what they did.
            fields.append("host_user")
        return fields

    @admin.display(description="live media")
    def live_media(self, meeting: Meeting) -> SafeString:
        """What runs for it on the media nodes."""
        url = f"{reverse('admin:media_livemedia_changelist')}?meeting={meeting.pk}"
        return format_html('<a href="{}">Rooms, transports and streams</a>', url)

    @admin.display(description="how it went")
    def how_it_went(self, meeting: Meeting) -> SafeString:
        """For each participant, and for each who tried to become one."""
        attempts = f"{reverse('admin:meetings_joinattempt_changelist')}?meeting={meeting.pk}"
        acts = f"{reverse('admin:meetings_act_changelist')}?meeting={meeting.pk}"
        links = (
            '<a href="{}">Quality timeline</a>, <a href="{}">join attempts</a>, <a href="{}">audit trail</a>, '
            '<a href="{}">summary</a>'
        )
        return format_html(links, timeline_url(meeting.pk), attempts, acts, reverse("summary", args=[meeting.code]))

    @admin.display(description="host")
    def host(self, meeting: Meeting) -> str:
        """The account, or that it is a guest."""
        return str(meeting.host_user or ("a guest" if meeting.host_guest else "nobody"))

    @admin.action(description="End selected meetings for everybody", permissions=["change"])
    def end(self, request: HttpRequest, queryset: QuerySet[Meeting]) -> None:
        """End them, with their media."""
        ended = [one.id for one in queryset if end_meeting(one.id)]
        for meeting_id in ended:
            close_room_soon(meeting_id)
        self.message_user(request, f"{len(ended)} ended.", messages.SUCCESS if ended else messages.WARNING)

    def save_model(self, request: HttpRequest, obj: Meeting, form: Any, change: bool) -> None:
        """Write what was changed and nothing else, for people come and go meanwhile; tell those who are there."""
        if not change:
            if obj.organisation_id is None:
                theirs = membership_of(request.user)
                hosts = organisation_of(obj.host_user_id)
                obj.organisation_id = hosts if theirs is None else theirs.organisation_id
            obj.save()
            return
        columns = [{"passcode": "passcode_hash"}.get(name, name) for name in form.changed_data]
        if obj.host_user is not None:
            # An account takes it over from a guest.
            obj.host_guest = ""
            columns.append("host_guest")
            if obj.organisation_id is None:
                obj.organisation_id = organisation_of(obj.host_user_id)
                columns.append("organisation")
        obj.save(update_fields=columns)
        obj.refresh_from_db()
        facts.publish(obj.id, "meeting-updated", meeting_entry(obj))

    def delete_model(self, request: HttpRequest, obj: Meeting) -> None:
        """The audit trail stays."""
        with transaction.atomic():
            outlive(obj)
            obj.delete()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Meeting]) -> None:
        """The audit trail stays."""
        with transaction.atomic():
            for meeting in queryset:
                self.delete_model(request, meeting)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """What belongs to a meeting goes with it, though nobody may delete it by itself."""
        deleted, counted, forbidden, protected = super().get_deleted_objects(objs, request)
        return deleted, counted, forbidden & {str(Meeting._meta.verbose_name)}, protected

    def has_delete_permission(self, request: HttpRequest, obj: Meeting | None = None) -> bool:
        """A live meeting is ended first."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.state != Meeting.State.LIVE)


@admin.register(Participant)
class ParticipantAdmin(ScopedAdmin, ParticipantModelAdmin):
    """To look at: who is in a meeting is decided by joining and leaving."""

    list_display = ["display_name", "meeting", "role", "user", "joined_at", "disconnected_at", "left_at", "left_reason"]
    list_filter = [("left_at", admin.EmptyFieldListFilter), "left_reason", "role", "joined_at"]
    search_fields = ["display_name", "id", "user__username", "meeting__title", "meeting__code"]
    list_select_related = ["meeting", "user"]
    date_hierarchy = "joined_at"
    actions = ["erase"]

    @admin.action(description="Erase selected guests, in all meetings in which they were", permissions=["erase"])
    def erase(self, request: HttpRequest, queryset: QuerySet[Participant]) -> None:
        """Take their names, and what they wrote, out of everything. Accounts are deleted instead."""
        chosen = list(queryset)
        for meeting_id in erase_guests(chosen):
            close_room_soon(meeting_id)
        accounts = sum(one.user_id is not None for one in chosen)
        if len(chosen) > accounts:
            self.message_user(request, f"Guests are erased: {len(chosen) - accounts} selected.", messages.SUCCESS)
        if accounts:
            left = f"{accounts} selected belong to accounts and are left alone: delete the account instead."
            self.message_user(request, left, messages.WARNING)

    def has_erase_permission(self, request: HttpRequest) -> bool:
        """A guest was perhaps in meetings of several organisations."""
        return is_superuser(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

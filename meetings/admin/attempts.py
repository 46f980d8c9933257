"""Join attempts in the admin: who tried to come in, what came of it, and a waterfall of what both sides saw."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from meetings.admin.filters import CodeFilter, MeetingFilter, PersonFilter, autocomplete
from meetings.admin.scoped import ScopedAdmin
from meetings.admin.timeline import timeline_url
from meetings.attempt_export import HEAD, as_json, as_rows
from meetings.models import JoinAttempt, Participant
from meetings.report_search import report_range
from meetings.spreadsheet import csv_response
from meetings.trace.event import Event, Json
from meetings.trace.writing import read_all
from meetings.waterfall.judged import Judged, judged
from meetings.waterfall.waterfall import waterfall
from meetings.waterfall.words import in_words

# Generic for the type checker only.
if TYPE_CHECKING:
    AttemptModelAdmin = admin.ModelAdmin[JoinAttempt]
else:
    AttemptModelAdmin = admin.ModelAdmin

STYLE = "meetings/admin/attempts.css"
ICONS = {
    JoinAttempt.Outcome.WELL: "yes",
    JoinAttempt.Outcome.IMPAIRED: "alert",
    JoinAttempt.Outcome.FAILED: "no",
    JoinAttempt.Outcome.TRYING: "unknown",
}


@admin.register(JoinAttempt)
class JoinAttemptAdmin(ScopedAdmin, AttemptModelAdmin):
    """To look at: pages, web processes and media nodes write them."""

    list_display = [
        "report_id",
        "person",
        "in_meeting",
        "began",
        "came_out",
        "code",
        "to_join",
        "to_media",
        "end_reason",
    ]
    list_display_links = ["report_id"]
    list_filter = ["outcome", CodeFilter, MeetingFilter, PersonFilter, "purpose", "began_at"]
    list_select_related = ["meeting", "participant", "user"]
    search_fields = ["display_name", "meeting__title", "meeting__code", "address", "user__username"]
    search_help_text = "Report id, name, meeting or address"
    date_hierarchy = "began_at"
    show_full_result_count = False
    # The page shows them in its own way.
    fields = readonly_fields = ("report_id",)
    change_form_template = "admin/meetings/joinattempt/change_form.html"

    # What may be done: nothing but looking

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # The list

    @property
    def media(self) -> forms.Media:
        """With what finds a meeting by typing."""
        return super().media + autocomplete(self.admin_site).media + forms.Media(css={"all": [STYLE]})

    def changelist_view(self, request: HttpRequest, extra_context: Json | None = None) -> HttpResponse:
        """Without the sidebar: the list needs the width."""
        return super().changelist_view(request, {**(extra_context or {}), "is_nav_sidebar_enabled": False})

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[JoinAttempt], search_term: str
    ) -> tuple[QuerySet[JoinAttempt], bool]:
        """A report id, in any case and with or without its dash, finds its attempt by the primary key."""
        found, duplicates = super().get_search_results(request, queryset, search_term)
        if (ids := report_range(search_term)) is not None:
            found = found | queryset.filter(id__range=ids)
        return found, duplicates

    @admin.display(description="report")
    def report_id(self, attempt: JoinAttempt) -> str:
        """What people have copied."""
        return attempt.report

    @admin.display(description="person", ordering="display_name")
    def person(self, attempt: JoinAttempt) -> SafeString | str:
        """The name they gave, and their account where it is another; with the way to all that they tried."""
        account = attempt.user.get_username() if attempt.user else ""
        name = attempt.display_name or (attempt.participant.display_name if attempt.participant else "")
        if account and account != name:
            name = f"{name} ({account})" if name else account
        if not (name or attempt.guest):
            return "nobody yet"
        url = f"{reverse('admin:meetings_joinattempt_changelist')}?same_as={attempt.report}"
        return format_html(
            '{0} <a class="kcs-same" href="{1}" title="All attempts of this person" aria-label="All attempts of {0}">'
            "all</a>",
            name or "a guest",
            url,
        )

    @admin.display(description="began", ordering="began_at")
    def began(self, attempt: JoinAttempt) -> str:
        """To the second."""
        return f"{timezone.localtime(attempt.began_at):%d %b %Y, %H:%M:%S}"

    @admin.display(description="outcome", ordering="outcome")
    def came_out(self, attempt: JoinAttempt) -> SafeString:
        """An icon beside the word."""
        icon = static(f"admin/img/icon-{ICONS[JoinAttempt.Outcome(attempt.outcome)]}.svg")
        return format_html('<img src="{}" alt=""> {}', icon, attempt.get_outcome_display())

    @admin.display(description="to join", ordering=F("joined_at") - F("began_at"))
    def to_join(self, attempt: JoinAttempt) -> str | None:
        """From its beginning until it was let in."""
        return _between(attempt.began_at, attempt.joined_at)

    @admin.display(description="to media", ordering=F("media_at") - F("began_at"))
    def to_media(self, attempt: JoinAttempt) -> str | None:
        """From its beginning until media ran."""
        return _between(attempt.began_at, attempt.media_at)

    @admin.display(description="meeting", ordering="meeting__title")
    def in_meeting(self, attempt: JoinAttempt) -> SafeString | None:
        """With the way to it."""
        if attempt.meeting is None:
            return None
        url = reverse("admin:meetings_meeting_change", args=[attempt.meeting.pk])
        return format_html('<a href="{}">{}</a>', url, attempt.meeting)

    # One of them

    def get_urls(self) -> list[URLPattern]:
        """The exports besides."""
        wrap = self.admin_site.admin_view
        return [
            path("<uuid:attempt_id>/events.json", wrap(self.json_view), name="meetings_joinattempt_json"),
            path("<uuid:attempt_id>/events.csv", wrap(self.csv_view), name="meetings_joinattempt_csv"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Json | None = None
    ) -> HttpResponse:
        """The verdict, then what is known of it, then each step."""
        attempt = self.get_object(request, unquote(object_id))
        more: Json = dict(extra_context or {})
        if attempt is not None and self.has_view_permission(request, attempt):
            events = read_all([attempt.id]).get(attempt.id, [])
            names = _names(events)
            verdicts = _verdicts(attempt, events, names)
            more |= {
                "is_nav_sidebar_enabled": False,
                "title": f"Join attempt {attempt.report}",
                "subtitle": None,
                "verdicts": [_shown(one, names) for one in verdicts],
                # What the web process saw and the events alone do not tell.
                "written_down": attempt.code and attempt.code not in {one.verdict.code for one in verdicts},
                "outcome": self.came_out(attempt),
                "facts": self._facts(attempt),
                "phases": waterfall(events, names, _until(attempt, events)),
                "counted": len(events),
                "timeline": attempt.meeting_id and timeline_url(attempt.meeting_id),
            }
        return super().change_view(request, object_id, form_url, more)

    def _facts(self, attempt: JoinAttempt) -> list[tuple[str, str | SafeString | None]]:
        ended = f"{timezone.localtime(attempt.ended_at):%d %b %Y, %H:%M:%S}" if attempt.ended_at else "not yet"
        facts = [
            ("report", attempt.report),
            ("person", self.person(attempt)),
            ("meeting", self.in_meeting(attempt)),
            ("purpose", attempt.get_purpose_display()),
            ("began", self.began(attempt)),
            ("to join", self.to_join(attempt) or "never"),
            ("to media", self.to_media(attempt) or "never"),
            ("ended", f"{ended}: {attempt.end_reason}" if attempt.end_reason else ended),
            ("browser", attempt.client),
            ("address", attempt.address),
        ]
        return [(name, value) for name, value in facts if value]

    def json_view(self, request: HttpRequest, attempt_id: UUID) -> HttpResponse:
        """All that is known of it, as a download."""
        attempt, events = self._exported(request, attempt_id)
        verdicts = [one.verdict.as_admin() for one in _verdicts(attempt, events, _names(events))]
        return JsonResponse(
            as_json(attempt, events, verdicts),
            headers={"Content-Disposition": f'attachment; filename="attempt-{attempt.report}.json"'},
            json_dumps_params={"indent": 2, "ensure_ascii": False},
        )

    def csv_view(self, request: HttpRequest, attempt_id: UUID) -> HttpResponseBase:
        """Its events, as a download."""
        attempt, events = self._exported(request, attempt_id)
        return csv_response(f"attempt-{attempt.report}", HEAD, as_rows(events))

    def _exported(self, request: HttpRequest, attempt_id: UUID) -> tuple[JoinAttempt, list[Event]]:
        attempt = self.get_queryset(request).select_related("meeting").filter(id=attempt_id).first()
        if not self.has_view_permission(request, attempt):
            raise PermissionDenied
        if attempt is None:
            raise Http404
        return attempt, read_all([attempt.id]).get(attempt.id, [])


def _between(begin: datetime, end: datetime | None) -> str | None:
    if end is None:
        return None
    return f"{(end - begin).total_seconds() * 1000:,.0f} ms".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _until(attempt: JoinAttempt, events: Sequence[Event]) -> float:
    """When it ended, as far as it has."""
    if attempt.ended_at is None:
        return timezone.now().timestamp()
    return max([attempt.ended_at.timestamp(), *(event.at for event in events[-1:])])


def _verdicts(attempt: JoinAttempt, events: Sequence[Event], names: dict[str, str]) -> list[Judged]:
    ended = None if attempt.ended_at is None else _until(attempt, events)
    return judged(events, attempt.code, ended, timezone.now().timestamp(), names)


def _shown(one: Judged, names: dict[str, str]) -> Json:
    about = names.get(one.verdict.about or "", "")
    return {"verdict": one.verdict, "when": one.when, "about": about, "evidence": in_words(one.verdict.evidence, names)}


def _names(events: Iterable[Event]) -> dict[str, str]:
    """What the participants are called whom the events are about."""
    told = {value for event in events for key in ("participantId", "about") if (value := event.data.get(key))}
    ids = [parsed for one in told if (parsed := _uuid(one)) is not None]
    return {str(one): name for one, name in Participant.objects.filter(id__in=ids).values_list("id", "display_name")}


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None

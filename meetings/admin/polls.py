"""Polls and questions of meetings, to look at."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from meetings.admin.scoped import ScopedAdmin
from meetings.models import Poll, Question

# Generic for the type checker only.
if TYPE_CHECKING:
    AnyModelAdmin = admin.ModelAdmin[Any]
else:
    AnyModelAdmin = admin.ModelAdmin

MOST_VOTES_SHOWN = 500


class MadeInMeetings(ScopedAdmin, AnyModelAdmin):
    """Made and changed by those who are in the meeting, where everybody hears of it at once."""

    list_select_related = ["meeting"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Poll)
class PollAdmin(MadeInMeetings):
    """Who voted for what stands in polls that are not anonymous; of the others, how the votes stand."""

    list_display = ["question", "meeting", "state", "kind", "anonymous", "voters", "created_at"]
    list_filter = ["state", "kind", "anonymous", "created_at"]
    search_fields = ["question", "author_name", "meeting__title", "meeting__code"]
    date_hierarchy = "created_at"
    fields = [
        "meeting",
        "author_name",
        "question",
        "kind",
        "anonymous",
        "results_for",
        "state",
        "created_at",
        "opened_at",
        "closed_at",
        "voters",
        "results",
        "who_voted",
    ]

    @admin.display(description="results")
    def results(self, poll: Poll) -> SafeString:
        """How many votes each option has."""
        return format_html_join("", "<div>{}: {}</div>", zip(poll.options, poll.counts, strict=True))

    @admin.display(description="who voted")
    def who_voted(self, poll: Poll) -> SafeString | str:
        """By name, where the poll is not anonymous."""
        if poll.anonymous:
            return "(anonymous)"
        votes = poll.votes.values_list("voter_name", "chosen")[:MOST_VOTES_SHOWN]
        shown = ((name, ", ".join(poll.options[option] for option in chosen)) for name, chosen in votes)
        return format_html_join("", "<div>{}: {}</div>", shown)


@admin.register(Question)
class QuestionAdmin(MadeInMeetings):
    """What was asked, and how many wanted to know it."""

    list_display = ["question", "meeting", "author_name", "votes", "state", "asked_at"]
    list_filter = ["state", "asked_at"]
    search_fields = ["question", "author_name", "meeting__title", "meeting__code"]
    date_hierarchy = "asked_at"
    fields = ["meeting", "author_name", "question", "state", "votes", "asked_at"]

"""Filters of the admin's lists that Django has not."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from meetings.models import JoinAttempt, Meeting
from meetings.report_search import report_range
from meetings.scope import within

# Generic for the type checker only.
if TYPE_CHECKING:
    AttemptModelAdmin = admin.ModelAdmin[JoinAttempt]
else:
    AttemptModelAdmin = admin.ModelAdmin


def autocomplete(site: admin.AdminSite) -> AutocompleteSelect:
    """A field that finds meetings while somebody types."""
    return AutocompleteSelect(JoinAttempt._meta.get_field("meeting"), site, attrs={"data-width": "100%"})


class FieldFilter(admin.ListFilter):
    """A filter with a field to fill in, where there are too many choices to list them."""

    parameters: tuple[str, ...]
    label: str
    all_of_them: str
    template = "admin/meetings/field_filter.html"

    def __init__(
        self,
        request: HttpRequest,
        params: dict[str, list[str]],
        model: type[JoinAttempt],
        model_admin: AttemptModelAdmin,
    ) -> None:
        super().__init__(request, params, model, model_admin)
        self.site = model_admin.admin_site
        for name in self.parameters:
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]

    def given(self, name: str) -> str:
        """What is asked for under this name; empty when nothing is."""
        return str(self.used_parameters.get(name, "")).strip()

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return [*self.parameters]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """One choice: the field, with whatever else is filtered by."""
        others = [(name, one) for name, values in self.request.GET.lists() for one in values]
        active = any(self.given(name) for name in self.parameters)
        field_id = f"filter-{self.parameters[0]}"
        yield {
            "id": field_id,
            "label": self.label,
            "says": self.says(),
            "field": self.field(field_id),
            "others": [(name, one) for name, one in others if name not in (*self.parameters, "p", "e")],
            "everything": changelist.get_query_string(remove=[*self.parameters]) if active else "",
            "all": self.all_of_them,
        }

    def field(self, field_id: str) -> SafeString:
        """What is filled in, as HTML, named as the first of the parameters."""
        raise NotImplementedError

    def says(self) -> str:
        """What is filtered by, where the field does not say it."""
        return ""


class MeetingFilter(FieldFilter):
    """One meeting, found by typing."""

    title = "meeting"
    parameters = ("meeting",)
    label = "Title or code"
    all_of_them = "All meetings"

    def queryset(self, request: HttpRequest, queryset: QuerySet[JoinAttempt]) -> QuerySet[JoinAttempt]:
        if not (given := self.given("meeting")):
            return queryset
        try:
            return queryset.filter(meeting_id=UUID(given))
        except ValueError as error:
            raise IncorrectLookupParameters(error) from error

    def field(self, field_id: str) -> SafeString:
        mine = within(self.request.user, Meeting.objects.all())
        choice = forms.ModelChoiceField(mine, required=False, widget=autocomplete(self.site))
        return SafeString(choice.widget.render("meeting", self.given("meeting") or None, {"id": field_id}))


class PersonFilter(FieldFilter):
    """One person: by a name, or exactly whoever made the attempt with the report id `same_as`."""

    title = "person"
    parameters = ("person", "same_as")
    label = "Name or account"
    all_of_them = "All persons"

    def queryset(self, request: HttpRequest, queryset: QuerySet[JoinAttempt]) -> QuerySet[JoinAttempt]:
        if self.given("same_as"):
            one = self._same_as
            queryset = queryset.none() if one is None else queryset.filter(_made_by_who_made(one))
        if name := self.given("person"):
            queryset = queryset.filter(
                Q(display_name__icontains=name)
                | Q(participant__display_name__icontains=name)
                | Q(user__username__icontains=name)
            )
        return queryset

    def field(self, field_id: str) -> SafeString:
        return forms.TextInput({"id": field_id, "class": "vTextField"}).render("person", self.given("person"))

    def says(self) -> str:
        if not (report := self.given("same_as")):
            return ""
        if self._same_as is None:
            return f"{report} is not here, or not any more."
        return f"Only whoever made {self._same_as}"

    @cached_property
    def _same_as(self) -> JoinAttempt | None:
        ids = report_range(self.given("same_as"))
        if ids is None:
            return None
        return within(self.request.user, JoinAttempt.objects.filter(id__range=ids)).first()


def _made_by_who_made(attempt: JoinAttempt) -> Q:
    """An account is known by itself, a guest by their session; of others there is nothing but the name."""
    if attempt.user_id is not None:
        return Q(user_id=attempt.user_id)
    if attempt.guest:
        return Q(guest=attempt.guest)
    return Q(user=None, guest="", display_name=attempt.display_name)


class CodeFilter(admin.SimpleListFilter):
    """The causes that there were."""

    title = "cause"
    parameter_name = "code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        codes = (
            within(request.user, JoinAttempt.objects.all())
            .exclude(code="")
            .order_by("code")
            .values_list("code", flat=True)
            .distinct()
        )
        return [(code, code) for code in codes]

    def queryset(self, request: HttpRequest, queryset: QuerySet[JoinAttempt]) -> QuerySet[JoinAttempt]:
        return queryset.filter(code=self.value()) if self.value() else queryset

"""Filters of the admin's lists that Django has not."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import QuerySet
from django.http import HttpRequest

from meetings.models import JoinAttempt, Meeting

# Generic for the type checker only.
if TYPE_CHECKING:
    AttemptModelAdmin = admin.ModelAdmin[JoinAttempt]
else:
    AttemptModelAdmin = admin.ModelAdmin


def autocomplete(site: admin.AdminSite) -> AutocompleteSelect:
    """A field that finds meetings while somebody types."""
    return AutocompleteSelect(JoinAttempt._meta.get_field("meeting"), site, attrs={"data-width": "100%"})


class MeetingFilter(admin.ListFilter):
    """One meeting, found by typing: there may be thousands."""

    title = "meeting"
    parameter_name = "meeting"
    template = "admin/meetings/meeting_filter.html"

    def __init__(
        self,
        request: HttpRequest,
        params: dict[str, list[str]],
        model: type[JoinAttempt],
        model_admin: AttemptModelAdmin,
    ) -> None:
        super().__init__(request, params, model, model_admin)
        self.site = model_admin.admin_site
        if self.parameter_name in params:
            self.used_parameters[self.parameter_name] = params.pop(self.parameter_name)[-1]

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return [self.parameter_name]

    def queryset(self, request: HttpRequest, queryset: QuerySet[JoinAttempt]) -> QuerySet[JoinAttempt]:
        given = self.used_parameters.get(self.parameter_name)
        if not given:
            return queryset
        try:
            return queryset.filter(meeting_id=UUID(str(given)))
        except ValueError as error:
            raise IncorrectLookupParameters(error) from error

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """One choice: the field to type in, with whatever else is filtered by."""
        chosen = self.used_parameters.get(self.parameter_name)
        field = forms.ModelChoiceField(Meeting.objects.all(), required=False, widget=autocomplete(self.site))
        others = [(name, one) for name, values in self.request.GET.lists() for one in values]
        yield {
            "field": field.widget.render(self.parameter_name, chosen, {"id": "filter-meeting"}),
            "others": [(name, one) for name, one in others if name not in (self.parameter_name, "p", "e")],
            "everything": changelist.get_query_string(remove=[self.parameter_name]) if chosen else "",
        }


class CodeFilter(admin.SimpleListFilter):
    """The causes that there were."""

    title = "cause"
    parameter_name = "code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        codes = JoinAttempt.objects.exclude(code="").order_by("code").values_list("code", flat=True).distinct()
        return [(code, code) for code in codes]

    def queryset(self, request: HttpRequest, queryset: QuerySet[JoinAttempt]) -> QuerySet[JoinAttempt]:
        return queryset.filter(code=self.value()) if self.value() else queryset

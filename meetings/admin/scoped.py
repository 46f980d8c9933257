"""The admin of one organisation: no list, form, search or link shows another's."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import Field, Model, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from meetings.scope import BELONGING, within

# Generic for the type checker only.
if TYPE_CHECKING:
    AnyModelAdmin = admin.ModelAdmin[Any]
else:
    AnyModelAdmin = admin.ModelAdmin


class ScopedAdmin(AnyModelAdmin):
    """Rows, and what may be chosen in fields, as `meetings.scope` has it. Put it before the class that it is for."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return within(request.user, super().get_queryset(request))

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> QuerySet[Any] | None:
        """What a field offers, and accepts."""
        model: type[Model] = db_field.remote_field.model
        offered: QuerySet[Any] | None = super().get_field_queryset(db, db_field, request)
        if model._meta.label_lower not in BELONGING:
            return offered
        return within(request.user, model._default_manager.all() if offered is None else offered)


def is_superuser(request: HttpRequest) -> bool:
    """Whether this is somebody to whom organisations are no bounds."""
    return bool(getattr(request.user, "is_superuser", False))


def readonly(model: type[Model], *but: str) -> list[str]:
    """The names of the fields of a model, but for these."""
    return [one.name for one in model._meta.get_fields() if isinstance(one, Field) and one.name not in but]


def view_on_site(request: HttpRequest, content_type_id: int, object_id: str) -> HttpResponseBase:
    """The page of something in the admin's lists; Django's own would lead to what is in nobody's list, too."""
    return admin.site.admin_view(_view_on_site)(request, content_type_id, object_id)


def _view_on_site(request: HttpRequest, content_type_id: int, object_id: str) -> HttpResponseBase:
    kind = ContentType.objects.filter(pk=content_type_id).first()
    model = None if kind is None else kind.model_class()
    its_admin = None if model is None else admin.site._registry.get(model)
    if its_admin is None or not its_admin.has_view_permission(request):
        raise Http404
    found: Any = its_admin.get_object(request, object_id)
    if found is None or not hasattr(found, "get_absolute_url"):
        raise Http404
    return redirect(found.get_absolute_url())

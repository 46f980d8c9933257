"""The examination as a page of the admin."""

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from media.doctor.finding import Finding
from meetings.doctor.checks import all_checks
from meetings.doctor.examination import Examination, examination

# What it tells of the site, live media tell too: addresses, processes, nodes.
PERMISSION = "media.view_livemedia"


@require_safe
@never_cache
async def doctor_page(request: HttpRequest) -> HttpResponse:
    """Runs all checks when it is opened, which takes up to some 15 seconds."""
    if (refusal := await sync_to_async(_refusal)(request)) is not None:
        return refusal
    return await sync_to_async(_page)(request, await examination())


@require_safe
@never_cache
async def doctor_json(request: HttpRequest) -> HttpResponse:
    """The same as JSON, to keep or to send to somebody."""
    if (refusal := await sync_to_async(_refusal)(request)) is not None:
        return refusal
    found = await examination()
    headers = {"Content-Disposition": f'attachment; filename="media-doctor-{found.at:.0f}.json"'}
    return JsonResponse(found.as_json(), headers=headers, json_dumps_params={"indent": 2})


def _refusal(request: HttpRequest) -> HttpResponse | None:
    if not admin.site.has_permission(request):
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    return None


def _page(request: HttpRequest, found: Examination) -> HttpResponse:
    request.current_app = admin.site.name  # as Django's own views set it
    about = {check.name: check.about for check in all_checks()}
    rows: list[tuple[Finding, str]] = [(finding, about[finding.name]) for finding in found.findings]
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": "Doctor",
        "found": found,
        "rows": rows,
    }
    return TemplateResponse(request, "admin/doctor/page.html", context).render()

"""The latest probe, for the admin's first page."""

from typing import Any

from django import template

from meetings.probe.latest import latest_run

register = template.Library()


@register.inclusion_tag("admin/latest_probe.html", takes_context=True)
def latest_probe(context: dict[str, Any]) -> dict[str, Any]:
    """What the latest run found of each worker, for those who may see runs."""
    request = context["request"]
    if not request.user.has_perm("meetings.view_proberun"):
        return {"may_see": False}
    return {"may_see": True, "latest": latest_run()}

"""`manage.py check` names settings of the site that cannot mean what they say."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004  # Django's name of the class

from kcs.metrics.access import network_of


@register(Tags.compatibility)
def metrics_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every entry of METRICS_ALLOW is an address or a network."""
    return [
        Warning(
            f"METRICS_ALLOW has {text!r}, which is neither an address nor a network: nobody is let in by it.",
            hint="Write addresses or networks with commas, such as METRICS_ALLOW=10.0.0.7,fd00::/8.",
            id="kcs.W001",
        )
        for text in settings.METRICS_ALLOW
        if network_of(text) is None
    ]

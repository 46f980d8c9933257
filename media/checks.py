"""`manage.py check` names what would keep meetings from having media.

All of it is a warning: a site whose media is broken still serves its pages, and its commands still run.
"""

import ipaddress
from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004  # Django's name of the class

from media.binary import WorkerBinaryMissing, locate
from media.conf import media_settings
from media.node.confinement import CannotConfine, confinement
from media.node.sanity import complaints


@register(Tags.compatibility)
def worker_binary(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The worker's binary is there, starts, and is of the right version."""
    try:
        locate()
    except WorkerBinaryMissing as missing:
        return [Warning(missing.cause, hint=missing.remedy, id="media.W001")]
    return []


@register(Tags.compatibility)
def worker_user(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Workers can be run as the user whom they shall run as."""
    node = media_settings().node
    try:
        confinement(node.worker_user, wanted=node.confine_workers)
    except CannotConfine as refusal:
        cause, _, remedy = str(refusal).partition(". ")
        return [Warning(f"{cause}.", hint=remedy, id="media.W020")]
    return []


@register(Tags.compatibility)
def media_addresses(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Media listens somewhere, and browsers can be told where."""
    return list(_address_warnings())


def _address_warnings() -> Iterator[CheckMessage]:
    node = media_settings().node
    try:
        listen = ipaddress.ip_address(node.listen_ip)
    except ValueError:
        yield Warning(
            f"MEDIASOUP_LISTEN_IP is {node.listen_ip}, which is no IP address.",
            hint="Set it to an address of this machine, or to 0.0.0.0 for all of them.",
            id="media.W002",
        )
        return
    if node.announced_ip and listen.is_loopback:
        yield Warning(
            f"Media listens on {node.listen_ip} only, and MEDIASOUP_ANNOUNCED_IP tells browsers {node.announced_ip}.",
            hint="Set MEDIASOUP_LISTEN_IP=0.0.0.0 (or HOST to where the site is), or unset MEDIASOUP_ANNOUNCED_IP.",
            id="media.W003",
        )
    for sentence in complaints(node):
        what, _, remedy = sentence.partition(": ")
        yield Warning(f"{what}.", hint=f"{remedy[:1].upper()}{remedy[1:]}", id="media.W004")

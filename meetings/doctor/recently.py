"""What went wrong for people in the last day, and what failed underneath."""

import ipaddress
from collections import Counter
from datetime import timedelta
from typing import Any

from django.db.models import Count, Max
from django.utils import timezone

from media.doctor.finding import Finding, green, red, yellow
from media.models import Incident
from meetings.doctor.words import for_administrators
from meetings.models import JoinAttempt

Json = dict[str, Any]

PERIOD = timedelta(hours=24)
# From here on it is the site, and not somebody's microphone.
MANY_FAILED, ENOUGH_ATTEMPTS = 0.25, 4
UNREACHED = ("WRONG_ANNOUNCED_ADDRESS", "MEDIA_PORT_BLOCKED")
FEW = 3
# Those that pages write are about somebody's own network.
OURS = (
    Incident.Kind.WORKER_DIED,
    Incident.Kind.WORKER_HUNG,
    Incident.Kind.NODE_LOST,
    Incident.Kind.WEB_PROCESS_LOST,
    Incident.Kind.LAYER_LOST,
    Incident.Kind.DATABASE_LOST,
)


def failures() -> list[Finding]:
    """Join attempts of people, by cause: one finding for all, and one for each cause, the most frequent first."""
    recent = JoinAttempt.objects.filter(began_at__gte=timezone.now() - PERIOD).exclude(
        purpose=JoinAttempt.Purpose.PROBE
    )
    by_outcome = dict(recent.order_by().values_list("outcome").annotate(Count("id")))
    total, failed = sum(by_outcome.values()), by_outcome.get(JoinAttempt.Outcome.FAILED, 0)
    if not total:
        return [green("Nobody tried to join in the last 24 hours.")]
    impaired = by_outcome.get(JoinAttempt.Outcome.IMPAIRED, 0)
    said = f"Of {total} attempts to join in the last 24 hours {failed} failed and {impaired} were impaired."
    facts = {"attempts": total, "failed": failed, "impaired": impaired}
    causes: list[Any] = list(
        recent.exclude(code="").order_by().values("code").annotate(count=Count("id"), last=Max("began_at"))
    )
    bad = failed >= ENOUGH_ATTEMPTS and failed / total >= MANY_FAILED
    remedy = "See the causes below; the admin has each attempt, step by step (Meetings, Join attempts)."
    if not failed and not impaired:
        # What was only noticed, such as a TURN server that nobody needed, is told of all the same.
        whole = green(said, **facts)
    else:
        whole = red(said, remedy, **facts) if bad else yellow(said, remedy, **facts)
    return [whole, *(_cause(one, bad) for one in sorted(causes, key=lambda one: -one["count"]))]


def _cause(found: Json, bad: bool) -> Finding:
    code, count = found["code"], found["count"]
    latest = JoinAttempt.objects.filter(code=code, began_at=found["last"])[0]
    sentence, action = for_administrators(latest, code)
    make = red if bad and count >= ENOUGH_ATTEMPTS else yellow
    said = f"{code}: {count} attempt{'' if count == 1 else 's'}. In the last one, {latest.report}: {sentence}"
    return make(said, action, code=code, count=count, report=latest.report)


def unreached() -> Finding:
    """Whether browsers reported lately that nothing answered at what we announced, and where those were."""
    recent = JoinAttempt.objects.filter(began_at__gte=timezone.now() - PERIOD).exclude(
        purpose=JoinAttempt.Purpose.PROBE
    )
    total = recent.count()
    if not total:
        return green("No browser has tried to reach the announced addresses in the last 24 hours.")
    closed = recent.filter(code__in=UNREACHED).exclude(outcome=JoinAttempt.Outcome.WELL)
    hit = list(closed.values_list("code", "address"))
    if not hit:
        return green(f"None of {total} browsers of the last 24 hours failed to reach the announced addresses.")
    codes = ", ".join(f"{code} {count}" for code, count in Counter(code for code, _ in hit).most_common())
    places = Counter(_place(address) for _, address in hit)
    where = ", ".join(f"{count} from {place}" for place, count in places.most_common())
    said = (
        f"{len(hit)} of {total} browsers of the last 24 hours got no answer at the announced addresses ({codes}): "
        f"{where}."
    )
    facts = {"attempts": total, "codes": dict(Counter(code for code, _ in hit)), "places": dict(places)}
    remedy = (
        "Set MEDIASOUP_ANNOUNCED_IP to an address that those networks reach, and open the media ports over UDP and "
        "TCP to them; `reachable` shows only what is seen from here."
    )
    if len(hit) >= FEW and len(hit) / total >= MANY_FAILED:
        return red(said, remedy, **facts)
    return yellow(
        said, f"{remedy} Single networks that let nothing out need TURN over TLS (docs/operations.md).", **facts
    )


def _place(address: str) -> str:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "an unknown address"
    if ip.is_loopback:
        return "this machine"
    return "private addresses" if ip.is_private else f"{ip}"


def incidents() -> Finding:
    """Failures of our own parts in the last day, by kind."""
    recent = Incident.objects.filter(began_at__gte=timezone.now() - PERIOD, kind__in=OURS)
    by_kind = dict(recent.order_by().values_list("kind").annotate(Count("id")))
    if not by_kind:
        return green("Nothing of ours has failed in the last 24 hours.")
    named = ", ".join(f"{Incident.Kind(kind).label} {count}" for kind, count in sorted(by_kind.items()))
    lasting = [one for one in recent if one.ended_at is None]
    said = f"In the last 24 hours: {named}."
    facts = {"kinds": by_kind, "lasting": len(lasting)}
    see = "See Media, Incidents in the admin for when, where and whom they hit."
    if lasting:
        return yellow(f"{said} {len(lasting)} of them are not over: {lasting[0]}.", see, **facts)
    return yellow(said, see, **facts)

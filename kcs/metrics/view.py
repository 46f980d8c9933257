"""The view of `/metrics`."""

import asyncio
from collections.abc import Iterable, Iterator

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Metric, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector, CollectorRegistry

from kcs.metrics.access import refusal
from kcs.metrics.celery_queue import queue_length
from kcs.metrics.incidents import incidents_by_kind
from kcs.metrics.node_families import node_families
from kcs.metrics.probe import latest_probe, probe_families
from media.client import MediaClient, get_media_client

# The times at which series began, which double their number.
disable_created_metrics()  # type: ignore[no-untyped-call]  # has no types


@require_safe
@never_cache
async def metrics(request: HttpRequest) -> HttpResponseBase:
    """Everything at this moment. What cannot be reached within a few seconds is left out, and its `up` is 0."""
    if (refused := refusal(request)) is not None:
        return refused
    client = get_media_client()
    nodes, waiting, incidents, probe = await asyncio.gather(
        client.numbers(), queue_length(), incidents_by_kind(), latest_probe()
    )
    families = (
        node_families(nodes),
        _of_links(client),
        _of_celery(waiting),
        _of_incidents(incidents),
        probe_families(probe),
    )
    asked = _Asked([family for some in families for family in some])
    return HttpResponse(generate_latest(REGISTRY) + generate_latest(asked.registry), CONTENT_TYPE_LATEST)


class _Asked(Collector):
    """What was asked for this scrape, as a registry."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families
        self.registry = CollectorRegistry(auto_describe=False)
        self.registry.register(self)

    def collect(self) -> Iterable[Metric]:
        return self._families


def _of_links(client: MediaClient) -> Iterator[Metric]:
    latencies, missing = client.link_latencies(), len(client.missing_nodes())
    yield GaugeMetricFamily("kcs_media_nodes_missing", "Media nodes that went without a goodbye.", value=missing)
    yield GaugeMetricFamily("kcs_links_up", "Media nodes that this process has a link to.", value=len(latencies))
    round_trip = GaugeMetricFamily(
        "kcs_link_round_trip_seconds",
        "Time that the last ping over the link took, 0 before the first.",
        labels=["node"],
    )
    for node, seconds in latencies.items():
        round_trip.add_metric([node], seconds)
    yield round_trip


def _of_celery(waiting: int | None) -> Iterator[Metric]:
    yield GaugeMetricFamily("kcs_celery_broker_up", "1 when Celery's broker answers.", value=waiting is not None)
    length = GaugeMetricFamily("kcs_celery_queue_length", "Jobs that no Celery worker has taken yet.")
    if waiting is not None:
        length.add_metric([], waiting)
    yield length


def _of_incidents(by_kind: dict[str, int] | None) -> Iterator[Metric]:
    # A gauge: old ones are purged.
    on_record = GaugeMetricFamily("kcs_incidents", "Incidents on record, by kind.", labels=["kind"])
    for kind, count in (by_kind or {}).items():
        on_record.add_metric([kind], count)
    yield on_record

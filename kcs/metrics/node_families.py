"""The numbers of media nodes as Prometheus has them. Made anew for each scrape from what the nodes answered."""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

from media.statuses import NodeNumbers, WorkerNumbers

NODE, WORKER = ["node"], ["node", "worker"]
# Of two rows of one index, the worker that leaves after a restart stands first; the one that stays is counted.
RUNNING = ("up", "draining")


def node_families(nodes: list[NodeNumbers]) -> Iterator[Metric]:
    """All families, also when there is no node: a name that is there one day and not the next breaks dashboards."""
    yield from _of_nodes(nodes)
    yield from _of_workers([(node["node"], worker) for node in nodes for worker in _one_an_index(node["workers"])])


def _of_nodes(nodes: list[NodeNumbers]) -> Iterator[Metric]:
    expected = GaugeMetricFamily("kcs_media_workers_expected", "Workers that the node should run.", labels=NODE)
    alive = GaugeMetricFamily("kcs_media_workers_alive", "Workers that run.", labels=NODE)
    draining = GaugeMetricFamily("kcs_media_node_draining", "1 while the node takes no new meetings.", labels=NODE)
    rooms = GaugeMetricFamily("kcs_media_rooms", "Meetings with media on the node.", labels=NODE)
    participants = GaugeMetricFamily("kcs_media_participants", "Participants with media on the node.", labels=NODE)
    lag = HistogramMetricFamily(
        "kcs_media_event_loop_lag_seconds", "Time by which the node's event loop was late, sampled.", labels=NODE
    )
    for node in nodes:
        name, workers = [node["node"]], _one_an_index(node["workers"])
        expected.add_metric(name, len(workers))
        alive.add_metric(name, sum(worker["state"] in RUNNING for worker in workers))
        draining.add_metric(name, float(node["state"] == "draining"))
        rooms.add_metric(name, node["rooms"])
        participants.add_metric(name, node["participants"])
        lag.add_metric(name, _cumulative(node["loopLag"]["bounds"], node["loopLag"]["counts"]), node["loopLag"]["sum"])
    yield from (expected, alive, draining, rooms, participants, lag)


def _of_workers(rows: list[tuple[str, WorkerNumbers]]) -> Iterator[Metric]:
    restarts = CounterMetricFamily("kcs_media_worker_restarts", "Workers that ended in this place.", labels=WORKER)
    for node, worker in rows:
        restarts.add_metric([node, str(worker["index"])], worker["restarts"])
    yield restarts
    gauges: dict[str, tuple[str, Callable[[WorkerNumbers], float | None]]] = {
        "kcs_media_worker_up": ("1 while the worker runs.", lambda worker: float(worker["state"] in RUNNING)),
        "kcs_media_worker_cpu_ratio": ("Share of one core that the worker uses.", lambda worker: worker["cpu"]),
        "kcs_media_worker_load_ratio": ("What placement goes by, 0 to 1.", lambda worker: worker["load"]),
        "kcs_media_worker_resident_memory_bytes": ("Memory of the worker.", lambda worker: worker["memoryBytes"]),
        "kcs_media_worker_uptime_seconds": ("Time since the worker came up.", lambda worker: worker["uptimeSeconds"]),
        "kcs_media_routers": ("Routers, one a meeting and worker.", lambda worker: worker["routers"]),
        "kcs_media_pipe_round_trip_seconds": (
            "Last time from a request to the worker over its pipe to the answer.",
            lambda worker: worker["pipeSeconds"],
        ),
        "kcs_media_received_bytes_per_second": (
            "What arrives at the worker's transports.",
            lambda worker: _bytes(worker, "received"),
        ),
        "kcs_media_sent_bytes_per_second": (
            "What leaves the worker's transports.",
            lambda worker: _bytes(worker, "sent"),
        ),
    }
    for name, (help_text, value_of) in gauges.items():
        gauge = GaugeMetricFamily(name, help_text, labels=WORKER)
        for node, worker in rows:
            if (value := value_of(worker)) is not None:
                gauge.add_metric([node, str(worker["index"])], value)
        yield gauge
    yield from _by_label(rows)


def _by_label(rows: list[tuple[str, WorkerNumbers]]) -> Iterator[Metric]:
    transports = GaugeMetricFamily(
        "kcs_media_transports", "Transports, by type and state.", labels=[*WORKER, "type", "state"]
    )
    paths = GaugeMetricFamily(
        "kcs_media_transport_paths", "Transports that found a path, by its protocol.", labels=[*WORKER, "protocol"]
    )
    producers = GaugeMetricFamily("kcs_media_producers", "Producers, by kind.", labels=[*WORKER, "kind"])
    consumers = GaugeMetricFamily("kcs_media_consumers", "Consumers, by kind.", labels=[*WORKER, "kind"])
    for node, worker in rows:
        names = [node, str(worker["index"])]
        for state, count in worker["transportsByState"]["webrtc"].items():
            transports.add_metric([*names, "webrtc", state], count)
        transports.add_metric([*names, "other", "any"], worker["transportsByState"]["other"])
        for family, counts in (
            (paths, worker["pathsByProtocol"]),
            (producers, worker["producersByKind"]),
            (consumers, worker["consumersByKind"]),
        ):
            for value, count in counts.items():
                family.add_metric([*names, value], count)
    yield from (transports, paths, producers, consumers)


def _one_an_index(workers: list[WorkerNumbers]) -> list[WorkerNumbers]:
    return list({worker["index"]: worker for worker in workers}.values())


def _bytes(worker: WorkerNumbers, way: str) -> float | None:
    return None if worker["bitsPerSecond"] is None else worker["bitsPerSecond"][way] / 8


def _cumulative(bounds: Iterable[float], counts: Iterable[int]) -> list[tuple[str, float]]:
    total, buckets = 0, []
    for bound, count in zip([*map(str, bounds), "+Inf"], counts, strict=True):
        total += count
        buckets.append((bound, float(total)))
    return buckets

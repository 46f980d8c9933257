"""The probe of a large site: through the balancer, through each worker of each node, by Celery's own processes."""

from __future__ import annotations

from typing import Any

import pytest

from cluster.layout import MEDIA_NODES
from meetings.bot.site import Site
from tests.cluster.running_cluster import RunningCluster
from tests.live.waiting import eventually


@pytest.mark.media
async def test_celery_probes_each_worker_of_each_node() -> None:
    with RunningCluster(PROBE_SECONDS="4", MEDIASOUP_WORKERS="2") as cluster:
        site = Site(cluster.base_url)

        async def well() -> Any:
            probe = (await site.health(deep=True))["probe"]
            return probe if probe and probe["ok"] else None

        try:
            probe = await eventually("a probe finds all well", well, within=60, every=1)
        except AssertionError as late:
            raise AssertionError(f"{late}\n{await site.health(deep=True)}\n{cluster.logs()[-5000:]}") from None
    assert {(call["node"], call["worker"]) for call in probe["workers"]} == {
        (node, worker) for node in MEDIA_NODES for worker in range(2)
    }

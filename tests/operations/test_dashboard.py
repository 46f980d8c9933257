"""The dashboard and the rules that come with the project ask for nothing that `/metrics` does not have."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import AsyncClient
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

import kcs.lifespan  # noqa: F401  # a process that serves has what this brings along
from tests.live.server import ROOT

DASHBOARD = ROOT / "deploy" / "grafana" / "kcs-meet.json"
PROMETHEUS = ROOT / "deploy" / "prometheus"
DOCS = ROOT / "docs" / "metrics.md"
NAME = re.compile(r"\b(?:kcs|process)_[a-z0-9_]+\b")
LABELS = re.compile(r"\bby \(([^)]*)\)")
# Those that Prometheus itself adds to what it collects, and those of histograms.
GIVEN = {"instance", "job", "le"}

Json = dict[str, Any]


@pytest.fixture
async def families(media: None, async_client: AsyncClient) -> dict[str, Metric]:
    text = (await async_client.get("/metrics")).content.decode()
    return {family.name: family for family in text_string_to_metric_families(text)}


def sample_names(families: dict[str, Metric]) -> set[str]:
    """The names under which Prometheus keeps them, also of those that have no sample yet."""
    endings = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
    return {name + ending for name, family in families.items() for ending in endings.get(family.type, ("",))}


def panels() -> list[Json]:
    dashboard: Json = json.loads(DASHBOARD.read_text())
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def queries() -> list[str]:
    asked = [target["expr"] for panel in panels() for target in panel["targets"]]
    for variable in json.loads(DASHBOARD.read_text())["templating"]["list"]:
        if variable["type"] == "query":
            asked.append(variable["query"]["query"])
    for group in yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"]:
        asked += [rule["expr"] for rule in group["rules"]]
    return asked


def test_every_query_is_of_metrics_that_there_are(families: dict[str, Metric]) -> None:
    there = sample_names(families)
    for query in queries():
        names = set(NAME.findall(query))
        assert names, f"{query} asks for nothing of ours"
        assert names <= there, f"{query} asks for {names - there}"


def test_every_label_that_is_grouped_by_is_one_of_the_metric(families: dict[str, Metric]) -> None:
    labels = {
        name: {label for sample in family.samples for label in sample.labels} for name, family in families.items()
    }
    for query in queries():
        families_asked = [re.sub("_(total|bucket|count|sum)$", "", name) for name in NAME.findall(query)]
        known = GIVEN.union(*(labels.get(name, set()) for name in families_asked))
        if not any(families[name].samples for name in families_asked if name in families):
            continue  # nothing was counted yet, so its labels are not known
        for group in LABELS.findall(query):
            assert {label.strip() for label in group.split(",") if label.strip()} <= known, query


def test_every_metric_of_ours_is_on_the_dashboard_and_in_the_docs(families: dict[str, Metric]) -> None:
    ours = {name: family for name, family in families.items() if name.startswith("kcs_")}
    asked = " ".join(queries())
    documented = DOCS.read_text()
    for name, family in ours.items():
        if name != "kcs_media_node_draining":
            assert re.search(rf"\b{name}(_total|_bucket)?\b", asked), f"{name} is on no panel"
        shown = f"{name}_total" if family.type == "counter" else name
        assert f"`{shown}`" in documented, f"{shown} is not in docs/metrics.md"
        assert family.documentation.endswith("."), f"{name} has no sentence that says what it is"


def test_panels_are_whole_and_do_not_overlap() -> None:
    dashboard: Json = json.loads(DASHBOARD.read_text())
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, f"{panel['title']} lies on another panel"
        taken |= cells
    for panel in panels():
        assert panel["description"]
        references = [target["refId"] for target in panel["targets"]]
        assert len(set(references)) == len(references) > 0
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_example_of_what_to_scrape_fits_the_site() -> None:
    [job] = yaml.safe_load(Path(PROMETHEUS / "prometheus.yml").read_text())["scrape_configs"]
    assert job["metrics_path"] == "/metrics"
    assert job["authorization"]["type"] == "Bearer"
    assert f'job="{job["job_name"]}"' in " ".join(queries())

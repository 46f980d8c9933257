"""A probe's findings for people at a terminal. Pure."""

from __future__ import annotations

from typing import Any

from meetings.probe.report import ProbeReport

Json = dict[str, Any]

COLUMNS = ("WORKER", "JOINED", "CONNECTED", "PICTURES", "LOSS", "DELAY", "SOUND", "")


def probe_table(report: ProbeReport) -> str:
    """A line for each call, and what is wrong in whole sentences below."""
    rows = [COLUMNS, *(_row(call.as_json()) for call in report.calls)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    if not report.calls:
        lines = []
    said: list[str] = []
    for failure in [report.failure, *(call.failure for call in report.calls)]:
        if failure is not None and failure.sentence not in said:
            said.append(failure.sentence)
            lines += [f"{failure.code} ({failure.phase}): {failure.sentence}", f"  {failure.action}".rstrip()]
    verdict = "works" if report.ok else "does not work"
    return "\n".join([*filter(None, lines), f"A call {verdict} at {report.url} ({report.seconds:.1f} s)."])


def crowd_table(found: Json) -> str:
    """The load generator's findings, a line each."""
    joins, delay = found["joinMs"] or {}, found["glassToGlassMs"] or {}
    lines = [
        f"joined    {found['joined']} of {found['asked']}, {_or_dash(found['joinsPerSecond'])} a second",
        f"a join    {_or_dash(joins.get('median'))} ms in the median, {_or_dash(joins.get('p95'))} ms at the 95th "
        f"percentile, {_or_dash(joins.get('worst'))} ms at worst",
        f"pictures  {found['streamsSeen']} of {found['streams']} arrived; {found['framesSeen']} of "
        f"{found['framesSent']} frames",
        f"delay     {_or_dash(delay.get('median'))} ms in the median, {_or_dash(delay.get('worst'))} ms at worst",
        f"the bots  used {found['ownCpu']:.0%} of a core",
    ]
    if found["ownLimit"]:
        lines.append("          The bots themselves were at their limit: the site can do more than this says.")
    lines += [f"{code}: {one['count']} times. {one['sentence']}" for code, one in found["failures"].items()]
    return "\n".join(lines)


def _row(call: Json) -> tuple[str, ...]:
    name = f"{call['node']} {call['worker']}" if call["node"] else "whichever"
    delay = call["glassToGlassMs"]["median"]
    loss = "-" if call["loss"] is None else f"{call['loss']:.1%}"
    return (
        name,
        _ms(call["joinedMs"]),
        _ms(call["connectedMs"]),
        f"{call['framesSeen']}/{call['framesSent']}",
        loss,
        _ms(delay),
        _ms(call["soundDelayMs"]) if call["soundHeard"] else "none",
        "well" if call["ok"] else call["code"],
    )


def _ms(value: int | None) -> str:
    return "-" if value is None else f"{value} ms"


def _or_dash(value: object) -> str:
    return "-" if value is None else str(value)

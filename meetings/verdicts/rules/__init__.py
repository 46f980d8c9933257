"""The rules, most fundamental first: what one explains, the later ones do not tell again."""

from collections.abc import Callable, Iterator

from meetings.verdicts.findings import Finding
from meetings.verdicts.known import Facts
from meetings.verdicts.rules import devices, joining, page, paths, quality, receiving, sending, server, waiting, ways

Rule = Callable[[Facts], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    page.socket_unreachable,
    joining.refused,
    joining.silent,
    joining.room_missing,
    server.media_lost,
    server.hung,
    server.silent,
    paths.unsupported,
    devices.failed,
    devices.ended,
    devices.muted,
    devices.speaker,
    paths.secure_connection_failed,
    paths.never_reached,
    paths.broken,
    ways.detour,
    ways.spare,
    sending.refused,
    sending.paused,
    sending.nothing_sent,
    receiving.cannot_consume,
    receiving.held_back,
    receiving.missing,
    quality.overloaded,
    quality.busy_device,
    quality.uplink,
    quality.downlink,
    page.process_gone,
    page.version,
    page.clock,
    waiting.still_waiting,
)

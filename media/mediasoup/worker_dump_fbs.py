"""What a worker and its WebRTC servers say of themselves (worker.fbs, webRtcServer.fbs)."""

from __future__ import annotations

from typing import TypedDict


class ChannelMessageHandlers(TypedDict):
    """The ids that take requests, and those that take notifications."""

    channelRequestHandlers: list[str]
    channelNotificationHandlers: list[str]


class WorkerDump(TypedDict):
    """A worker's view of what is in it."""

    pid: int
    webRtcServerIds: list[str]
    routerIds: list[str]
    channelMessageHandlers: ChannelMessageHandlers


class WorkerResourceUsage(TypedDict):
    """What uv_getrusage() says of the process.

    `ruUtime` and `ruStime` are CPU time in milliseconds, `ruMaxrss` is in KiB; the others are the counters of
    getrusage(2), zero where the kernel does not keep them.
    """

    ruUtime: int
    ruStime: int
    ruMaxrss: int
    ruIxrss: int
    ruIdrss: int
    ruIsrss: int
    ruMinflt: int
    ruMajflt: int
    ruNswap: int
    ruInblock: int
    ruOublock: int
    ruMsgsnd: int
    ruMsgrcv: int
    ruNsignals: int
    ruNvcsw: int
    ruNivcsw: int


class IpPort(TypedDict):
    """Where something listens."""

    ip: str
    port: int


class IceUserNameFragment(TypedDict):
    """Which transport an ICE user name belongs to."""

    localIceUsernameFragment: str
    webRtcTransportId: str


class WebRtcServerDump(TypedDict):
    """A WebRTC server's view of where it listens and for whom."""

    id: str
    udpSockets: list[IpPort]
    tcpServers: list[IpPort]
    webRtcTransportIds: list[str]
    localIceUsernameFragments: list[IceUserNameFragment]

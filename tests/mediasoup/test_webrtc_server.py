"""WebRTC servers: made, dumped, shared by transports, closed."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from media.mediasoup.errors import InvalidStateError, RequestRejected
from media.mediasoup.router import Router
from media.mediasoup.webrtc_server import WebRtcServer
from media.mediasoup.worker import Worker


async def test_dump(worker: Worker, webrtc_server: WebRtcServer) -> None:
    dump = await webrtc_server.dump()
    assert dump["id"] == webrtc_server.id
    assert [listening["ip"] for listening in dump["udpSockets"] + dump["tcpServers"]] == ["127.0.0.1", "127.0.0.1"]
    assert all(listening["port"] > 0 for listening in dump["udpSockets"] + dump["tcpServers"])
    assert dump["webRtcTransportIds"] == []
    assert dump["localIceUsernameFragments"] == []
    assert (await worker.dump())["webRtcServerIds"] == [webrtc_server.id]


async def test_observer_of_the_worker(worker: Worker) -> None:
    made: list[WebRtcServer] = []
    worker.observer.on("newwebrtcserver", made.append)
    server = await worker.create_webrtc_server(
        listen_infos=[{"protocol": "udp", "ip": "127.0.0.1"}], app_data={"port": "any"}
    )
    assert made == [server]
    assert server.app_data == {"port": "any"}


@pytest.mark.parametrize(
    "listen_infos",
    [
        [{"protocol": "sctp", "ip": "127.0.0.1"}],
        [{"protocol": "udp"}],
        [{"protocol": "udp", "ip": "no address"}],
        [{"protocol": "udp", "ip": "127.0.0.1", "announcedAddress": 7}],
    ],
)
async def test_nonsense(worker: Worker, listen_infos: Any) -> None:
    with pytest.raises((TypeError, RequestRejected)):
        await worker.create_webrtc_server(listen_infos=listen_infos)
    dump = await worker.dump()
    assert dump["webRtcServerIds"] == []
    assert dump["channelMessageHandlers"]["channelRequestHandlers"] == []


async def test_port_in_use(worker: Worker) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(RequestRejected, match="address already in use"):
            await worker.create_webrtc_server(listen_infos=[{"protocol": "udp", "ip": "127.0.0.1", "port": port}])
    assert not worker._webrtc_servers
    assert (await worker.dump())["webRtcServerIds"] == []


async def test_close_closes_its_transports(worker: Worker, webrtc_server: WebRtcServer, router: Router) -> None:
    events: list[object] = []
    webrtc_server.observer.on("close", lambda: events.append("close"))
    webrtc_server.observer.on("webrtctransporthandled", lambda transport: events.append(("handled", transport.id)))
    webrtc_server.observer.on("webrtctransportunhandled", lambda transport: events.append(("unhandled", transport.id)))
    first = await router.create_webrtc_transport(webrtc_server=webrtc_server)
    second = await router.create_webrtc_transport(webrtc_server=webrtc_server)
    second.on("listenserverclose", lambda: events.append("listenserverclose"))
    assert set((await webrtc_server.dump())["webRtcTransportIds"]) == {first.id, second.id}
    first.close()
    webrtc_server.close()
    webrtc_server.close()
    assert webrtc_server.closed
    assert second.closed
    assert events[:3] == [("handled", first.id), ("handled", second.id), ("unhandled", first.id)]
    assert set(events[3:]) == {"listenserverclose", ("unhandled", second.id), "close"}
    assert len(events) == 6
    with pytest.raises(InvalidStateError):
        await webrtc_server.dump()
    dump = await worker.dump()
    assert dump["webRtcServerIds"] == []
    assert dump["channelMessageHandlers"]["channelRequestHandlers"] == [router.id]

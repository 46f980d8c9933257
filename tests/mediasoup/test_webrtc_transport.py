"""WebRTC transports, with a real ICE, DTLS and SCTP endpoint."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from media.mediasoup.errors import RequestRejected
from media.mediasoup.listen_info import ListenInfo
from media.mediasoup.router import Router
from media.mediasoup.webrtc_server import WebRtcServer
from media.mediasoup.webrtc_transport import WebRtcTransport
from tests.mediasoup.recording import Recorder, next_event, until, within
from tests.mediasoup.webrtc_endpoint import WebRtcEndpoint

LISTEN: ListenInfo = {"protocol": "udp", "ip": "127.0.0.1"}


@pytest.fixture
async def transport(router: Router, webrtc_server: WebRtcServer) -> WebRtcTransport:
    return await router.create_webrtc_transport(webrtc_server=webrtc_server, enable_sctp=True)


@pytest.fixture
async def endpoint(transport: WebRtcTransport) -> AsyncIterator[WebRtcEndpoint]:
    endpoint = WebRtcEndpoint(transport)
    yield endpoint
    await endpoint.close()


async def test_new_transport_says_how_to_reach_it(transport: WebRtcTransport, webrtc_server: WebRtcServer) -> None:
    assert transport.type == "webrtc"
    assert transport.ice_role == "controlled"
    assert transport.ice_state == "new"
    assert transport.dtls_state == "new"
    assert transport.sctp_state == "new"
    assert transport.ice_selected_tuple is None
    assert transport.dtls_remote_cert is None
    assert transport.ice_parameters["iceLite"] is True
    assert len(transport.ice_parameters["usernameFragment"]) == 32
    dump = await webrtc_server.dump()
    assert {(candidate["protocol"], candidate["port"]) for candidate in transport.ice_candidates} == {
        ("udp", dump["udpSockets"][0]["port"]),
        ("tcp", dump["tcpServers"][0]["port"]),
    }
    tcp = next(candidate for candidate in transport.ice_candidates if candidate["protocol"] == "tcp")
    assert tcp["tcpType"] == "passive"
    assert tcp["ip"] == tcp["address"] == "127.0.0.1"
    assert transport.dtls_parameters["role"] == "auto"
    algorithms = {fingerprint["algorithm"] for fingerprint in transport.dtls_parameters["fingerprints"]}
    assert algorithms == {"sha-1", "sha-224", "sha-256", "sha-384", "sha-512"}
    own_dump = await transport.dump()
    assert own_dump["iceParameters"] == transport.ice_parameters
    assert own_dump["iceCandidates"] == transport.ice_candidates
    (stat,) = await transport.get_stats()
    assert (stat["type"], stat["iceState"], stat["dtlsState"]) == ("webrtc-transport", "new", "new")


async def test_endpoint_connects(transport: WebRtcTransport, endpoint: WebRtcEndpoint) -> None:
    recorder = Recorder()
    names = "icestatechange", "iceselectedtuplechange", "dtlsstatechange", "sctpstatechange"
    recorder.watch("event", transport, *names)
    recorder.watch("observer", transport.observer, *names)
    await endpoint.connect()
    await until(lambda: transport.dtls_state == "connected")
    await until(lambda: transport.sctp_state == "connected")
    assert transport.ice_state in ("connected", "completed")
    assert transport.dtls_parameters["role"] == "server"
    assert transport.ice_selected_tuple is not None
    assert transport.ice_selected_tuple["protocol"] == "udp"
    assert transport.ice_selected_tuple["remotePort"] > 0
    assert transport.dtls_remote_cert is not None
    assert "BEGIN CERTIFICATE" in transport.dtls_remote_cert
    assert transport.sctp_negotiated_capabilities is not None
    assert transport.sctp_negotiated_capabilities["negotiatedMaxOutboundStreams"] > 0
    assert {event for label, event in recorder.events if label == "event"} == set(names)
    assert [event for label, event in recorder.events if label == "event"] == [
        event for label, event in recorder.events if label == "observer"
    ]
    assert recorder.arguments["event", "dtlsstatechange"] == ("connected",)
    assert recorder.arguments["event", "sctpstatechange"] == ("connected",)
    assert recorder.arguments["event", "iceselectedtuplechange"] == (transport.ice_selected_tuple,)
    (stat,) = await transport.get_stats()
    assert stat["iceSelectedTuple"] == transport.ice_selected_tuple
    assert stat["dtlsState"] == "connected"
    assert stat["bytesReceived"] > 0
    transport.close()
    assert (transport.ice_state, transport.dtls_state, transport.sctp_state) == ("closed", "closed", "closed")
    assert transport.ice_selected_tuple is None


async def test_messages_over_sctp(router: Router, transport: WebRtcTransport, endpoint: WebRtcEndpoint) -> None:
    """From the endpoint to this process, and from this process to the endpoint."""
    direct = await router.create_direct_transport()
    await endpoint.connect()
    from_endpoint = await transport.produce_data(sctp_stream_parameters={"streamId": 1, "ordered": True}, label="up")
    here = await direct.consume_data(data_producer_id=from_endpoint.id)
    up = endpoint.open_channel(1, "up")
    await until(lambda: transport.sctp_state == "connected" and up.readyState == "open")
    heard = next_event(here, "message")
    up.send("from the endpoint")
    assert await within(heard) == (b"from the endpoint", 51)

    to_endpoint = await direct.produce_data(label="down")
    there = await transport.consume_data(data_producer_id=to_endpoint.id)
    assert there.sctp_stream_parameters is not None
    down = endpoint.open_channel(there.sctp_stream_parameters["streamId"], "down")
    messages: list[Any] = []
    down.on("message", messages.append)
    to_endpoint.send("through the router")
    await there.send(b"from the consumer itself")
    await until(lambda: len(messages) == 2)
    assert messages == ["through the router", b"from the consumer itself"]
    low = next_event(there, "bufferedamountlow")
    await there.set_buffered_amount_low_threshold(1000)
    for _ in range(10):
        await there.send(bytes(60_000))
    assert (await within(low))[0] <= 1000


async def test_full_send_buffer_is_told(router: Router, webrtc_server: WebRtcServer) -> None:
    transport = await router.create_webrtc_transport(
        webrtc_server=webrtc_server, enable_sctp=True, sctp_send_buffer_size=100_000
    )
    endpoint = WebRtcEndpoint(transport)
    await endpoint.connect()
    await until(lambda: transport.sctp_state == "connected")
    direct = await router.create_direct_transport()
    producer = await direct.produce_data()
    consumer = await transport.consume_data(data_producer_id=producer.id)
    full = next_event(consumer, "sctpsendbufferfull")
    for _ in range(20):
        producer.send(bytes(60_000))
    await within(full)
    await endpoint.close()


async def test_connect_twice_is_refused(transport: WebRtcTransport, endpoint: WebRtcEndpoint) -> None:
    await transport.connect(dtls_parameters=endpoint.dtls_parameters)
    with pytest.raises(RequestRejected):
        await transport.connect(dtls_parameters=endpoint.dtls_parameters)


@pytest.mark.parametrize(
    "dtls_parameters",
    [
        None,
        {},
        {"fingerprints": []},
        {"fingerprints": "sha-256"},
        {"fingerprints": [{"algorithm": "sha-256"}]},
        {"fingerprints": [{"algorithm": "md5", "value": "00:11"}]},
        {"fingerprints": [{"algorithm": ["sha-256"], "value": "00:11"}]},
        {"role": "boss", "fingerprints": [{"algorithm": "sha-256", "value": "00:11"}]},
    ],
)
async def test_dtls_parameters_that_make_no_sense_are_refused(
    transport: WebRtcTransport, endpoint: WebRtcEndpoint, dtls_parameters: Any
) -> None:
    with pytest.raises(TypeError):
        await transport.connect(dtls_parameters=dtls_parameters)
    await transport.connect(dtls_parameters=endpoint.dtls_parameters)


async def test_restart_ice_gives_new_parameters(transport: WebRtcTransport) -> None:
    before = transport.ice_parameters
    after = await transport.restart_ice()
    assert after == transport.ice_parameters
    assert after["usernameFragment"] != before["usernameFragment"]
    assert after["password"] != before["password"]
    assert (await transport.dump())["iceParameters"] == after


async def test_ports_of_its_own(router: Router) -> None:
    transport = await router.create_webrtc_transport(listen_infos=[LISTEN])
    assert [candidate["protocol"] for candidate in transport.ice_candidates] == ["udp"]
    assert transport.sctp_parameters is None
    assert transport.sctp_state is None
    both = await router.create_webrtc_transport(
        listen_infos=[
            {**LISTEN, "announcedAddress": "192.0.2.1", "exposeInternalIp": True},
            {**LISTEN, "protocol": "tcp"},
        ]
    )
    addresses = {(candidate["protocol"], candidate["address"]) for candidate in both.ice_candidates}
    assert addresses == {("udp", "192.0.2.1"), ("udp", "127.0.0.1"), ("tcp", "127.0.0.1")}
    best = max(both.ice_candidates, key=lambda candidate: candidate["priority"])
    assert best["address"] == "192.0.2.1"


async def test_server_with_one_protocol_only(router: Router, webrtc_server: WebRtcServer) -> None:
    over_udp = await router.create_webrtc_transport(webrtc_server=webrtc_server, enable_tcp=False)
    assert [candidate["protocol"] for candidate in over_udp.ice_candidates] == ["udp"]
    over_tcp = await router.create_webrtc_transport(webrtc_server=webrtc_server, enable_udp=False)
    assert [candidate["protocol"] for candidate in over_tcp.ice_candidates] == ["tcp"]
    for preferred in ("udp", "tcp"):
        transport = await router.create_webrtc_transport(
            webrtc_server=webrtc_server, prefer_udp=preferred == "udp", prefer_tcp=preferred == "tcp"
        )
        best = max(transport.ice_candidates, key=lambda candidate: candidate["priority"])
        assert best["protocol"] == preferred


async def test_server_or_ports_but_not_both(router: Router, webrtc_server: WebRtcServer) -> None:
    with pytest.raises(TypeError):
        await router.create_webrtc_transport()
    with pytest.raises(TypeError):
        await router.create_webrtc_transport(webrtc_server=webrtc_server, listen_infos=[LISTEN])
    with pytest.raises(RequestRejected):
        await router.create_webrtc_transport(webrtc_server=webrtc_server, enable_udp=False, enable_tcp=False)


async def test_bitrates_and_trace_types(transport: WebRtcTransport) -> None:
    await transport.set_max_incoming_bitrate(1_500_000)
    await transport.set_max_outgoing_bitrate(2_000_000)
    await transport.set_min_outgoing_bitrate(200_000)
    (stat,) = await transport.get_stats()
    assert stat["maxIncomingBitrate"] == 1_500_000
    assert stat["maxOutgoingBitrate"] == 2_000_000
    assert stat["minOutgoingBitrate"] == 200_000
    await transport.enable_trace_event(["bwe", "probation"])
    assert sorted((await transport.dump())["traceEventTypes"]) == ["bwe", "probation"]
    await transport.enable_trace_event()
    assert (await transport.dump())["traceEventTypes"] == []

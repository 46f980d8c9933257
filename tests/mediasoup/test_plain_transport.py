"""Plain RTP over real UDP sockets."""

from __future__ import annotations

import pytest

from media.mediasoup.errors import RequestRejected
from media.mediasoup.listen_info import ListenInfo
from media.mediasoup.router import Router
from media.mediasoup.srtp_parameters import SrtpParameters
from tests.mediasoup.recording import next_event, within
from tests.mediasoup.rtp import OPUS_PARAMETERS, VP8_PARAMETERS, opus, parse, rtcp_kinds, sender_report, vp8
from tests.mediasoup.udp_endpoint import UdpEndpoint

LISTEN: ListenInfo = {"protocol": "udp", "ip": "127.0.0.1"}


async def test_opus_goes_from_one_endpoint_to_another(router: Router) -> None:
    async with UdpEndpoint() as speaker, UdpEndpoint() as listener:
        sending = await router.create_plain_transport(listen_info=LISTEN, comedia=True)
        receiving = await router.create_plain_transport(listen_info=LISTEN)
        await receiving.connect(ip="127.0.0.1", port=listener.port)
        producer = await sending.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
        consumer = await receiving.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities)
        sent = [opus(number) for number in range(100, 110)]
        for packet in sent:
            speaker.send(packet, sending.tuple["localPort"])
        received = [await within(listener.rtp.get()) for _ in sent]
        assert [packet.payload for packet in received] == [parse(packet).payload for packet in sent]
        assert {packet.ssrc for packet in received} == {consumer.rtp_parameters["encodings"][0]["ssrc"]}
        assert {packet.payload_type for packet in received} == {consumer.rtp_parameters["codecs"][0]["payloadType"]}
        first = received[0].sequence_number
        assert [packet.sequence_number - first for packet in received] == list(range(10))

        (inbound,) = await producer.get_stats()
        assert inbound["type"] == "inbound-rtp"
        assert inbound["packetCount"] == 10
        assert inbound["ssrc"] == 11111111
        outbound = next(stat for stat in await consumer.get_stats() if stat["type"] == "outbound-rtp")
        assert outbound["packetCount"] == 10
        (stat,) = await sending.get_stats()
        assert stat["type"] == "plain-rtp-transport"
        assert stat["rtpBytesReceived"] >= sum(len(packet) for packet in sent)
        (stat,) = await receiving.get_stats()
        assert stat["rtpBytesSent"] > 0
        assert stat["tuple"]["remotePort"] == listener.port


async def test_vp8_key_frame_is_asked_of_the_sender_over_rtcp(router: Router) -> None:
    async with UdpEndpoint() as camera, UdpEndpoint() as viewer:
        sending = await router.create_plain_transport(listen_info=LISTEN, comedia=True)
        receiving = await router.create_plain_transport(listen_info=LISTEN)
        await receiving.connect(ip="127.0.0.1", port=viewer.port)
        producer = await sending.produce(kind="video", rtp_parameters=VP8_PARAMETERS)
        consumer = await receiving.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities)
        camera.send(vp8(1), sending.tuple["localPort"])
        kinds = rtcp_kinds(await within(camera.rtcp.get()))
        assert (206, 1) in kinds  # a picture loss indication
        camera.send(vp8(2, key_frame=True), sending.tuple["localPort"])
        ssrc = consumer.rtp_parameters["encodings"][0]["ssrc"]
        packet = await within(viewer.rtp.get())
        while packet.ssrc != ssrc:  # the worker probes the bandwidth meanwhile
            packet = await within(viewer.rtp.get())
        assert packet.payload.endswith(bytes(100))


async def test_comedia_learns_the_address_from_the_first_packet(router: Router) -> None:
    async with UdpEndpoint() as endpoint:
        transport = await router.create_plain_transport(listen_info=LISTEN, comedia=True)
        await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
        assert transport.tuple["remotePort"] == 0
        assert "remoteIp" not in transport.tuple
        learnt, observed = next_event(transport, "tuple"), next_event(transport.observer, "tuple")
        endpoint.send(opus(1), transport.tuple["localPort"])
        ((learnt_tuple,), (observed_tuple,)) = await within(learnt), await within(observed)
        assert learnt_tuple == observed_tuple == transport.tuple
        assert transport.tuple["remoteIp"] == "127.0.0.1"
        assert transport.tuple["remotePort"] == endpoint.port


async def test_rtcp_on_a_port_of_its_own(router: Router) -> None:
    async with UdpEndpoint() as endpoint:
        transport = await router.create_plain_transport(listen_info=LISTEN, rtcp_listen_info=LISTEN, comedia=True)
        assert not transport.rtcp_mux
        assert transport.rtcp_tuple is not None
        await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
        learnt = next_event(transport, "rtcptuple")
        endpoint.send(sender_report(11111111, ntp_seconds=1, timestamp=0), transport.rtcp_tuple["localPort"])
        assert await within(learnt) == (transport.rtcp_tuple,)
        assert transport.rtcp_tuple["remotePort"] == endpoint.port
        assert (await transport.dump())["rtcpTuple"] == transport.rtcp_tuple
        (stat,) = await transport.get_stats()
        assert stat["rtcpTuple"] == transport.rtcp_tuple


async def test_connect_takes_the_remote_address(router: Router) -> None:
    transport = await router.create_plain_transport(listen_info=LISTEN, rtcp_listen_info=LISTEN)
    await transport.connect(ip="127.0.0.1", port=9998, rtcp_port=9999)
    assert transport.tuple["remotePort"] == 9998
    assert transport.rtcp_tuple is not None
    assert transport.rtcp_tuple["remotePort"] == 9999
    with pytest.raises(RequestRejected):
        await transport.connect(ip="127.0.0.1", port=9998, rtcp_port=9999)


async def test_srtp_keys_are_exchanged(router: Router) -> None:
    transport = await router.create_plain_transport(
        listen_info=LISTEN, enable_srtp=True, srtp_crypto_suite="AEAD_AES_256_GCM"
    )
    offered = transport.srtp_parameters
    assert offered is not None
    assert offered["cryptoSuite"] == "AEAD_AES_256_GCM"
    remote: SrtpParameters = {
        "cryptoSuite": "AES_CM_128_HMAC_SHA1_80",
        "keyBase64": "ZnQ3eWJraDg0d3ZoYzM5cXN1Y2pnaHU5NWxrZTVv",
    }
    await transport.connect(ip="127.0.0.1", port=9999, srtp_parameters=remote)
    dump = await transport.dump()
    assert dump["srtpParameters"] == transport.srtp_parameters
    assert dump["srtpParameters"]["cryptoSuite"] == "AES_CM_128_HMAC_SHA1_80"


@pytest.mark.parametrize(
    "srtp_parameters",
    [{}, {"cryptoSuite": "ROT13", "keyBase64": "x"}, {"cryptoSuite": "AEAD_AES_256_GCM"}, {"keyBase64": 1}],
)
async def test_srtp_parameters_that_make_no_sense_are_refused_here(
    router: Router, srtp_parameters: SrtpParameters
) -> None:
    transport = await router.create_plain_transport(listen_info=LISTEN, enable_srtp=True)
    with pytest.raises(TypeError):
        await transport.connect(ip="127.0.0.1", port=9999, srtp_parameters=srtp_parameters)
    await transport.connect(
        ip="127.0.0.1",
        port=9999,
        srtp_parameters={
            "cryptoSuite": "AES_CM_128_HMAC_SHA1_80",
            "keyBase64": "ZnQ3eWJraDg0d3ZoYzM5cXN1Y2pnaHU5NWxrZTVv",
        },
    )


@pytest.mark.parametrize(
    "listen_info",
    [{}, {"ip": "127.0.0.1"}, {"protocol": "sctp", "ip": "127.0.0.1"}, {"protocol": "udp"}],
)
async def test_listen_info_that_makes_no_sense_is_refused(router: Router, listen_info: ListenInfo) -> None:
    with pytest.raises(TypeError):
        await router.create_plain_transport(listen_info=listen_info)


async def test_port_in_use_is_refused_with_the_reason(router: Router) -> None:
    first = await router.create_plain_transport(listen_info=LISTEN)
    taken: ListenInfo = {**LISTEN, "port": first.tuple["localPort"]}
    with pytest.raises(RequestRejected, match="in use"):
        await router.create_plain_transport(listen_info=taken)
    with pytest.raises(RequestRejected):
        await router.create_plain_transport(listen_info={"protocol": "udp", "ip": "203.0.113.1"})


async def test_listening_options_reach_the_worker(router: Router) -> None:
    transport = await router.create_plain_transport(
        listen_info={
            "protocol": "udp",
            "ip": "127.0.0.1",
            "announcedAddress": "media.example.org",
            "portRange": {"min": 40100, "max": 40200},
            "flags": {"udpReusePort": True},
            "sendBufferSize": 100_000,
            "recvBufferSize": 100_000,
        },
        enable_sctp=True,
        max_send_message_size=1000,
        max_receive_message_size=2000,
        sctp_send_buffer_size=3000,
    )
    assert transport.tuple["localAddress"] == transport.tuple["localIp"] == "media.example.org"
    assert 40100 <= transport.tuple["localPort"] <= 40200
    assert (await transport.dump())["sctpState"] == transport.sctp_state == "new"
    assert transport.sctp_parameters is not None
    assert transport.sctp_parameters["maxSendMessageSize"] == 1000
    assert transport.sctp_parameters["maxReceiveMessageSize"] == 2000
    assert transport.sctp_parameters["sendBufferSize"] == 3000
    assert transport.sctp_parameters["isDataChannel"] is False


async def test_bitrates_are_set_and_seen_in_statistics(router: Router) -> None:
    transport = await router.create_plain_transport(listen_info=LISTEN)
    await transport.set_max_incoming_bitrate(1_000_000)
    await transport.set_max_outgoing_bitrate(900_000)
    await transport.set_min_outgoing_bitrate(100_000)
    (stat,) = await transport.get_stats()
    assert stat["maxIncomingBitrate"] == 1_000_000
    assert stat["maxOutgoingBitrate"] == 900_000
    assert stat["minOutgoingBitrate"] == 100_000
    with pytest.raises(RequestRejected):
        await transport.set_max_outgoing_bitrate(50_000)  # below the minimum
    with pytest.raises(RequestRejected):
        await transport.set_min_outgoing_bitrate(1_000)  # below what mediasoup can do

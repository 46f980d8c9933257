"""What a participant sends."""

import logging
from typing import Any, cast
from uuid import UUID

from media.errors import BAD_REQUEST, NOT_ALLOWED, PRODUCE_FAILED, MediaError
from media.mediasoup.errors import MediasoupError
from media.mediasoup.producer import Producer
from media.mediasoup.rtp_parameters import MediaKind
from media.node.facts import producer_fact
from media.node.peer import Peer
from media.node.refusals import refused_as

from .call import Call

log = logging.getLogger(__name__)

Json = dict[str, Any]

KIND_OF_SOURCE = {"mic": "audio", "camera": "video", "screen": "video", "screen-audio": "audio"}
USUAL_SOURCE = {"audio": "mic", "video": "camera"}


async def produce(call: Call) -> Json:
    """Begin to send from a source; everybody else is told `new-producer`."""
    kind = cast(MediaKind, call.data.choice("kind", ("audio", "video")))
    source = call.data.choice("source", KIND_OF_SOURCE) if "source" in call.data else USUAL_SOURCE[kind]
    if KIND_OF_SOURCE[source] != kind:
        raise MediaError(BAD_REQUEST, f'"{source}" is {KIND_OF_SOURCE[source]}, not {kind}.')
    producer_id = _chosen_id(call.data.text("producerId")) if "producerId" in call.data else None
    peer = call.peer
    if "transportId" in call.data:
        peer.expect_transport("send", call.data.text("transportId"))
    parameters, paused = call.data.mapping("rtpParameters"), call.data.flag("paused")
    peer.permitted.learn(call.data)
    if not paused:
        _check_permitted(peer, source)
    producer = await peer.produce(kind, source, parameters, paused, producer_id)
    peer.room.tell("new-producer", producer_fact(producer), but=peer)
    peer.replace_predecessor(producer)
    if source == "mic":
        try:
            await peer.room.listen_to(producer)
        except MediasoupError as error:
            # It is sent and heard all the same; only nobody sees that it speaks.
            log.warning("No audio levels for a microphone in meeting %s: %s", call.meeting, error)
    return {"kind": kind, "producerId": producer.id, "source": source}


def _chosen_id(text: str) -> str:
    """An id that a client chose, so that it need not wait for ours. Only a UUID is as good as unique."""
    try:
        return str(UUID(text))
    except ValueError:
        raise MediaError(BAD_REQUEST, "producerId must be a UUID.") from None


async def pause_producer(call: Call) -> Json:
    """Stop forwarding; the others are told if it was not paused."""
    peer, producer = call.peer, call.peer.producer(call.data.text("producerId"))
    was_paused = producer.paused
    with refused_as(PRODUCE_FAILED):
        await producer.pause()
    _is_its_owner_s_again(peer, producer)
    peer.first_steps.paused(producer, by="self")
    if not was_paused:
        names = {"participantId": peer.participant, "producerId": producer.id}
        peer.room.tell("producer-paused", names, but=peer)
    return {"producerId": producer.id}


async def resume_producer(call: Call) -> Json:
    """Forward again; the others are told if it was paused."""
    peer, producer = call.peer, call.peer.producer(call.data.text("producerId"))
    peer.permitted.learn(call.data)
    _check_permitted(peer, producer.app_data["source"])
    was_paused = producer.paused
    with refused_as(PRODUCE_FAILED):
        await producer.resume()
    _is_its_owner_s_again(peer, producer)
    peer.first_steps.resumed(producer)
    if was_paused:
        names = {"participantId": peer.participant, "producerId": producer.id}
        peer.room.tell("producer-resumed", names, but=peer)
    return {"producerId": producer.id}


def _is_its_owner_s_again(peer: Peer, producer: Producer) -> None:
    """Whether it is paused is for its owner again, whatever an administrator did."""
    if producer.app_data.pop("held", False):
        peer.room.note_withheld(producer, on=False)


async def close_producer(call: Call) -> Json:
    """Stop sending for good."""
    producer = call.peer.producer(call.data.text("producerId"))
    call.peer.close_producer(producer)
    return {"producerId": producer.id}


async def allow(call: Call) -> Json:
    """Pause what the participant sends and, by `{sends}`, may not send any more; the others are told. Nothing is turned
    on by this: that is for whoever sends it. Harmless when they have no media.
    """
    peer = call.rooms.find_peer(call.meeting, call.participant)
    if peer is not None and peer.permitted.learn(call.data):
        await hold_back(peer)
    return {}


async def hold_back(peer: Peer) -> None:
    """Pause what the peer may not send, and tell the others."""
    for producer in list(peer.producers.values()):
        if producer.paused or producer.closed or peer.permitted.allows(producer.app_data["source"]):
            continue
        with refused_as(PRODUCE_FAILED):
            await producer.pause()
        peer.first_steps.paused(producer, by="host")
        names = {"participantId": peer.participant, "producerId": producer.id}
        peer.room.tell("producer-paused", names, but=peer)


def _check_permitted(peer: Peer, source: str) -> None:
    if not peer.permitted.allows(source):
        raise MediaError(NOT_ALLOWED, f"A host does not let you send your {source}.")

"""What a participant receives."""

import asyncio
from typing import Any

from media.errors import BAD_REQUEST, CONSUME_FAILED, MEDIA_OVERLOADED, PRODUCER_NOT_FOUND, MediaError
from media.node.facts import consumed_fact
from media.node.peer import Peer
from media.node.place import Sent
from media.node.refusals import refused_as

from .call import Call

Json = dict[str, Any]


async def consume(call: Call) -> Json:
    """Receive one producer, several, or the first of a kind that a participant has.

    A producer that is consumed already is answered with the consumer there is.
    """
    peer = call.peer
    if "rtpCapabilities" in call.data:
        peer.can_receive(call.data.mapping("rtpCapabilities"))
    paused = call.data.flag("paused")
    if "producerIds" in call.data:
        return await _consume_several(call, peer, call.data.texts("producerIds"), paused)
    if "producerId" in call.data:
        producer = _producer(peer, call.data.text("producerId"))
    else:
        producer = _first_of_kind(peer, call.data.text("producerParticipantId"), call.data.text("kind"))
    if peer.consumer_of(producer) is None and not call.rooms.loads.consumers_left(peer.place.slot):
        raise _too_much()
    return consumed_fact(await peer.consume(producer, paused))


async def pause_consumer(call: Call) -> Json:
    """Stop receiving for a while."""
    peer, consumer = call.peer, call.peer.consumer(call.data.text("consumerId"))
    with refused_as(CONSUME_FAILED):
        await consumer.pause()
    peer.first_steps.paused(consumer, by="self")
    return {"consumerId": consumer.id}


async def resume_consumer(call: Call) -> Json:
    """Receive again."""
    peer, consumer = call.peer, call.peer.consumer(call.data.text("consumerId"))
    with refused_as(CONSUME_FAILED):
        await consumer.resume()
    peer.first_steps.resumed(consumer)
    return {"consumerId": consumer.id}


async def set_preferred_layers(call: Call) -> Json:
    """The highest layers that are wanted. Without effect on what has no layers."""
    consumer = call.peer.consumer(call.data.text("consumerId"))
    spatial = call.data.integer("spatialLayer")
    temporal = call.data.integer("temporalLayer") if "temporalLayer" in call.data else None
    with refused_as(BAD_REQUEST):
        await consumer.set_preferred_layers(spatial_layer=spatial, temporal_layer=temporal)
    return {"consumerId": consumer.id}


async def set_consumer_priority(call: Call) -> Json:
    """What to keep when the line is too thin for everything: 1 to 255."""
    consumer = call.peer.consumer(call.data.text("consumerId"))
    with refused_as(BAD_REQUEST):
        await consumer.set_priority(call.data.integer("priority"))
    return {"consumerId": consumer.id}


async def request_key_frame(call: Call) -> Json:
    """Ask the sender for a whole picture."""
    peer, consumer = call.peer, call.peer.consumer(call.data.text("consumerId"))
    with refused_as(CONSUME_FAILED):
        await consumer.request_key_frame()
    if not any(consumer.score["producerScores"]):
        # What has come here through no pipe yet is not known to this worker: it has asked nobody.
        await peer.room.want_key_frame(consumer.producer_id)
    return {"consumerId": consumer.id}


async def _consume_several(call: Call, peer: Peer, producer_ids: list[str], paused: bool) -> Json:
    left = call.rooms.loads.consumers_left(peer.place.slot)

    async def one(producer_id: str) -> Json | MediaError:
        nonlocal left
        try:
            producer = _producer(peer, producer_id)
            if peer.consumer_of(producer) is None:
                if left <= 0:
                    raise _too_much()
                left -= 1
            return consumed_fact(await peer.consume(producer, paused))
        except MediaError as error:
            return error

    outcomes = await asyncio.gather(*map(one, producer_ids))
    failed = [
        {"producerId": producer_id, "code": outcome.code}
        for producer_id, outcome in zip(producer_ids, outcomes, strict=True)
        if isinstance(outcome, MediaError)
    ]
    return {"consumers": [outcome for outcome in outcomes if isinstance(outcome, dict)], "failed": failed}


def _too_much() -> MediaError:
    return MediaError(MEDIA_OVERLOADED, "The media worker of this meeting is at its limit.")


def _producer(peer: Peer, producer_id: str) -> Sent:
    producer = peer.room.producer(producer_id)
    if producer is None:
        raise MediaError(PRODUCER_NOT_FOUND, "Nobody in this meeting has a producer with this id.")
    return producer


def _first_of_kind(peer: Peer, participant: str, kind: str) -> Sent:
    # Who is moving to another worker sends the same twice for a moment: the newer one lasts.
    latest_first = reversed(list(peer.room.producers()))
    producers = [sent for sent in latest_first if sent.kind == kind and sent.app_data["participantId"] == participant]
    if not producers:
        raise MediaError(PRODUCER_NOT_FOUND, f"That participant sends no {kind}.")
    # A person before what they present.
    return min(producers, key=lambda producer: producer.app_data["source"].startswith("screen"))

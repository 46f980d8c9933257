"""What an administrator does to one transport, producer or consumer.

Those whom it concerns are told what the contract has for it, the owner too, whose page does not know of it otherwise.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from media.errors import BAD_REQUEST, CONSUME_FAILED, PRODUCE_FAILED, TRANSPORT_CREATION_FAILED, MediaError
from media.mediasoup.consumer import Consumer
from media.mediasoup.producer import Producer
from media.node.finding import KINDS, Found, consumer_of, find_consumer, find_producer, find_transport
from media.node.peer import Peer
from media.node.pushes import push
from media.node.refusals import refused_as

from .call import Call

log = logging.getLogger(__name__)

Json = dict[str, Any]
Act = Callable[[Call], Awaitable[Found]]

# mediasoup takes no outgoing limit below this.
LEAST_BITRATE = 30_000
MOST_BITRATE = 1_000_000_000
TRACE_SECONDS = 30


async def steer(call: Call) -> Json:
    """Do `act` to the object of `kind` and `id`; where it was, as `{act, kind, id, meeting, participant}`.

    `close` anything; `pause`, `resume`, `request-key-frame` and `trace` (`types`, `seconds`) a producer or a consumer;
    `cap-incoming` and `cap-outgoing` (`bitrate`, 0: no limit) a transport. A producer that is piped between workers has
    one id on both: `transport` says which is meant.
    """
    kind, act = call.data.choice("kind", KINDS), call.data.text("act")
    doing = ACTS.get((act, kind))
    if doing is None:
        raise MediaError(BAD_REQUEST, f"A {kind} knows no {act}.")
    found = await doing(call)
    done = {"act": act, "kind": kind, "id": call.data.text("id")}
    done |= {"meeting": found.meeting, "participant": found.participant}
    log.info("Steered: %(act)s %(kind)s %(id)s meeting=%(meeting)s participant=%(participant)s", done)
    return done


async def _close_transport(call: Call) -> Found:
    found = find_transport(call.supervisor, call.data.text("id"))
    peer = _owner(call, found)
    if peer is not None and peer.has_transport(found.transport.id):
        peer.close_transport(found.transport.id)
    else:
        found.transport.close()
    return found


async def _close_producer(call: Call) -> Found:
    found, producer = _producer(call)
    peer = _owner(call, found)
    if peer is not None and producer.id in peer.producers:
        peer.close_producer(producer)
        push("producer-closed", {"participantId": peer.participant, "producerId": producer.id}, [peer.pushes])
    else:
        producer.close()
    return found


async def _close_consumer(call: Call) -> Found:
    found, consumer = find_consumer(call.supervisor, call.data.text("id"))
    peer = _owner(call, found)
    if peer is not None and consumer.id in peer.consumers:
        peer.close_consumer(consumer)
    else:
        consumer.close()
    return found


async def _pause_producer(call: Call) -> Found:
    found, producer = _producer(call)
    was_paused = producer.paused
    with refused_as(PRODUCE_FAILED):
        await producer.pause()
    if not was_paused:
        producer.app_data["held"] = True
        _tell_all(call, found, "producer-paused", producer)
        _note_pause(call, found, producer)
        _note_withheld(call, found, producer, on=True)
    return found


async def _resume_producer(call: Call) -> Found:
    found, producer = _producer(call)
    if producer.paused and not producer.app_data.get("held"):
        raise MediaError(PRODUCE_FAILED, "Its owner paused this: nobody else turns it on again.")
    owner = _owner(call, found)
    if owner is not None and not owner.permitted.allows(producer.app_data["source"]):
        raise MediaError(PRODUCE_FAILED, "A host of the meeting does not let this be sent.")
    with refused_as(PRODUCE_FAILED):
        await producer.resume()
    if producer.app_data.pop("held", False):
        _tell_all(call, found, "producer-resumed", producer)
        _note_resume(call, found, producer)
        _note_withheld(call, found, producer, on=False)
    return found


async def _pause_consumer(call: Call) -> Found:
    found, consumer = find_consumer(call.supervisor, call.data.text("id"))
    was_paused = consumer.paused
    with refused_as(CONSUME_FAILED):
        await consumer.pause()
    _tell_owner(call, found, "consumer-paused", consumer)
    if not was_paused:
        _note_pause(call, found, consumer)
    return found


async def _resume_consumer(call: Call) -> Found:
    found, consumer = find_consumer(call.supervisor, call.data.text("id"))
    with refused_as(CONSUME_FAILED):
        await consumer.resume()
    if not consumer.producer_paused:
        _tell_owner(call, found, "consumer-resumed", consumer)
    _note_resume(call, found, consumer)
    return found


async def _key_frame_of_producer(call: Call) -> Found:
    found, producer = _producer(call)
    consumer = consumer_of(found.router, producer)
    if consumer is None:
        raise MediaError(CONSUME_FAILED, "Nobody receives this, so that nobody can ask for a key frame.")
    return await _ask_key_frame(found, consumer)


async def _key_frame_of_consumer(call: Call) -> Found:
    return await _ask_key_frame(*find_consumer(call.supervisor, call.data.text("id")))


async def _ask_key_frame(found: Found, consumer: Consumer) -> Found:
    if consumer.kind != "video":
        raise MediaError(BAD_REQUEST, "Sound has no key frames.")
    with refused_as(CONSUME_FAILED):
        await consumer.request_key_frame()
    return found


async def _cap_incoming(call: Call) -> Found:
    found = find_transport(call.supervisor, call.data.text("id"))
    with refused_as(TRANSPORT_CREATION_FAILED):
        await found.transport.set_max_incoming_bitrate(_bitrate(call))
    return found


async def _cap_outgoing(call: Call) -> Found:
    found = find_transport(call.supervisor, call.data.text("id"))
    with refused_as(TRANSPORT_CREATION_FAILED):
        await found.transport.set_max_outgoing_bitrate(_bitrate(call))
    return found


async def _trace_producer(call: Call) -> Found:
    found, producer = _producer(call)
    await _trace(call, producer)
    return found


async def _trace_consumer(call: Call) -> Found:
    found, consumer = find_consumer(call.supervisor, call.data.text("id"))
    await _trace(call, consumer)
    return found


async def _trace(call: Call, target: Producer | Consumer) -> None:
    types = call.data.texts("types") if "types" in call.data else ["keyframe", "fir", "nack", "pli"]
    seconds = call.data.integer("seconds") if "seconds" in call.data else TRACE_SECONDS
    with refused_as(BAD_REQUEST):
        await call.insight.traces.begin(target, types, seconds)


ACTS: dict[tuple[str, str], Act] = {
    ("close", "transport"): _close_transport,
    ("close", "producer"): _close_producer,
    ("close", "consumer"): _close_consumer,
    ("pause", "producer"): _pause_producer,
    ("pause", "consumer"): _pause_consumer,
    ("resume", "producer"): _resume_producer,
    ("resume", "consumer"): _resume_consumer,
    ("request-key-frame", "producer"): _key_frame_of_producer,
    ("request-key-frame", "consumer"): _key_frame_of_consumer,
    ("cap-incoming", "transport"): _cap_incoming,
    ("cap-outgoing", "transport"): _cap_outgoing,
    ("trace", "producer"): _trace_producer,
    ("trace", "consumer"): _trace_consumer,
}
"""By act and kind."""


def _producer(call: Call) -> tuple[Found, Producer]:
    transport_id = call.data.text("transport") if "transport" in call.data else ""
    return find_producer(call.supervisor, call.data.text("id"), transport_id)


def _owner(call: Call, found: Found) -> Peer | None:
    return call.rooms.find_peer(found.meeting, found.participant)


def _tell_all(call: Call, found: Found, event: str, producer: Producer) -> None:
    if room := call.rooms.find(found.meeting):
        room.tell(event, {"participantId": found.participant, "producerId": producer.id})


def _tell_owner(call: Call, found: Found, event: str, consumer: Consumer) -> None:
    if peer := _owner(call, found):
        push(event, {"consumerId": consumer.id, "producerId": consumer.producer_id}, [peer.pushes])


def _note_pause(call: Call, found: Found, stream: Producer | Consumer) -> None:
    if peer := _owner(call, found):
        peer.first_steps.paused(stream, by="administrator")


def _note_resume(call: Call, found: Found, stream: Producer | Consumer) -> None:
    if peer := _owner(call, found):
        peer.first_steps.resumed(stream)


def _note_withheld(call: Call, found: Found, producer: Producer, *, on: bool) -> None:
    if room := call.rooms.find(found.meeting):
        room.note_withheld(producer, on=on)


def _bitrate(call: Call) -> int:
    bitrate = call.data.integer("bitrate")
    if bitrate and not LEAST_BITRATE <= bitrate <= MOST_BITRATE:
        raise MediaError(BAD_REQUEST, f"A bitrate is 0 for no limit, or {LEAST_BITRATE} to {MOST_BITRATE} bit/s.")
    return bitrate

"""What the node sees of one participant's media just now, for whoever has to say what is wrong with them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from media.mediasoup.consumer import Consumer
from media.mediasoup.errors import MediasoupError
from media.mediasoup.producer import Producer
from media.mediasoup.webrtc_transport import WebRtcTransport
from media.node.facts import Direction, announced, path_fact
from media.node.pulse import NO_ANSWER_SECONDS

from .call import Call

Json = dict[str, Any]
Stats = Sequence[Mapping[str, Any]]
Answers = dict[str, Any]
Ask = Callable[[], Awaitable[Any]]

# Whoever asks does so because somebody waits. A worker that needs longer has no time for media either.
ANSWER_SECONDS: Final = 0.8
ITSELF: Final = "worker"


async def witness(call: Call) -> Json:
    """`{stats?}`: what there is of the participant's media and, with `stats`, what the worker has counted of it.

    `{worker: index, node, cpu: 0..1 of a core, lagMs, hung, transports: [{id, direction, iceState, dtlsState, tuple?:
    {local, remote, protocol}, announced: [{ip, port, protocol}], bytesIn, bytesOut, rtpBytesIn, rtpBytesOut, lossIn?,
    lossOut?, rtt?}], producers: [{id, source, kind, paused, score, packets?, bytes?, loss?}], consumers: [{id,
    producerId, participantId, source, kind, paused, producerPaused, score, packets?, bytes?, loss?, layers?}]}`.

    Losses go from 0 to 1, `rtt` is milliseconds, scores go from 0 to 10; `lagMs` is how late the node's own loop was
    at most in the last seconds. Answers within a second, whatever the worker does: one that does not answer is `hung`,
    and what it did not tell (all that is counted) is absent.
    """
    peer = call.peer
    slot, worker = peer.place.slot, peer.place.slot.worker
    hung = worker is None or slot.pulse.silent_seconds >= NO_ANSWER_SECONDS
    answers: Answers = {}
    transports = peer.transports.copy()
    producers, consumers = list(peer.producers.values()), list(peer.consumers.values())
    if call.data.flag("stats") and worker is not None and not hung:
        everything: list[WebRtcTransport | Producer | Consumer] = [*transports.values(), *producers, *consumers]
        # Of somebody who has nothing yet the worker is asked all the same.
        questions: list[tuple[str, Ask]] = [(ITSELF, worker.get_resource_usage)]
        answers = await _answers(questions + [(one.id, one.get_stats) for one in everything])
        hung = ITSELF not in answers
    return {
        "worker": slot.index,
        "node": call.node,
        "cpu": round(slot.pulse.cpu, 4),
        "lagMs": round(call.insight.latest_lag * 1000, 1),
        "hung": hung,
        "transports": [_transport(direction, one, answers) for direction, one in transports.items()],
        "producers": [_producer(one, answers.get(one.id)) for one in producers],
        "consumers": [_consumer(one, answers.get(one.id)) for one in consumers],
    }


async def _answers(questions: Iterable[tuple[str, Ask]]) -> Answers:
    """What came in time, by name. What has closed meanwhile, or is not answered, is not among it."""
    asked = {name: asyncio.create_task(_answer(ask), name="media-witness") for name, ask in questions}
    try:
        await asyncio.wait(asked.values(), timeout=ANSWER_SECONDS)
        answers = {name: task.result() for name, task in asked.items() if task.done()}
    finally:
        for task in asked.values():
            task.cancel()
    return {name: answer for name, answer in answers.items() if answer is not None}


async def _answer(ask: Ask) -> Any:
    try:
        return await ask()
    except MediasoupError:
        return None


def _transport(direction: Direction, transport: WebRtcTransport, answers: Answers) -> Json:
    seen: Json = {
        "id": transport.id,
        "direction": direction,
        "iceState": transport.ice_state,
        "dtlsState": transport.dtls_state,
        "announced": announced(transport),
    }
    if (path := transport.ice_selected_tuple) is not None:
        seen["tuple"] = path_fact(path)
    if transport.id in answers:
        [stats] = answers[transport.id]
        seen["bytesIn"], seen["bytesOut"] = stats["bytesReceived"], stats["bytesSent"]
        seen["rtpBytesIn"], seen["rtpBytesOut"] = stats["rtpBytesReceived"], stats["rtpBytesSent"]
        for name, theirs in (("lossIn", "rtpPacketLossReceived"), ("lossOut", "rtpPacketLossSent")):
            if theirs in stats:
                seen[name] = round(stats[theirs], 4)
    # A consumer's statistics begin with those of what it sends; what its producer receives went another way.
    streams = [stats for one in transport.producers for stats in answers.get(one, ())]
    streams += [stats for one in transport.consumers for stats in answers.get(one, ())[:1]]
    # Nought before the far end has reported.
    if round_trips := [one["roundTripTime"] for one in streams if one["roundTripTime"] > 0]:
        seen["rtt"] = round(max(round_trips), 1)
    return seen


def _producer(producer: Producer, stats: Stats | None) -> Json:
    return {
        "id": producer.id,
        "source": producer.app_data["source"],
        "kind": producer.kind,
        "paused": producer.paused,
        # Of the best of its streams: which of them are sent is up to the browser.
        "score": max((one["score"] for one in producer.score), default=0),
        **_counted(stats),
    }


def _consumer(consumer: Consumer, stats: Stats | None) -> Json:
    seen = {
        "id": consumer.id,
        "producerId": consumer.producer_id,
        "participantId": consumer.app_data["participantId"],
        "source": consumer.app_data["source"],
        "kind": consumer.kind,
        "paused": consumer.paused,
        "producerPaused": consumer.producer_paused,
        "score": consumer.score["score"],
        **_counted([one for one in stats if one["type"] == "outbound-rtp"] if stats is not None else None),
    }
    if consumer.current_layers is not None:
        seen["layers"] = consumer.current_layers
    return seen


def _counted(stats: Stats | None) -> Json:
    if stats is None:
        return {}
    return {
        "packets": sum(one["packetCount"] for one in stats),
        "bytes": sum(one["byteCount"] for one in stats),
        "loss": round(max((one["fractionLost"] for one in stats), default=0) / 256, 4),
    }

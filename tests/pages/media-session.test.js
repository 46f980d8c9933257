/** The media session on mediasoup-client's own fake browser: what it asks the server, when, and what it keeps. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { FakeMediaStreamTrack } from "fake-mediastreamtrack";
import mediasoupClient from "mediasoup-client";
import { cameraLayers, layerForHeight, producerOptions, videoCodec } from "../../meetings/static/meetings/js/media/encodings.js";
import { MediaSession } from "../../meetings/static/meetings/js/media/session.js";
import { SignallingError } from "../../meetings/static/meetings/js/signalling/error.js";

const { Device, FakeHandler, testFakeParameters } = mediasoupClient;
const routerCapabilities = testFakeParameters.generateRouterRtpCapabilities();

let requests;
let refusals;
let others;
let mine;
let session;
let made;

beforeEach(() => {
  requests = [];
  refusals = {};
  others = [];
  mine = [];
  made = [];
});

afterEach(() => {
  session?.close();
  mock.timers.reset();
});

const asked = () => requests.map(({ event }) => event);
const only = (event) => requests.filter((one) => one.event === event).map(({ data }) => data);
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function request(event, data) {
  requests.push({ event, data });
  await turn();
  if (refusals[event]) throw new SignallingError(refusals[event], "Refused");
  switch (event) {
    case "create-transport":
      return { direction: data.direction, params: transport(`asked-${data.direction}`), iceServers: [] };
    case "produce":
      return { kind: data.kind, source: data.source, producerId: data.producerId };
    case "consume":
      return { consumers: data.producerIds.map((id) => consumer(others.find((one) => one.producerId === id))), failed: [] };
    default:
      return {};
  }
}

function transport(id, connected) {
  return { ...testFakeParameters.generateTransportRemoteParameters(), id, ...(connected === undefined ? {} : { connected }) };
}

function producer(participantId, source, more = {}) {
  const kind = source === "mic" ? "audio" : "video";
  return { participantId, source, kind, producerId: `${participantId}-${source}`, paused: false, ...more };
}

function consumer({ participantId, source, kind, producerId }) {
  const codecMimeType = kind === "audio" ? "audio/opus" : "video/VP8";
  const { rtpParameters } = testFakeParameters.generateConsumerRemoteParameters({ codecMimeType });
  const type = kind === "audio" ? "simple" : "simulcast";
  return { id: `consumer-of-${producerId}`, producerId, participantId, source, kind, type, rtpParameters, producerPaused: false };
}

function reply(more = {}) {
  return {
    participantId: "me", producers: others, state: { ownProducers: mine }, rtpCapabilities: routerCapabilities, iceServers: [],
    transports: { send: transport("send-1", true), recv: transport("recv-1", true) },
    consumers: others.map(consumer), ...more,
  };
}

/** A session whose certificate the server can know beforehand, unless told otherwise. */
async function prepared({ certificate = true } = {}) {
  const { fingerprints } = testFakeParameters.generateLocalDtlsParameters();
  const own = { certificate: undefined, dtlsParameters: { role: "client", fingerprints: fingerprints.map((one) => ({ ...one, value: one.value.toUpperCase() })) } };
  session = new MediaSession({
    request, meetingId: "m", certificate: Promise.resolve(certificate ? own : null), producers: () => ({ mine, others }),
    loadDevice: async (routerRtpCapabilities) => {
      const device = new Device({ handlerFactory: FakeHandler.createFactory(testFakeParameters) });
      await device.load({ routerRtpCapabilities });
      device.observer.on("newtransport", (one) => {
        made.push(one);
        one.handler.getReceiverStats = async () => new Map([["in", { type: "inbound-rtp", framesDecoded: 1, packetsReceived: 1 }]]);
      });
      return device;
    },
  });
  await session.prepare(routerCapabilities);
  return session;
}

const received = () => session.subscriber.all().map((one) => one.producerId).sort();

test("after the fast join's one answer everybody is received without another request", async () => {
  others = [producer("bob", "mic"), producer("bob", "camera"), producer("carol", "camera")];
  await prepared();
  assert.deepEqual(Object.keys(session.joinFields()), ["rtpCapabilities", "dtlsParameters"]);
  await session.follow(reply());
  assert.deepEqual(received(), ["bob-camera", "bob-mic", "carol-camera"]);
  assert.deepEqual(asked(), []);
});

test("sending goes on beside receiving, and asks for nothing but producers", async () => {
  others = [producer("bob", "camera")];
  await prepared();
  await session.publisher.set("mic", new FakeMediaStreamTrack({ kind: "audio" }), true);
  await session.publisher.set("camera", new FakeMediaStreamTrack({ kind: "video" }), false);
  await session.follow(reply());
  await turn();
  await turn();
  assert.deepEqual(asked(), ["produce", "produce"]);
  assert.deepEqual(only("produce").map(({ source, paused }) => [source, paused]), [["camera", false], ["mic", true]]);
  assert.equal(only("produce")[0].rtpParameters.encodings.length, 3);
});

test("a browser that cannot tell its fingerprint connects each transport by a request", async () => {
  others = [producer("bob", "camera")];
  await prepared({ certificate: false });
  assert.deepEqual(Object.keys(session.joinFields()), ["rtpCapabilities"]);
  await session.follow(reply({ transports: { send: transport("send-1", false), recv: transport("recv-1", false) } }));
  assert.deepEqual(asked(), ["connect-transport"]);
  assert.equal(only("connect-transport")[0].transportId, "recv-1");
  assert.deepEqual(received(), ["bob-camera"]);
});

test("a server that did not connect the transports is told by a request", async () => {
  others = [producer("bob", "camera")];
  await prepared();
  await session.follow(reply({ transports: { send: transport("send-1", false), recv: transport("recv-1", false) } }));
  assert.deepEqual(asked(), ["connect-transport"]);
});

test("without anything in the answer, transports and consumers are asked for step by step", async () => {
  others = [producer("bob", "mic"), producer("bob", "camera")];
  await prepared();
  await session.follow(reply({ transports: undefined, consumers: undefined }));
  assert.deepEqual(asked(), ["create-transport", "create-transport", "consume", "connect-transport"]);
  assert.deepEqual(only("consume")[0].producerIds, ["bob-mic", "bob-camera"]);
  assert.deepEqual(received(), ["bob-camera", "bob-mic"]);
});

test("a resume keeps transports, tracks and consumers, and catches up with what was missed", async () => {
  others = [producer("bob", "camera"), producer("carol", "camera")];
  await prepared();
  const track = new FakeMediaStreamTrack({ kind: "audio" });
  await session.publisher.set("mic", track, false);
  await session.follow(reply());
  await until(() => session.publisher.producerId("mic"));
  const bob = session.subscriber.of("bob", "camera");
  mine = [{ ...producer("me", "mic"), producerId: session.publisher.producerId("mic") }];
  others = [producer("bob", "camera"), producer("dave", "camera")];
  requests = [];

  await session.follow(reply({ consumers: [consumer(others[0])] }));
  assert.equal(session.subscriber.of("bob", "camera"), bob, "what was received goes on");
  assert.deepEqual(received(), ["bob-camera", "dave-camera"]);
  assert.deepEqual(asked(), ["consume"]);
  assert.equal(track.readyState, "live");
});

test("a microphone that was muted while the socket was away is muted on the server after the resume", async () => {
  await prepared();
  const track = new FakeMediaStreamTrack({ kind: "audio" });
  await session.publisher.set("mic", track, false);
  await session.follow(reply());
  await until(() => session.publisher.producerId("mic"));
  const producerId = session.publisher.producerId("mic");
  refusals["pause-producer"] = "CONNECTION_LOST";
  await session.publisher.set("mic", track, true);
  assert.equal(track.enabled, false, "nobody hears, whatever the server knows");
  refusals = {};
  requests = [];
  mine = [{ ...producer("me", "mic"), producerId, paused: false }];
  await session.follow(reply());
  await until(() => asked().includes("pause-producer"));
  assert.deepEqual(only("pause-producer"), [{ producerId }]);
  assert.equal(track.enabled, false);
});

test("a producer whose answer got lost is closed, and one that the server lost is made again", async () => {
  await prepared();
  await session.publisher.set("mic", new FakeMediaStreamTrack({ kind: "audio" }), false);
  await session.follow(reply());
  await until(() => session.publisher.producerId("mic"));
  requests = [];
  mine = [producer("me", "camera", { producerId: "stray" })];
  await session.follow(reply());
  await until(() => asked().includes("produce"));
  assert.deepEqual(only("close-producer"), [{ producerId: "stray" }]);
  assert.deepEqual(only("produce").map(({ source }) => source), ["mic"]);
});

test("media lost for good: both transports anew, the live tracks sent again, everybody back", async () => {
  others = [producer("bob", "camera")];
  await prepared();
  const camera = new FakeMediaStreamTrack({ kind: "video" });
  await session.publisher.set("mic", new FakeMediaStreamTrack({ kind: "audio" }), true);
  await session.publisher.set("camera", camera, false);
  await session.follow(reply());
  await until(() => session.publisher.producerId("camera"));
  const removed = [];
  session.subscriber.on("removed", (one) => removed.push(one.producerId));
  requests = [];

  session.lose();
  assert.deepEqual(removed, [], "until more is known what may still flow is kept");
  await session.follow(reply({ transports: { send: transport("send-2", true), recv: transport("recv-2", true) } }));
  await until(() => only("produce").length === 2);
  assert.deepEqual(removed, ["bob-camera"]);
  assert.deepEqual(received(), ["bob-camera"]);
  assert.deepEqual(only("produce").map(({ source, paused }) => [source, paused]), [["camera", false], ["mic", true]]);
  assert.equal(camera.readyState, "live");
});

test("mute is instant and then told; a camera that goes off tells first and then has no track", async () => {
  await prepared();
  const microphone = new FakeMediaStreamTrack({ kind: "audio" });
  const camera = new FakeMediaStreamTrack({ kind: "video" });
  await session.follow(reply());
  await session.publisher.set("mic", microphone, false);
  await session.publisher.set("camera", camera, false);
  requests = [];

  const muting = session.publisher.set("mic", microphone, true);
  assert.equal(microphone.enabled, false);
  await muting;
  await session.publisher.set("mic", microphone, false);
  assert.equal(microphone.enabled, true);
  await session.publisher.set("camera", null, true);
  const next = new FakeMediaStreamTrack({ kind: "video" });
  await session.publisher.set("camera", next, false);
  assert.deepEqual(asked(), ["pause-producer", "resume-producer", "pause-producer", "resume-producer"]);
  assert.equal(next.enabled, true);
});

test("of quick clicks the last one counts, and only one producer is made", async () => {
  await prepared();
  await session.follow(reply());
  const track = new FakeMediaStreamTrack({ kind: "audio" });
  await Promise.all([session.publisher.set("mic", track, false), session.publisher.set("mic", track, true), session.publisher.set("mic", track, false), session.publisher.set("mic", track, true)]);
  assert.equal(only("produce").length, 1);
  const last = requests.at(-1);
  assert.equal(last.event === "produce" ? last.data.paused : last.event === "pause-producer", true, asked().join());
  assert.equal(track.enabled, false);
});

test("unmuting that is refused leaves the microphone muted", async () => {
  await prepared();
  await session.follow(reply());
  const track = new FakeMediaStreamTrack({ kind: "audio" });
  await session.publisher.set("mic", track, true);
  refusals["resume-producer"] = "NOT_ALLOWED";
  await assert.rejects(session.publisher.set("mic", track, false), { code: "NOT_ALLOWED" });
  assert.equal(track.enabled, false);
});

test("what an administrator pauses, resumes and closes is followed, and not told back", async () => {
  await prepared();
  await session.follow(reply());
  const track = new FakeMediaStreamTrack({ kind: "audio" });
  await session.publisher.set("mic", track, false);
  const producerId = session.publisher.producerId("mic");
  requests = [];

  assert.equal(session.publisher.told("bobs-mic", "paused"), undefined);
  assert.equal(session.publisher.told(producerId, "paused"), "mic");
  await session.publisher.set("mic", track, true);
  assert.equal(track.enabled, false);
  assert.equal(session.publisher.told(producerId, "resumed"), "mic");
  await session.publisher.set("mic", track, false);
  assert.equal(track.enabled, true);
  assert.deepEqual(asked(), []);

  session.publisher.told(producerId, "paused");
  await session.publisher.set("mic", track, true);
  await session.publisher.set("mic", track, false);
  assert.deepEqual(asked(), ["resume-producer"], "its owner turns it on again");

  assert.equal(session.publisher.told(producerId, "closed"), "mic");
  await session.publisher.set("mic", track, false);
  assert.deepEqual(asked(), ["resume-producer", "produce"], "and sends anew what was closed");
});

test("a transport that an administrator closed: both anew by request, everything over them again", async () => {
  others = [producer("bob", "camera")];
  await prepared();
  const microphone = new FakeMediaStreamTrack({ kind: "audio" });
  await session.publisher.set("mic", microphone, false);
  await session.follow(reply());
  await until(() => session.publisher.producerId("mic"));
  requests = [];

  assert.equal(session.uses("send-1"), true);
  await session.renew();
  await until(() => only("produce").length === 1);
  assert.deepEqual(asked().slice(0, 2), ["create-transport", "create-transport"]);
  assert.equal(session.uses("send-1"), false);
  assert.deepEqual(received(), ["bob-camera"]);
});

test("another device takes the place of the old one without a request", async () => {
  await prepared();
  await session.follow(reply());
  await session.publisher.set("camera", new FakeMediaStreamTrack({ kind: "video" }), false);
  requests = [];
  await session.publisher.set("camera", new FakeMediaStreamTrack({ kind: "video" }), false);
  assert.deepEqual(asked(), []);
});

test("a tile nobody sees costs nothing, and a small one a small layer", async () => {
  others = [producer("bob", "camera"), producer("bob", "mic")];
  await prepared();
  await session.follow(reply());
  const bob = session.subscriber.of("bob", "camera");
  await session.subscriber.show(bob, { visible: true, height: 720 });
  assert.deepEqual(asked(), [], "the whole picture is what is sent from the start");
  await session.subscriber.show(bob, { visible: true, height: 150 });
  await session.subscriber.show(bob, { visible: false, height: 150 });
  await session.subscriber.show(bob, { visible: false, height: 150 });
  await session.subscriber.show(bob, { visible: true, height: 300 });
  const consumerId = bob.consumer.id;
  assert.deepEqual(requests, [
    { event: "set-preferred-layers", data: { consumerId, spatialLayer: 0 } },
    { event: "pause-consumer", data: { consumerId } },
    { event: "set-preferred-layers", data: { consumerId, spatialLayer: 1 } },
    { event: "resume-consumer", data: { consumerId } },
  ]);
});

test("a wish about a tile that did not get through is sent again the next time", async () => {
  others = [producer("bob", "camera")];
  await prepared();
  await session.follow(reply());
  const bob = session.subscriber.of("bob", "camera");
  refusals["pause-consumer"] = "CONNECTION_LOST";
  await session.subscriber.show(bob, { visible: false, height: 0 });
  refusals = {};
  await session.subscriber.show(bob, { visible: false, height: 0 });
  assert.deepEqual(asked(), ["pause-consumer", "pause-consumer"]);
});

test("what the server closes while it is being taken into use is not kept", async () => {
  await prepared();
  await session.follow(reply());
  const adopting = session.subscriber.adopt(["bob", "carol", "dave"].map((one) => consumer(producer(one, "camera"))));
  session.subscriber.dropConsumer("consumer-of-bob-camera");
  session.subscriber.drop("carol-camera");
  await adopting;
  assert.deepEqual(received(), ["dave-camera"]);
});

test("the same producer told twice is received once", async () => {
  await prepared();
  await session.follow(reply());
  others = [producer("bob", "camera")];
  await Promise.all([session.subscriber.consume(["bob-camera"]), session.subscriber.consume(["bob-camera"])]);
  await session.subscriber.consume(["bob-camera"]);
  assert.equal(only("consume").length, 1);
  assert.deepEqual(received(), ["bob-camera"]);
});

test("what closes while its consumer is being set up is not kept", async () => {
  others = [producer("bob", "mic"), producer("bob", "camera"), producer("carol", "camera")];
  await prepared();
  const answer = reply();
  others = others.filter(({ participantId }) => participantId === "carol");
  const following = session.follow(answer);
  await Promise.resolve();
  session.subscriber.drop("bob-mic");
  session.subscriber.dropConsumer("consumer-of-bob-camera");
  await following;
  assert.deepEqual(received(), ["carol-camera"]);
});

test("what moves goes on over the former transports until its successor is there, and then is the successor", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  others = [producer("bob", "mic"), producer("bob", "camera")];
  await prepared();
  await session.publisher.set("camera", new FakeMediaStreamTrack({ kind: "video" }), false);
  await session.follow(reply());
  await turn();
  const [send, recv] = made;
  const camera = session.subscriber.of("bob", "camera");
  const seen = [];
  session.subscriber.on("added", ({ consumer: { id }, source }) => seen.push(`added ${source} ${id}`));
  session.subscriber.on("removed", ({ consumer: { id }, source }) => seen.push(`removed ${source} ${id}`));

  const anew = others.map((one) => ({ ...consumer(one), id: `anew-${one.source}` }));
  await session.follow(reply({ transports: { send: transport("send-2", true), recv: transport("recv-2", true) }, consumers: anew }));
  await turn();
  assert.equal(session.subscriber.of("bob", "camera").consumer.id, "anew-camera");
  assert.equal(session.subscriber.all().length, 2);
  assert.equal(camera.consumer.closed, true);
  assert.deepEqual(seen.sort(), [
    "added camera anew-camera", "added mic anew-mic", "removed camera consumer-of-bob-camera", "removed mic consumer-of-bob-mic",
  ]);
  assert.deepEqual([send.closed, recv.closed], [false, false], "others may still receive what is sent over them");
  assert.equal(only("produce").length, 2);
  mock.timers.tick(4_000);
  assert.deepEqual([send.closed, recv.closed], [true, true]);
  assert.equal(session.subscriber.all().length, 2);
});

test("a picture that is sent anew takes the place of the one before it", async () => {
  others = [producer("bob", "camera")];
  await prepared();
  await session.follow(reply());
  others = [producer("bob", "camera"), producer("bob", "camera", { producerId: "bob-camera-2" })];
  await session.subscriber.consume(["bob-camera-2"]);
  assert.deepEqual(received(), ["bob-camera-2"]);
});

test("what was replaced is not asked for again while the server still has it, for its consumer cannot be set up twice", async () => {
  const first = producer("bob", "camera");
  const second = producer("bob", "camera", { producerId: "bob-camera-2" });
  others = [first, second];
  await prepared();
  await session.follow(reply());
  assert.deepEqual(received(), ["bob-camera-2"]);
  await session.follow(reply());
  await session.subscriber.consume([first.producerId]);
  assert.deepEqual(asked(), []);

  session.subscriber.drop(second.producerId);
  assert.deepEqual(received(), ["bob-camera"], "it is what there is, once nothing newer is left");
  session.subscriber.drop(first.producerId);
  assert.deepEqual(received(), []);
});

test("what is sent names its transport, and what crosses the replacement of that one is sent again in silence", async () => {
  await prepared();
  const troubles = [];
  session.on("trouble", (error) => troubles.push(error));
  await session.follow(reply());
  refusals.produce = "TRANSPORT_NOT_FOUND";
  const sending = session.publisher.set("mic", new FakeMediaStreamTrack({ kind: "audio" }), false);
  await until(() => asked().includes("produce"));
  const following = session.follow(reply({ transports: { send: transport("send-2", true), recv: transport("recv-2", true) } }));
  await sending;
  refusals = {};
  await following;
  await until(() => session.publisher.producerId("mic"));
  assert.deepEqual(only("produce").map(({ transportId }) => transportId), ["send-1", "send-2"]);
  assert.deepEqual(troubles, []);
});

test("what the server stops sending is known as held, is missed by nobody, and is held no more once it is asked for", async () => {
  others = [producer("bob", "camera")];
  await prepared();
  await session.follow(reply());
  const bob = session.subscriber.of("bob", "camera");
  const told = [];
  session.subscriber.on("held", ({ held }) => told.push(held));
  session.subscriber.hold(bob.consumer.id, true);
  session.subscriber.hold(bob.consumer.id, true);
  session.subscriber.hold("nobody's", true);
  assert.equal(bob.held, true);
  assert.deepEqual(await session.arrivals(), []);
  await session.subscriber.show(bob, { visible: false, height: 100 });
  await session.subscriber.show(bob, { visible: true, height: 100 });
  assert.equal(bob.held, false);
  assert.deepEqual(told, [true, false]);
});

test("what was replaced goes with whoever sent it", async () => {
  others = [producer("bob", "camera"), producer("bob", "camera", { producerId: "bob-camera-2" }), producer("carol", "camera")];
  await prepared();
  await session.follow(reply());
  const seen = [];
  session.subscriber.on("added", ({ producerId }) => seen.push(producerId));
  session.subscriber.dropWhere(({ participantId }) => participantId === "bob");
  assert.deepEqual(received(), ["carol-camera"]);
  assert.deepEqual(seen, []);
});

for (const code of ["TRANSPORT_NOT_FOUND", "ROUTER_NOT_FOUND"]) {
  test(`a path that breaks gets new ICE credentials; what the server has forgotten (${code}) is told as lost`, async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    const healths = [];
    await prepared();
    session.on("health", (health) => healths.push(health));
    await session.follow(reply());
    const { handler } = made.find((one) => one.direction === "recv");
    handler.setConnectionState("connected");
    handler.setConnectionState("disconnected");
    assert.equal(healths.at(-1), "disturbed");
    assert.deepEqual(asked(), [], "it often comes back by itself");
    refusals["restart-ice"] = code;
    mock.timers.tick(2500);
    await turn();
    await turn();
    assert.deepEqual(only("restart-ice"), [{ transportId: "recv-1" }]);
    assert.equal(healths.at(-1), "lost");
  });
}

test("said once that I am not in the meeting, the join may still be under way; said twice, all is made anew", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const healths = [];
  await prepared();
  session.on("health", (health) => healths.push(health));
  await session.follow(reply());
  const { handler } = made.find((one) => one.direction === "recv");
  handler.setConnectionState("connected");
  handler.setConnectionState("disconnected");
  refusals["restart-ice"] = "NOT_IN_MEETING";
  mock.timers.tick(2500);
  await turn();
  await turn();
  assert.equal(healths.at(-1), "disturbed");
  mock.timers.tick(5000);
  await turn();
  await turn();
  assert.equal(only("restart-ice").length, 2);
  assert.equal(healths.at(-1), "lost");
});

test("VP8 in three layers where it can be had, H264 where it cannot", () => {
  const both = { codecs: [{ kind: "video", mimeType: "video/H264" }, { kind: "video", mimeType: "video/VP8" }] };
  assert.equal(videoCodec(both).mimeType, "video/VP8");
  assert.equal(videoCodec({ codecs: [both.codecs[0]] }).mimeType, "video/H264");
  assert.equal(videoCodec({ codecs: [] }), undefined);
  const layers = cameraLayers();
  assert.deepEqual(layers.map((layer) => layer.scaleResolutionDownBy), [4, 2, 1]);
  assert.ok(layers[0].maxBitrate < layers[1].maxBitrate && layers[1].maxBitrate < layers[2].maxBitrate);
  const { codecOptions } = producerOptions("mic", both);
  assert.deepEqual([codecOptions.opusDtx, codecOptions.opusFec], [true, true]);
});

test("a window being dragged does not flap between layers", () => {
  assert.equal(layerForHeight(720, 2), 2);
  assert.equal(layerForHeight(390, 2), 2, "just below the step: stays");
  assert.equal(layerForHeight(350, 2), 1);
  assert.equal(layerForHeight(390, 1), 1);
  assert.equal(layerForHeight(410, 1), 2);
  assert.equal(layerForHeight(190, 1), 1);
  assert.equal(layerForHeight(120, 2), 0);
});

async function until(condition) {
  for (let round = 0; round < 200; round++) {
    if (condition()) return;
    await turn();
  }
  assert.fail(`never came true: ${condition}`);
}

test("a consumer that two answers name is received once", async () => {
  others = [producer("bob", "camera")];
  await prepared();
  await session.follow(reply());
  others.push(producer("carol", "camera"));
  const params = consumer(others[1]);
  await Promise.all([session.subscriber.adopt([params]), session.subscriber.adopt([params])]);
  assert.deepEqual(received(), ["bob-camera", "carol-camera"]);
  assert.equal(session.subscriber.all().filter(({ producerId }) => producerId === "carol-camera").length, 1);
});

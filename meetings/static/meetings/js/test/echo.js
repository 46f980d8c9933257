/**
 * Sending sound and picture to a worker, and getting them back: the whole way of a call, measured.
 *
 * @import {types} from "mediasoup-client"
 * @import {Rehearsal} from "./rehearsal.js"
 * @import {EchoFound} from "./judging.js"
 * @import {Entry, Measured} from "./measures.js"
 */
import { videoCodec } from "../media/encodings.js";
import { Looks } from "./looking.js";
import { measuredDown, measuredUp, ownAddresses, pathOf } from "./measures.js";
import { connected, reportOf } from "./rehearsal.js";

/** Longer than any handshake takes that comes about, in milliseconds. */
const CONNECT_WITHIN = 5_000;
const FIRST_MEDIA_WITHIN = 2_000;
const LOOK_EVERY = 150;
/** As much as a call sends. */
const MOST_BITRATE = 1_700_000;

/**
 * @typedef {object} EchoProgress
 * @property {(direction: "send" | "recv", state: string) => void} connection  A transport has changed.
 * @property {(what: "frame" | "sound", ms: number) => void} first   The first of it has come back, so long after the start.
 */

/**
 * @param {object} parts
 * @param {Rehearsal} parts.rehearsal
 * @param {MediaStreamTrack} parts.sound
 * @param {MediaStreamTrack} parts.picture
 * @param {HTMLVideoElement} parts.video  Shows what comes back.
 * @param {number} parts.duration         How long to measure, in milliseconds.
 * @param {EchoProgress} parts.progress
 * @returns {Promise<EchoFound>} Rejects when the server cannot be asked, or refuses.
 */
export async function echo({ rehearsal, sound, picture, video, duration, progress }) {
  const began = performance.now();
  const { device, iceServers } = rehearsal;
  const found = { connected: false, path: null, up: null, down: null, parts: [], picture: device.canProduce("video"), sound: device.canProduce("audio"), moves: false, own: [] };
  const [toSend, toReceive] = await Promise.all([rehearsal.params("echo", "send"), rehearsal.params("echo", "recv")]);
  const send = rehearsal.transport("echo", "send", { ...toSend, iceServers });
  const recv = rehearsal.transport("echo", "recv", { ...toReceive, iceServers });
  send.on("produce", ({ kind, rtpParameters, appData }, done, failed) => {
    rehearsal.produce({ kind, rtpParameters, source: String(appData["source"]) }).then((id) => done({ id }), failed);
  });
  send.on("connectionstatechange", (state) => progress.connection("send", state));
  recv.on("connectionstatechange", (state) => progress.connection("recv", state));
  const audio = new Audio();
  audio.muted = true;
  try {
    const media = new MediaStream();
    const exchanging = exchange({ rehearsal, send, recv, sound: found.sound ? sound : null, picture: found.picture ? picture : null, media });
    const both = Promise.all([connected(send, CONNECT_WITHIN), connected(recv, CONNECT_WITHIN)]);
    // What is refused ends it; what is agreed upon has yet to connect.
    const [sends, receives] = await Promise.race([both, exchanging.then(() => both)]);
    if (!sends || !receives) {
      if (!sends) progress.connection("send", "failed");
      if (!receives) progress.connection("recv", "failed");
      return { ...found, own: ownAddresses(await reportOf(send)) };
    }
    await exchanging;
    // Sound is decoded only where it is played, be it muted.
    audio.srcObject = new MediaStream(media.getAudioTracks());
    video.srcObject = new MediaStream(media.getVideoTracks());
    await Promise.allSettled([audio.play(), video.play()]);
    await firstMedia(recv, found.picture, began, progress);
    const looks = new Looks(video);
    const looked = await lookAt({ send, recv, duration, look: () => looks.take() });
    const parts = halves(looked).map(measured);
    const { up, down } = measured(looked);
    if (down.sound) progress.first("sound", performance.now() - began);
    return { ...found, connected: true, path: pathOf(looked.at(-1)?.sent ?? []), up, down, parts, moves: looks.describe().moves };
  } finally {
    audio.pause();
    audio.srcObject = null;
    // The last of it stays to be looked at.
    video.pause();
    send.close();
    recv.close();
  }
}

/** @typedef {{at: number, sent: Entry[], received: Entry[]}} Look  Reports of both transports at a time, in milliseconds. */

/**
 * @param {object} parts
 * @param {types.Transport} parts.send
 * @param {types.Transport} parts.recv
 * @param {number} parts.duration
 * @param {() => void} parts.look  Called with each look.
 * @returns {Promise<Look[]>} Three at least.
 */
async function lookAt({ send, recv, duration, look }) {
  /** @type {Look[]} */ const looks = [];
  const ends = performance.now() + duration;
  while (looks.length < 3 || performance.now() < ends) {
    if (looks.length > 0) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    look();
    const [sent, received] = await Promise.all([reportOf(send), reportOf(recv)]);
    looks.push({ at: performance.now(), sent, received });
  }
  return looks;
}

/** Two spans of time that meet: what is wrong in both lasts. @param {Look[]} looks */
function halves(looks) {
  const middle = Math.floor(looks.length / 2);
  return [looks.slice(0, middle + 1), looks.slice(middle)];
}

/** @param {Look[]} looks @returns {Measured} */
function measured(looks) {
  const [first, last] = [looks[0], looks.at(-1)];
  if (!first || !last) throw new RangeError("Nothing was looked at.");
  const seconds = (last.at - first.at) / 1000;
  return { seconds, up: measuredUp(looks.map(({ sent }) => sent), seconds), down: measuredDown(first.received, last.received, seconds) };
}

/**
 * @param {object} parts
 * @param {Rehearsal} parts.rehearsal
 * @param {types.Transport} parts.send
 * @param {types.Transport} parts.recv
 * @param {MediaStreamTrack | null} parts.sound
 * @param {MediaStreamTrack | null} parts.picture
 * @param {MediaStream} parts.media  Gets what comes back.
 */
async function exchange({ rehearsal, send, recv, sound, picture, media }) {
  /** @type {types.Producer[]} */ const producers = [];
  if (sound) producers.push(await send.produce({ track: sound, stopTracks: false, appData: { source: "mic" } }));
  if (picture) {
    const codec = videoCodec(rehearsal.device.sendRtpCapabilities);
    producers.push(
      await send.produce({
        track: picture,
        encodings: [{ maxBitrate: MOST_BITRATE }],
        codecOptions: { videoGoogleStartBitrate: 1000 },
        ...(codec ? { codec } : {}),
        stopTracks: false,
        appData: { source: "camera" },
      }),
    );
  }
  for (const producer of producers) {
    const { id, producerId, kind, rtpParameters } = await rehearsal.consume(producer.id);
    media.addTrack((await recv.consume({ id, producerId, kind, rtpParameters })).track);
  }
}

/**
 * Waits for the first of it, for so long as makes sense.
 *
 * @param {types.Transport} recv
 * @param {boolean} picture
 * @param {number} began
 * @param {EchoProgress} progress
 */
async function firstMedia(recv, picture, began, progress) {
  const ends = performance.now() + FIRST_MEDIA_WITHIN;
  while (performance.now() < ends) {
    const received = (await reportOf(recv)).filter((one) => one.type === "inbound-rtp");
    if (received.some((one) => (picture ? one["framesDecoded"] : one["packetsReceived"]) > 0)) {
      if (picture) progress.first("frame", performance.now() - began);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}

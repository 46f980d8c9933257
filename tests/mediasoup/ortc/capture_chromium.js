// Runs in a page: what mediasoup-client in this browser would tell a server. Bundled by capture_clients.py.
import * as mediasoupClient from "mediasoup-client";
import { Chrome111 } from "mediasoup-client/handlers/Chrome111";

const REMOTE = {
  id: "remote",
  iceParameters: { usernameFragment: "fragment", password: "a-password-of-some-length", iceLite: true },
  iceCandidates: [{ foundation: "1", priority: 1, address: "127.0.0.1", ip: "127.0.0.1", protocol: "udp", port: 9, type: "host" }],
  dtlsParameters: {
    role: "auto",
    fingerprints: [{ algorithm: "sha-256", value: Array(32).fill("00").join(":") }],
  },
};

function videoTrack() {
  const canvas = document.createElement("canvas");
  canvas.width = 640;
  canvas.height = 360;
  canvas.getContext("2d").fillRect(0, 0, 640, 360);
  return canvas.captureStream(5).getVideoTracks()[0];
}

function audioTrack() {
  return new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];
}

globalThis.capture = async (routerRtpCapabilities) => {
  const nativeRtpCapabilities = await Chrome111.createFactory({}).getNativeRtpCapabilities({ direction: "sendrecv" });
  const device = new mediasoupClient.Device({ handlerName: "Chrome111" });
  await device.load({ routerRtpCapabilities });
  const transport = device.createSendTransport(REMOTE);
  transport.on("connect", (_parameters, connected) => connected());
  const produced = [];
  transport.on("produce", ({ kind, rtpParameters }, accepted) => {
    produced.push({ kind, rtpParameters: structuredClone(rtpParameters) });
    accepted({ id: String(produced.length) });
  });
  const codec = (mimeType) => routerRtpCapabilities.codecs.find((item) => item.mimeType === mimeType);
  const layers = [4, 2, 1].map((scaleResolutionDownBy, i) => ({ scaleResolutionDownBy, maxBitrate: 150000 * 4 ** i, scalabilityMode: "L1T3" }));
  const wanted = {
    "microphone, opus with DTX and FEC": { track: audioTrack(), codecOptions: { opusDtx: true, opusFec: true }, stopTracks: false },
    "camera, VP8 in three layers": { track: videoTrack(), encodings: layers, codec: codec("video/VP8") },
    "camera, H264 in three layers": { track: videoTrack(), encodings: layers, codec: codec("video/H264") },
    "screen, VP9 with SVC": { track: videoTrack(), encodings: [{ scalabilityMode: "L3T3_KEY" }], codec: codec("video/VP9") },
    "screen, AV1": { track: videoTrack(), codec: codec("video/AV1") },
  };
  for (const [what, options] of Object.entries(wanted)) {
    await transport.produce(options);
    produced.at(-1).what = what;
  }
  const rtpCapabilities = device.rtpCapabilities ?? device.recvRtpCapabilities;
  return { nativeRtpCapabilities, rtpCapabilities, produced };
};

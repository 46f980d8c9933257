// Joins a room in the order in which mediasoup-demo's client does (RoomClient._joinRoom), on our signalling, and shows what it gets:
//
//   mediasoup-demo                          here
//   getRouterRtpCapabilities                join-meeting, without capabilities
//   createWebRtcTransport (send)            create-transport send
//   createWebRtcTransport (receive)         create-transport recv
//   join, answered by a newConsumer each    consume, of all producers at once
//   connectWebRtcTransport                  connect-transport
//   newConsumer accepted                    resume-consumer
//
// One request is sent when the one before it is answered, as there. mediasoup-demo also opens a microphone in between; that is left out.
import { Device } from "mediasoup-client";

class Socket {
  #nextId = 1;
  #pending = new Map();

  constructor(url) {
    this.socket = new WebSocket(url, "kcs.v1");
    this.opened = new Promise((resolve, reject) => {
      this.socket.onopen = resolve;
      this.socket.onerror = () => reject(new Error("the socket did not open"));
    });
    this.socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      const pending = this.#pending.get(frame.id);
      this.#pending.delete(frame.id);
      if (frame.event === "error") pending?.reject(new Error(`${frame.data.code}: ${frame.data.details}`));
      else pending?.resolve(frame.data);
    };
  }

  request(event, data) {
    const id = this.#nextId++;
    this.socket.send(JSON.stringify({ id, event, data }));
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }
}

function show(track) {
  const video = document.createElement("video");
  video.autoplay = video.muted = video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  document.body.append(video);
  return video.play();
}

window.joinInDemoOrder = async (socketUrl, meetingId) => {
  const socket = new Socket(socketUrl);
  await socket.opened;
  const joined = await socket.request("join-meeting", { meetingId, displayName: "Step by step" });
  const device = new Device();
  await device.load({ routerRtpCapabilities: joined.rtpCapabilities });
  const transports = {};
  for (const direction of ["send", "recv"]) {
    const { params } = await socket.request("create-transport", { meetingId, direction });
    const transport = direction === "send" ? device.createSendTransport(params) : device.createRecvTransport(params);
    transport.on("connect", ({ dtlsParameters }, done, failed) => {
      socket.request("connect-transport", { transportId: transport.id, dtlsParameters }).then(done, failed);
    });
    transports[direction] = transport;
  }
  const { consumers } = await socket.request("consume", {
    producerIds: joined.producers.map(({ producerId }) => producerId),
    rtpCapabilities: device.recvRtpCapabilities,
    paused: true,
  });
  await Promise.all(
    consumers.map(async ({ id, producerId, kind, rtpParameters }) => {
      const consumer = await transports.recv.consume({ id, producerId, kind, rtpParameters });
      void show(consumer.track);
      await socket.request("resume-consumer", { consumerId: id });
    }),
  );
};

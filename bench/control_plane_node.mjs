// One round of the control plane benchmark with the Node package. Reads a plan from stdin, writes timings to stdout.
// Does step by step what control_plane_ours.py does.

import fs from "node:fs";
import * as mediasoup from "mediasoup";

const TRANSPORTS = 10;
const LISTEN = [{ protocol: "udp", ip: "127.0.0.1" }];

const plan = JSON.parse(fs.readFileSync(0, "utf8"));
const worker = await mediasoup.createWorker({ workerBin: plan.workerBinary });
const timings = {};

// The worker does all of this in its main thread.
function workerCpuSeconds() {
  return Number(fs.readFileSync(`/proc/${worker.pid}/schedstat`, "utf8").split(" ")[0]) / 1e9;
}

function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function time(operation, mode, one, many) {
  const warmUp = plan.warmUp;
  const count = plan.operations[operation];
  many ??= (first, end) => Promise.all(Array.from({ length: end - first }, (_, offset) => one(first + offset)));

  async function perform(first, end) {
    if (mode === "sequential") {
      for (let index = first; index < end; ++index) await one(index);
    } else {
      for (let index = first; index < end; index += plan.batch) await many(index, Math.min(index + plan.batch, end));
    }
  }

  await perform(0, warmUp);
  const workerCpu = workerCpuSeconds();
  const cpu = cpuSeconds();
  const start = performance.now();
  await perform(warmUp, warmUp + count);
  timings[`${operation} ${mode}`] = {
    operations: count,
    seconds: (performance.now() - start) / 1000,
    controllerCpuSeconds: cpuSeconds() - cpu,
    workerCpuSeconds: workerCpuSeconds() - workerCpu,
  };
}

async function someTransports() {
  const webRtcServer = await worker.createWebRtcServer({ listenInfos: LISTEN });
  const router = await worker.createRouter({ mediaCodecs: plan.mediaCodecs });
  const transports = [];
  for (let index = 0; index < TRANSPORTS; ++index) transports.push(await router.createWebRtcTransport({ webRtcServer }));
  return { router, transports };
}

async function timeTransports(mode) {
  const webRtcServer = await worker.createWebRtcServer({ listenInfos: LISTEN });
  const router = await worker.createRouter({ mediaCodecs: plan.mediaCodecs });
  await time("createWebRtcTransport", mode, () => router.createWebRtcTransport({ webRtcServer }));
  webRtcServer.close();
  router.close();
}

async function timeProducers(mode) {
  const { router, transports } = await someTransports();
  await time("produce", mode, (index) =>
    transports[index % TRANSPORTS].produce({
      kind: "video",
      rtpParameters: { ...plan.rtpParameters, mid: String(index) },
    }),
  );
  router.close();
}

async function timeConsumers(mode) {
  const { router, transports } = await someTransports();
  const rtpCapabilities = plan.rtpCapabilities;
  const producer = await transports[0].produce({ kind: "video", rtpParameters: plan.rtpParameters });
  const consumers = [];
  await time("consume", mode, async (index) => {
    const transport = transports[index % TRANSPORTS];
    consumers.push(await transport.consume({ producerId: producer.id, rtpCapabilities, paused: true }));
  });
  // Closing has no answer. What comes behind it in the pipe has: one for each, or one for the last of many.
  await time(
    "close",
    mode,
    (index) => {
      consumers[index].close();
      return worker.updateSettings({ logLevel: "error" });
    },
    (first, end) => {
      for (let index = first; index < end; ++index) consumers[index].close();
      return worker.updateSettings({ logLevel: "error" });
    },
  );
  router.close();
}

for (const mode of ["sequential", "pipelined"]) {
  await time("dump", mode, () => worker.dump());
  await timeTransports(mode);
  await timeProducers(mode);
  await timeConsumers(mode);
}

worker.close();
process.stdout.write(JSON.stringify(timings));

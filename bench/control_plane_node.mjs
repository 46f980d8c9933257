// The control plane benchmark's contender with the Node package: see `Plan` in control_plane_plan.py for what it reads
// and writes. Does step by step what control_plane_ours.py does.

import fs from "node:fs";
import readline from "node:readline";
import * as mediasoup from "mediasoup";

const TRANSPORTS = 10;

const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const plan = JSON.parse((await lines.next()).value);
const worker = await mediasoup.createWorker({ workerBin: plan.workerBinary });
const webRtcServer = await worker.createWebRtcServer({ listenInfos: [{ protocol: "udp", ip: "127.0.0.1" }] });

// The worker does all of this in its main thread.
function workerCpuSeconds() {
  return Number(fs.readFileSync(`/proc/${worker.pid}/schedstat`, "utf8").split(" ")[0]) / 1e9;
}

function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function time(operation, mode, one, many) {
  const count = plan.counts[operation];
  const inFlight = plan.inFlight;
  const atOnce = (first, end) => Promise.all(Array.from({ length: end - first }, (_, offset) => one(first + offset)));
  const workerCpu = workerCpuSeconds();
  const cpu = cpuSeconds();
  const start = performance.now();
  if (mode === "sequential") {
    for (let index = 0; index < count; ++index) await one(index);
  } else {
    for (let first = 0; first < count; first += inFlight) await (many ?? atOnce)(first, first + inFlight);
  }
  return {
    seconds: (performance.now() - start) / 1000,
    controllerCpuSeconds: cpuSeconds() - cpu,
    workerCpuSeconds: workerCpuSeconds() - workerCpu,
  };
}

async function makeTransports() {
  const router = await worker.createRouter({ mediaCodecs: plan.mediaCodecs });
  const transports = [];
  for (let index = 0; index < TRANSPORTS; ++index) transports.push(await router.createWebRtcTransport({ webRtcServer }));
  return { router, transports };
}

async function consuming() {
  const { router, transports } = await makeTransports();
  const rtpCapabilities = plan.rtpCapabilities;
  const producer = await transports[0].produce({ kind: "video", rtpParameters: plan.rtpParameters });
  const consume = (index) =>
    transports[index % TRANSPORTS].consume({ producerId: producer.id, rtpCapabilities, paused: true });
  return { router, consume };
}

const operations = {
  async dump(mode) {
    return time("dump", mode, () => worker.dump());
  },

  async createWebRtcTransport(mode) {
    const router = await worker.createRouter({ mediaCodecs: plan.mediaCodecs });
    const timing = await time("createWebRtcTransport", mode, () => router.createWebRtcTransport({ webRtcServer }));
    router.close();
    return timing;
  },

  async produce(mode) {
    const { router, transports } = await makeTransports();
    const timing = await time("produce", mode, (index) =>
      transports[index % TRANSPORTS].produce({
        kind: "video",
        rtpParameters: { ...plan.rtpParameters, mid: String(index) },
      }),
    );
    router.close();
    return timing;
  },

  async consume(mode) {
    const { router, consume } = await consuming();
    const timing = await time("consume", mode, consume);
    router.close();
    return timing;
  },

  async close(mode) {
    const { router, consume } = await consuming();
    const consumers = await Promise.all(Array.from({ length: plan.counts.close }, (_, index) => consume(index)));
    // Closing has no answer. What comes behind it in the pipe has: one for each, or one for the last of many.
    const timing = await time(
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
    return timing;
  },
};

for await (const line of lines) {
  const [operation, mode] = line.split(" ");
  process.stdout.write(JSON.stringify(await operations[operation](mode)) + "\n");
}
worker.close();

// What a join is for a media controller, with the Node package: see room_peers.py for what it reads and writes. Does
// step by step what room_ours.py does.

import fs from "node:fs";
import readline from "node:readline";
import * as mediasoup from "mediasoup";

const dtlsParameters = {
  role: "client",
  fingerprints: [{ algorithm: "sha-256", value: Array(32).fill("AB").join(":") }],
};

const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const plan = JSON.parse((await lines.next()).value);
const worker = await mediasoup.createWorker({ workerBin: plan.workerBinary });
const webRtcServer = await worker.createWebRtcServer({ listenInfos: [{ protocol: "udp", ip: "127.0.0.1" }] });
const router = await worker.createRouter({ mediaCodecs: plan.mediaCodecs });

// The worker does all of this in its main thread.
function workerCpuSeconds() {
  return Number(fs.readFileSync(`/proc/${worker.pid}/schedstat`, "utf8").split(" ")[0]) / 1e9;
}

function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const presenter = await router.createWebRtcTransport({ webRtcServer });
const producers = [];
for (const mid of ["0", "1"]) {
  producers.push(await presenter.produce({ kind: "video", rtpParameters: { ...plan.rtpParameters, mid } }));
}
let members = 1;

async function join() {
  const [send, recv] = await Promise.all([
    router.createWebRtcTransport({ webRtcServer }),
    router.createWebRtcTransport({ webRtcServer }),
  ]);
  await Promise.all([
    send.connect({ dtlsParameters }),
    recv.connect({ dtlsParameters }),
    ...producers.map(({ id }) => recv.consume({ producerId: id, rtpCapabilities: plan.rtpCapabilities })),
  ]);
  return [send, recv];
}

async function time(size, joins) {
  for (; members < size; ++members) await join();
  const timing = { seconds: 0, controllerCpuSeconds: 0, workerCpuSeconds: 0 };
  for (let index = 0; index < joins; ++index) {
    const workerCpu = workerCpuSeconds();
    const cpu = cpuSeconds();
    const start = performance.now();
    const transports = await join();
    timing.seconds += (performance.now() - start) / 1000;
    timing.controllerCpuSeconds += cpuSeconds() - cpu;
    timing.workerCpuSeconds += workerCpuSeconds() - workerCpu;
    for (const transport of transports) transport.close();
    await worker.updateSettings({ logLevel: "error" });
  }
  return timing;
}

for await (const line of lines) {
  const [size, joins] = line.split(" ").map(Number);
  process.stdout.write(JSON.stringify(await time(size, joins)) + "\n");
}
worker.close();

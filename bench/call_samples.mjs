/**
 * The samples of quality that pages tell in a call, made by the page's own code from counts that grow as browsers' do:
 * `node bench/call_samples.mjs PEOPLE SECONDS`, a line of JSON `[person, second, sample]` for each.
 *
 * For half a minute in every ten the first person's uplink loses packets, and the others see their picture stand still.
 */
import { countIn, sampleBetween } from "../meetings/static/meetings/js/quality/sample.js";
import { toldOf } from "../meetings/static/meetings/js/quality/told.js";

const EVERY = 5;
const [people, lasts] = process.argv.slice(2).map(Number);

let seed = 1;
/** The same in each run. */
function between(least, most) {
  seed = (seed * 48_271) % 2_147_483_647;
  return least + ((most - least) * seed) / 2_147_483_647;
}

const idOf = (person) => `0c0ffee0-0000-4000-8000-${String(person).padStart(12, "0")}`;
const isBad = (second) => second % 600 > 0 && second % 600 <= 30;
const path = [
  { id: "t", type: "transport", selectedCandidatePairId: "p" },
  { id: "p", type: "candidate-pair", localCandidateId: "l", remoteCandidateId: "r" },
  { id: "l", type: "local-candidate", candidateType: "srflx", protocol: "udp" },
  { id: "r", type: "remote-candidate", address: "198.51.100.9", port: 44_444 },
];

/** A page, with what its browser has counted. */
class Page {
  constructor(person) {
    this.sent = [{ source: "mic", mid: "0" }, { source: "camera", mid: "1" }];
    this.counts = new Map();
    this.me = person;
    this.received = [...Array(people).keys()].filter((one) => one !== person).flatMap((one) => [
      { participantId: idOf(one), source: "camera", type: "simulcast", layer: one % 3, consumer: { id: `c${one}`, track: { id: `v${one}` } }, of: one },
      { participantId: idOf(one), source: "mic", type: "simple", consumer: { id: `m${one}`, track: { id: `a${one}` } }, of: one },
    ]);
  }

  count(name, more) {
    this.counts.set(name, (this.counts.get(name) ?? 0) + more);
    return this.counts.get(name);
  }

  look(second) {
    const packet = 1_050;
    const send = this.sent.flatMap(({ source, mid }, place) => {
      const packets = Math.round(source === "mic" ? between(240, 255) : between(680, 760));
      const lost = this.me === 0 && isBad(second) ? packets * 0.12 : between(0, 1) > 0.9 ? 1 : 0;
      return [
        { id: `o${place}`, type: "outbound-rtp", mid, packetsSent: this.count(`sp${place}`, packets), bytesSent: this.count(`sb${place}`, packets * (source === "mic" ? 95 : packet)), ...(source === "camera" ? { framesEncoded: this.count("f", 150), frameHeight: 720, framesPerSecond: 30, qualityLimitationReason: "none" } : {}) },
        { id: `r${place}`, type: "remote-inbound-rtp", localId: `o${place}`, packetsLost: this.count(`sl${place}`, Math.round(lost)), jitter: between(0.001, 0.006) },
      ];
    });
    const recv = this.received.map(({ source, consumer, of }) => {
      const id = consumer.track.id;
      const packets = Math.round(source === "mic" ? between(240, 255) : between(120, 140));
      const bad = of === 0 && source === "camera" && isBad(second);
      return {
        id: `i${id}`, type: "inbound-rtp", trackIdentifier: id, packetsReceived: this.count(`rp${id}`, packets), bytesReceived: this.count(`rb${id}`, packets * (source === "mic" ? 95 : packet)),
        packetsLost: this.count(`rl${id}`, bad ? 14 : between(0, 1) > 0.98 ? 1 : 0), jitter: between(0.001, 0.009),
        ...(source === "camera" ? { framesDecoded: this.count(`rf${id}`, bad ? 75 : 150), framesPerSecond: 30, frameHeight: 180 * 2 ** (of % 3), freezeCount: this.count(`fc${id}`, bad ? 2 : 0), totalFreezesDuration: this.count(`fd${id}`, bad ? 2.5 : 0) } : {}),
      };
    });
    const rtt = { ...path[1], currentRoundTripTime: between(0.018, 0.031) };
    const stats = (reports) => new Map([path[0], rtt, path[2], path[3], ...reports].map((one) => [one.id, one]));
    return countIn({ send: stats(send), recv: stats(recv) }, { sent: this.sent, received: this.received, at: second * 1000 });
  }
}

const pages = [...Array(people).keys()].map((person) => ({ page: new Page(person), counted: null, told: null }));
for (let second = 0; second <= lasts; second += EVERY) {
  for (const [person, known] of pages.entries()) {
    const now = known.page.look(second);
    if (known.counted) {
      // One in four people speaks at a time.
      const sample = sampleBetween(known.counted, now, (second / 20 + person) % 4 < 1 ? Math.round(between(2_000, 5_000)) : 0);
      console.log(JSON.stringify([person, second, toldOf(sample, known.told)]));
      known.told = sample;
    }
    known.counted = now;
  }
}

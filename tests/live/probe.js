// Runs in every page before the page's own scripts, and only watches: which connections there are, what arrives over them, and what
// the page's real <video> and <audio> elements show and play.
(() => {
  const connections = [];
  const NativeConnection = window.RTCPeerConnection;
  window.RTCPeerConnection = class RTCPeerConnection extends NativeConnection {
    constructor(...args) {
      super(...args);
      connections.push(this);
    }
  };

  // When each signalling socket opened, in performance.now() time.
  const socketsOpened = [];
  const NativeSocket = window.WebSocket;
  window.WebSocket = class WebSocket extends NativeSocket {
    constructor(...args) {
      super(...args);
      this.addEventListener("open", () => socketsOpened.push(performance.now()));
    }
  };

  const tileOf = (participantId) =>
    document.querySelector(`[data-participant-id="${CSS.escape(participantId)}"]:not(audio, video)`);
  const owner = (element) => element.closest("[data-participant-id]")?.dataset.participantId;
  const elementsOf = (participantId, tag) =>
    [...document.querySelectorAll(tag)].filter((element) => owner(element) === participantId);

  // Inbound streams by the id of the track that carries them to an element.
  async function inbound() {
    const byTrack = new Map();
    for (const connection of connections) {
      if (connection.connectionState === "closed") continue;
      // Statistics cost the page time, and those of what it sends are not asked for.
      if (!connection.getTransceivers().some(({ currentDirection }) => currentDirection?.includes("recv"))) continue;
      for (const report of (await connection.getStats()).values()) {
        if (report.type === "inbound-rtp") byTrack.set(report.trackIdentifier, report);
      }
    }
    return byTrack;
  }

  // What this page sends: a device for each sender that has a track, and a report for each stream.
  async function outbound() {
    const devices = [];
    const streams = [];
    for (const connection of connections) {
      if (connection.connectionState === "closed") continue;
      for (const { track } of connection.getSenders()) {
        if (track) devices.push({ kind: track.kind, deviceId: track.getSettings().deviceId ?? "" });
      }
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== "outbound-rtp") continue;
        const { kind, rid = "", framesSent = 0, frameHeight = 0 } = report;
        streams.push({ kind, rid, framesSent, frameHeight });
      }
    }
    return { devices, streams };
  }

  function liveTrack(elements, kind) {
    for (const element of elements) {
      for (const track of element.srcObject?.getTracks?.() ?? []) {
        if (track.kind === kind && track.readyState === "live") return { element, track };
      }
    }
    return null;
  }

  function shown(element) {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return box.width > 1 && box.height > 1 && style.visibility !== "hidden" && style.display !== "none" && style.opacity !== "0";
  }

  // What this page gets from one participant, as far as it reaches elements that show and play it.
  async function remote(participantId) {
    const streams = await inbound();
    const result = { tile: tileOf(participantId) !== null };
    const video = liveTrack(elementsOf(participantId, "video"), "video");
    if (video) {
      const report = streams.get(video.track.id);
      result.video = {
        framesDecoded: report?.framesDecoded ?? 0,
        freezeCount: report?.freezeCount ?? 0,
        width: video.element.videoWidth,
        height: video.element.videoHeight,
        playing: !video.element.paused && video.element.readyState >= 2,
        shown: shown(video.element),
      };
    }
    const audio =
      liveTrack(elementsOf(participantId, "audio"), "audio") ?? liveTrack(elementsOf(participantId, "video"), "audio");
    if (audio) {
      const report = streams.get(audio.track.id);
      result.audio = {
        totalAudioEnergy: report?.totalAudioEnergy ?? 0,
        packetsReceived: report?.packetsReceived ?? 0,
        audible: !audio.element.paused && !audio.element.muted && audio.element.volume > 0,
      };
    }
    return result;
  }

  // The picture that the tile shows at this moment, as 32 x 18 grey values; null where it shows none.
  function picture(participantId) {
    const element = elementsOf(participantId, "video").find((video) => video.videoWidth > 0 && shown(video));
    if (!element) return null;
    const canvas = new OffscreenCanvas(32, 18);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(element, 0, 0, 32, 18);
    const { data } = context.getImageData(0, 0, 32, 18);
    return Array.from({ length: 32 * 18 }, (_, i) => Math.round((data[4 * i] + data[4 * i + 1] + data[4 * i + 2]) / 3));
  }

  // All that a tile says, in text and in accessible names: where name and states are told.
  function words(participantId) {
    const tile = tileOf(participantId);
    if (!tile) return "";
    const named = [tile, ...tile.querySelectorAll("[aria-label], [title]")].filter((element) => shown(element));
    const names = named.map((element) => `${element.getAttribute("aria-label") ?? ""} ${element.getAttribute("title") ?? ""}`);
    return `${tile.innerText} ${names.join(" ")}`;
  }

  // The loudest that an element which shows no participant has played, from 0 to 1: what the page plays to its own person.
  let loudestOwnSound = 0;
  const nativePlay = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function play() {
    const sound = this.srcObject instanceof MediaStream ? this.srcObject.getAudioTracks() : [];
    if (sound.length > 0 && !this.muted && owner(this) === undefined) listenTo(this);
    return nativePlay.call(this);
  };
  function listenTo(element) {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    const samples = new Float32Array(analyser.fftSize);
    context.createMediaStreamSource(element.srcObject).connect(analyser);
    const listening = setInterval(() => {
      if (element.srcObject === null) {
        clearInterval(listening);
        void context.close();
        return;
      }
      analyser.getFloatTimeDomainData(samples);
      if (!element.paused) loudestOwnSound = Math.max(loudestOwnSound, ...samples.map(Math.abs)) * element.volume;
    }, 20);
  }

  // Watches how long each participant's decoded picture stands still, from now on.
  const gaps = new Map();
  let watching = null;
  function watchGaps(participantIds) {
    clearInterval(watching);
    gaps.clear();
    for (const id of participantIds) gaps.set(id, { frames: -1, since: performance.now(), longest: 0 });
    watching = setInterval(async () => {
      const streams = await inbound();
      const now = performance.now();
      for (const [id, gap] of gaps) {
        const video = liveTrack(elementsOf(id, "video"), "video");
        const frames = video ? (streams.get(video.track.id)?.framesDecoded ?? 0) : 0;
        // Without a live track nothing is decoded; the track that follows counts from its first frame.
        if (frames > 0 && frames !== gap.frames) {
          gap.frames = frames;
          gap.since = now;
        }
        gap.longest = Math.max(gap.longest, now - gap.since);
      }
    }, 100);
  }
  const longestGaps = () => Object.fromEntries([...gaps].map(([id, gap]) => [id, gap.longest / 1000]));

  // When the first frame that came over a connection was on the screen, in performance.now() time.
  let firstRemoteFrame = null;
  function watchFirstFrame() {
    const watched = new WeakSet();
    const arrives = (video) => {
      const shownTracks = new Set(video.srcObject?.getTracks?.() ?? []);
      return connections.some((connection) => connection.getReceivers().some(({ track }) => shownTracks.has(track)));
    };
    const look = () => {
      for (const video of document.querySelectorAll("video")) {
        if (watched.has(video) || !arrives(video)) continue;
        watched.add(video);
        video.requestVideoFrameCallback((now) => (firstRemoteFrame ??= now));
      }
      if (firstRemoteFrame === null) requestAnimationFrame(look);
    };
    look();
  }

  window.__probe = {
    connections, socketsOpened, outbound, remote, picture, words, watchGaps, longestGaps, watchFirstFrame,
    get loudestOwnSound() { return loudestOwnSound; },
    get firstRemoteFrame() { return firstRemoteFrame; },
  };
})();

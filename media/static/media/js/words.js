/** Numbers and states in words. */

const SOURCES = /** @type {Record<string, string>} */ ({
  mic: "microphone",
  camera: "camera",
  screen: "screen",
  "screen-audio": "screen’s sound",
});

/** @param {number | null | undefined} bits  A second. */
export function bitrate(bits) {
  if (bits == null) return "";
  if (bits >= 1_000_000) return `${(bits / 1_000_000).toFixed(bits >= 10_000_000 ? 0 : 1)} Mbit/s`;
  return `${Math.round(bits / 1000)} kbit/s`;
}

/** @param {number | null | undefined} share */
export function percent(share) {
  if (share == null) return "";
  const value = share * 100;
  return `${value > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} %`;
}

/** @param {number | null | undefined} bytes */
export function memory(bytes) {
  if (bytes == null) return "";
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}

/** @param {number | null | undefined} value */
export function milliseconds(value) {
  if (value == null) return "";
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

/** @param {number} number @param {string} one @param {string} [several] */
export function count(number, one, several = `${one}s`) {
  return `${number} ${number === 1 ? one : several}`;
}

/** @param {{source: string | null, kind: string}} stream */
export function sourceOf({ source, kind }) {
  return (source && SOURCES[source]) || kind;
}

/** @param {import("./shapes.js").Layers | null} layers */
export function layersOf(layers) {
  if (!layers) return "none";
  return layers.temporalLayer === undefined ? `${layers.spatialLayer}` : `${layers.spatialLayer}.${layers.temporalLayer}`;
}

/** @param {import("./shapes.js").Tuple | null} tuple  The far end of it. */
export function farEnd(tuple) {
  if (!tuple?.remoteIp) return "";
  return `${tuple.protocol} ${tuple.remoteIp}:${tuple.remotePort}`;
}

/** @param {number} at  Milliseconds of the epoch. */
export function clock(at) {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** @param {number} seconds */
export function duration(seconds) {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

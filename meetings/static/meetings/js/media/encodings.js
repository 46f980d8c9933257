/**
 * How each source is encoded: pure choices from what the device and the router can do.
 *
 * @import {types} from "mediasoup-client"
 * @import {Source} from "../contract.js"
 */

/** Capture sizes, so that the camera and the layers below fit each other. */
export const CAMERA_CAPTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };

/**
 * Three layers of the camera, smallest first: a thumbnail, a tile, the whole picture. Rates fit 180, 360 and 720 lines.
 *
 * @returns {types.RtpEncodingParameters[]}
 */
export function cameraLayers() {
  return [
    { scaleResolutionDownBy: 4, maxBitrate: 160_000 },
    { scaleResolutionDownBy: 2, maxBitrate: 550_000 },
    { scaleResolutionDownBy: 1, maxBitrate: 1_700_000 },
  ];
}

/**
 * VP8 where it can be had, because every browser sends it in layers; H264 where it cannot.
 *
 * @param {types.RtpCapabilities} capabilities  What can be sent.
 * @returns {types.RtpCodecCapability | undefined} Undefined leaves the choice to the first common codec.
 */
export function videoCodec(capabilities) {
  const codecs = capabilities.codecs ?? [];
  for (const name of ["video/vp8", "video/h264"]) {
    const codec = codecs.find((candidate) => candidate.mimeType.toLowerCase() === name);
    if (codec) return codec;
  }
  return undefined;
}

/**
 * @param {Source} source
 * @param {types.RtpCapabilities} capabilities  What can be sent.
 * @returns {Pick<types.ProducerOptions, "encodings" | "codecOptions" | "codec">}
 */
export function producerOptions(source, capabilities) {
  switch (source) {
    case "camera":
      return { encodings: cameraLayers(), codecOptions: { videoGoogleStartBitrate: 800 }, codec: videoCodec(capabilities) };
    case "screen":
      return { encodings: [{ maxBitrate: 3_000_000, scalabilityMode: "L1T3" }], codec: videoCodec(capabilities) };
    case "screen-audio":
      return { codecOptions: { opusStereo: true, opusFec: true, opusDtx: false, opusMaxAverageBitrate: 96_000 } };
    default:
      return { codecOptions: { opusStereo: false, opusFec: true, opusDtx: true, opusMaxAverageBitrate: 40_000 } };
  }
}

/** @param {Source} source @returns {import("../contract.js").Kind} */
export function kindOf(source) {
  return source === "mic" || source === "screen-audio" ? "audio" : "video";
}

/**
 * The layer worth receiving for a picture drawn so many device pixels high. Switching down waits until the picture is
 * clearly too small for its layer, so that a window being dragged does not flap.
 *
 * @param {number} height   In device pixels.
 * @param {number} current  The layer received now.
 * @returns {number} 0 (180 lines), 1 (360) or 2 (720).
 */
export function layerForHeight(height, current) {
  const wanted = height > 400 ? 2 : height > 200 ? 1 : 0;
  if (wanted >= current) return wanted;
  const clearlyBelow = height < (current === 2 ? 360 : 180);
  return clearlyBelow ? wanted : current;
}

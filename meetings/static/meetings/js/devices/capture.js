/** Asking the browser for a microphone and a camera, and telling why it did not give one. */
import { CAMERA_CAPTURE } from "../media/encodings.js";

/**
 * @typedef {"denied" | "denied-by-system" | "missing" | "busy" | "insecure" | "failed"} CaptureProblem
 * @typedef {"microphone" | "camera"} Device
 */

/**
 * @param {unknown} error  What getUserMedia threw.
 * @returns {CaptureProblem}
 */
export function problemOf(error) {
  const { name = "", message = "" } = /** @type {Partial<DOMException>} */ (error ?? {});
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return /system/i.test(message) ? "denied-by-system" : "denied";
    case "NotFoundError":
    case "DevicesNotFoundError":
      return "missing";
    case "NotReadableError":
    case "TrackStartError":
    case "AbortError":
      return "busy";
    default:
      return "failed";
  }
}

/**
 * @param {Device} device
 * @param {string} id  Empty for the system's choice.
 * @returns {MediaTrackConstraints}
 */
export function constraintsFor(device, id) {
  const which = id ? { deviceId: { exact: id } } : {};
  if (device === "camera") return { ...which, ...CAMERA_CAPTURE };
  return { ...which, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
}

/**
 * Both at once, so that the browser asks one question. When that fails, each by itself, so that a missing camera costs
 * nobody their microphone.
 *
 * @param {{microphone: string, camera: string}} ids
 * @returns {Promise<{microphone: MediaStreamTrack | CaptureProblem, camera: MediaStreamTrack | CaptureProblem}>}
 */
export async function captureBoth(ids) {
  const media = navigator.mediaDevices;
  if (!media?.getUserMedia) return { microphone: "insecure", camera: "insecure" };
  try {
    const stream = await media.getUserMedia({
      audio: constraintsFor("microphone", ids.microphone),
      video: constraintsFor("camera", ids.camera),
    });
    const [microphone] = stream.getAudioTracks();
    const [camera] = stream.getVideoTracks();
    return { microphone: microphone ?? "missing", camera: camera ?? "missing" };
  } catch {
    const microphone = await captureOne("microphone", ids.microphone);
    const camera = await captureOne("camera", ids.camera);
    return { microphone, camera };
  }
}

/**
 * One track of one device. A chosen device that is gone gives way to the system's choice.
 *
 * @param {Device} device
 * @param {string} id
 * @returns {Promise<MediaStreamTrack | CaptureProblem>}
 */
export async function captureOne(device, id) {
  const media = navigator.mediaDevices;
  if (!media?.getUserMedia) return "insecure";
  const constraints = constraintsFor(device, id);
  try {
    const stream = await media.getUserMedia(device === "camera" ? { video: constraints } : { audio: constraints });
    return stream.getTracks()[0] ?? "missing";
  } catch (error) {
    if (id && /** @type {Partial<DOMException>} */ (error)?.name === "OverconstrainedError") return captureOne(device, "");
    return problemOf(error);
  }
}

/** @typedef {{id: string, label: string}} Choice */
/** @typedef {{microphones: Choice[], cameras: Choice[], speakers: Choice[]}} DeviceList */

/**
 * The devices there are. Labels are empty until the browser was allowed to use one of them.
 *
 * @returns {Promise<DeviceList>}
 */
export async function listDevices() {
  const devices = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  /** @param {MediaDeviceKind} kind */
  const of = (kind) =>
    devices.filter((device) => device.kind === kind && device.deviceId !== "").map(({ deviceId, label }) => ({ id: deviceId, label }));
  return { microphones: of("audioinput"), cameras: of("videoinput"), speakers: of("audiooutput") };
}

/** Whether sound can be sent to a device of choice in this browser. */
export function canChooseSpeaker() {
  return typeof HTMLMediaElement !== "undefined" && "setSinkId" in HTMLMediaElement.prototype;
}

/** @param {() => void} react  Called after something was plugged in or out. */
export function watchDevices(react) {
  navigator.mediaDevices?.addEventListener?.("devicechange", react);
}

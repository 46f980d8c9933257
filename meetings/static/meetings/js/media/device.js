/**
 * The mediasoup device of this browser.
 *
 * @import {types} from "mediasoup-client"
 */
import { Device } from "mediasoup-client";

/** Thrown when this browser cannot do WebRTC in the way that is needed. */
export class BrowserNotSupported extends Error {}

/**
 * @param {types.RtpCapabilities} routerRtpCapabilities
 * @returns {Promise<types.Device>} Loaded.
 */
export async function loadDevice(routerRtpCapabilities) {
  // Turned off by a policy or an extension; what the browser calls itself does not tell.
  if (typeof RTCPeerConnection === "undefined") throw new BrowserNotSupported("It has no WebRTC");
  /** @type {Device} */ let device;
  try {
    device = await Device.factory();
  } catch {
    throw new BrowserNotSupported("It is not known to do WebRTC");
  }
  await device.load({ routerRtpCapabilities });
  return device;
}

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
  /** @type {Device} */ let device;
  try {
    device = await Device.factory();
  } catch {
    throw new BrowserNotSupported();
  }
  await device.load({ routerRtpCapabilities });
  return device;
}

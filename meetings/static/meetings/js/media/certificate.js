/**
 * The page's DTLS certificate, made before anything is joined, so that its fingerprint can travel with the join.
 *
 * @import {types} from "mediasoup-client"
 */

/**
 * @typedef {object} OwnCertificate
 * @property {RTCCertificate} certificate
 * @property {types.DtlsParameters} dtlsParameters  What the server needs to accept this certificate; the page is the DTLS client.
 */

/**
 * @returns {Promise<OwnCertificate | null>} Null where a browser can neither tell a fingerprint nor hand a certificate
 *     on; transports are then connected by a request of their own.
 */
export async function makeCertificate() {
  try {
    /** @type {EcKeyGenParams} */
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    const certificate = await RTCPeerConnection.generateCertificate(algorithm);
    // mediasoup-client clones the settings it is given; a browser that cannot clone a certificate throws here.
    structuredClone(certificate);
    const fingerprints = certificate.getFingerprints().flatMap(({ algorithm: hash, value }) =>
      hash && value ? [{ algorithm: /** @type {types.FingerprintAlgorithm} */ (hash), value: value.toUpperCase() }] : [],
    );
    if (fingerprints.length === 0) return null;
    return { certificate, dtlsParameters: { role: "client", fingerprints } };
  } catch {
    return null;
  }
}

/**
 * Whether these parameters name that certificate.
 *
 * @param {types.DtlsParameters} parameters
 * @param {OwnCertificate | null} own
 */
export function isSameCertificate(parameters, own) {
  if (!own) return false;
  return own.dtlsParameters.fingerprints.some((mine) =>
    parameters.fingerprints.some((one) => one.algorithm === mine.algorithm && one.value.toUpperCase() === mine.value),
  );
}

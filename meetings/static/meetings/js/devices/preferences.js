/** What this browser remembers between meetings. Works, without remembering, where storage is off. */
const KEY = "kcs-meet.preferences";

/**
 * @typedef {object} Preferences
 * @property {string} displayName
 * @property {string} microphoneId   Empty: the system's choice.
 * @property {string} cameraId
 * @property {string} speakerId
 * @property {boolean} microphoneOn
 * @property {boolean} cameraOn
 */

/** @type {Preferences} */
const defaults = { displayName: "", microphoneId: "", cameraId: "", speakerId: "", microphoneOn: true, cameraOn: true };

/** @returns {Preferences} */
export function loadPreferences() {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    /** @type {any} */ const known = { ...defaults };
    for (const [name, fallback] of Object.entries(defaults)) {
      if (typeof stored[name] === typeof fallback) known[name] = stored[name];
    }
    return known;
  } catch {
    return { ...defaults };
  }
}

/** @param {Partial<Preferences>} changed */
export function savePreferences(changed) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...loadPreferences(), ...changed }));
  } catch {
    // Private windows may refuse storage; the choice then holds for this page only.
  }
}

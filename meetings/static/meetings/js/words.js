/**
 * Every sentence that a code turns into: what happened, what it means, what to do. Codes are never shown alone.
 *
 * @import {Saying} from "./contract.js"
 * @import {CaptureProblem, Device} from "./devices/capture.js"
 */
import { t } from "./i18n.js";

/**
 * @typedef {object} Wording
 * @property {string} title    What happened.
 * @property {string} meaning  What it means and what to do.
 * @property {"again" | "start"} next  Whether trying again makes sense.
 */

/** @type {Readonly<Record<string, Wording>>} */
export const refusals = {
  BAD_REQUEST: {
    title: t("The page and the server did not understand each other"),
    meaning: t("This usually passes when the page is loaded again. If it stays, hand the code below to whoever runs this site."),
    next: "again",
  },
  UNKNOWN_EVENT: {
    title: t("This page is older than the server"),
    meaning: t("The site was updated while the page was open. Load it again to get the new one."),
    next: "again",
  },
  NOT_AUTHENTICATED: {
    title: t("You are not signed in any more"),
    meaning: t("Your session has ended. Open the meeting link again, and sign in if you are asked to."),
    next: "again",
  },
  NOT_ALLOWED: {
    title: t("You may not do this in this meeting"),
    meaning: t("Your role in this meeting does not include it. The host can change that."),
    next: "start",
  },
  NOT_IN_MEETING: {
    title: t("You are not in the meeting any more"),
    meaning: t("The connection was away for too long, so your place was given up. Join again to come back."),
    next: "again",
  },
  RATE_LIMITED: {
    title: t("That was too much at once"),
    meaning: t("The server asks this page to slow down. Wait a few seconds, then try again."),
    next: "again",
  },
  SERVICE_UNAVAILABLE: {
    title: t("The site is busy repairing itself"),
    meaning: t("A part of it cannot be reached at the moment. The page has tried again several times; try once more in a minute."),
    next: "again",
  },
  INTERNAL_ERROR: {
    title: t("Something went wrong on our side"),
    meaning: t("It is nothing you did. Try again; if it stays, hand the code below to whoever runs this site."),
    next: "again",
  },
  MEETING_NOT_FOUND: {
    title: t("There is no such meeting"),
    meaning: t("The link or code may be mistyped, or the meeting was removed. Ask for the link again, or start a meeting of your own."),
    next: "start",
  },
  NOT_FOUND: {
    title: t("There is no such thing here"),
    meaning: t("It may have been deleted, or the link may be mistyped. Load the page again to see what there is."),
    next: "again",
  },
  CHANGED_MEANWHILE: {
    title: t("Somebody changed this meanwhile"),
    meaning: t("What you see is not the latest. Load the page again, look at what is different, and change it then."),
    next: "again",
  },
  KEY_REUSED: {
    title: t("This was asked for before, and differently"),
    meaning: t("A program sent two different requests under one key. Ask again under another one."),
    next: "again",
  },
  FILE_NOT_FOUND: {
    title: t("That file is not there any more"),
    meaning: t("It was deleted, or its time is over. Ask whoever shared it to share it again."),
    next: "again",
  },
  FILE_TOO_LARGE: {
    title: t("That file is too large"),
    meaning: t("Make it smaller, or share a link to where it lies."),
    next: "again",
  },
  FILE_KIND: {
    title: t("Files of this kind are not taken here"),
    meaning: t("Pictures, sound, films, text and office documents without macros usually are. What counts is what is in the file, not its name."),
    next: "again",
  },
  FILE_INFECTED: {
    title: t("The virus scanner found something in that file"),
    meaning: t("Nobody has got it. Have the device on which it lies looked at before you share anything from there."),
    next: "again",
  },
  SCAN_FAILED: {
    title: t("That file could not be examined"),
    meaning: t("No file is shared before the virus scanner has seen it, and that does not answer now. Try again in a minute."),
    next: "again",
  },
  TOO_MANY_FILES: {
    title: t("No more files fit into this meeting"),
    meaning: t("As many were shared as it allows. Delete some of those that nobody needs any more."),
    next: "again",
  },
  NOTES_MOVED_ON: {
    title: t("The notes have changed too much meanwhile"),
    meaning: t("What others wrote is read again, and what you wrote is put into it."),
    next: "again",
  },
  NOTES_FULL: {
    title: t("The notes are full"),
    meaning: t("Take something out of them before you write more."),
    next: "again",
  },
  WRONG_STATE: {
    title: t("That cannot be done with this meeting now"),
    meaning: t("Somebody may have ended, started or cancelled it meanwhile. Load the page again to see how it stands."),
    next: "again",
  },
  MEETING_CANCELLED: {
    title: t("This meeting was cancelled"),
    meaning: t("It does not take place. If you expected it to, ask whoever invited you."),
    next: "start",
  },
  MEETING_ENDED: {
    title: t("This meeting has ended"),
    meaning: t("Nobody can join it any more. If you expected it to go on, ask the host for a new link."),
    next: "start",
  },
  MEETING_FULL: {
    title: t("This meeting is full"),
    meaning: t("As many people are in it as it allows. Try again when somebody has left, or ask the host to make room."),
    next: "again",
  },
  MEETING_LOCKED: {
    title: t("This meeting is locked"),
    meaning: t("The host has closed the door to newcomers. Ask the host to unlock it, then try again."),
    next: "again",
  },
  MEETING_NOT_STARTED: {
    title: t("This meeting has not started yet"),
    meaning: t("It opens when the host arrives or at its planned time. Try again then."),
    next: "again",
  },
  ACCOUNT_REQUIRED: {
    title: t("This meeting is for people with an account"),
    meaning: t("Sign in, and the meeting opens. Without an account, ask the host to let guests in."),
    next: "again",
  },
  WRONG_PASSCODE: {
    title: t("That passcode is not right"),
    meaning: t("Check it for typing mistakes, or ask the person who invited you."),
    next: "again",
  },
  JOIN_DENIED: {
    title: t("The host did not let you in"),
    meaning: t("If you think this is a mistake, ask again, or get in touch with the host another way."),
    next: "again",
  },
  REMOVED: {
    title: t("You were removed from this meeting"),
    meaning: t("The host took you out, and you cannot come back on your own. Get in touch with the host if this is a mistake."),
    next: "start",
  },
  MEDIA_UNAVAILABLE: {
    title: t("Sound and video are not available right now"),
    meaning: t("The part of the server that carries them is not running, so nobody can join for the moment. Try again in a minute."),
    next: "again",
  },
  MEDIA_OVERLOADED: {
    title: t("The server is at its limit"),
    meaning: t("It cannot carry another participant at the moment. Try again in a few minutes."),
    next: "again",
  },
  ROUTER_NOT_FOUND: {
    title: t("The meeting’s media is gone"),
    meaning: t("The part of the server that carried it has been restarted. Join again to go on."),
    next: "again",
  },
  TRANSPORT_CREATION_FAILED: {
    title: t("Sound and video could not be set up"),
    meaning: t("The server could not open a path for your media. Try again in a moment."),
    next: "again",
  },
  TRANSPORT_NOT_FOUND: {
    title: t("Your media connection is gone"),
    meaning: t("The server has closed it. It is made again by itself; if not, join again."),
    next: "again",
  },
  TRANSPORT_CONNECT_FAILED: {
    title: t("Sound and video could not be connected"),
    meaning: t("The secure connection for your media did not come about. Join again; a strict firewall can be the cause."),
    next: "again",
  },
  PRODUCE_FAILED: {
    title: t("You cannot be seen or heard yet"),
    meaning: t("The server did not accept what your microphone or camera sends. Turn it off and on again."),
    next: "again",
  },
  PRODUCER_NOT_FOUND: {
    title: t("That was not being sent any more"),
    meaning: t("Your microphone or camera had stopped on the server. Turn it off and on again."),
    next: "again",
  },
  CONSUME_FAILED: {
    title: t("Somebody cannot be seen or heard by you"),
    meaning: t("The server could not send you their sound or picture. It is tried again when they turn it on the next time."),
    next: "again",
  },
  CANNOT_CONSUME: {
    title: t("Your browser cannot play what somebody sends"),
    meaning: t("They send in a format that this browser does not know. A newer version of the browser may help."),
    next: "again",
  },
  CANNOT_PRODUCE: {
    title: t("Your browser cannot send this"),
    meaning: t("It knows no format that the server takes. A newer version of the browser may help."),
    next: "again",
  },
  CONSUMER_NOT_FOUND: {
    title: t("That picture was no longer being received"),
    meaning: t("It ended a moment ago. There is nothing you need to do."),
    next: "again",
  },
  MESSAGE_NOT_FOUND: {
    title: t("That message is not in the chat any more"),
    meaning: t("Somebody has deleted it. There is nothing you need to do."),
    next: "again",
  },
  POLL_NOT_FOUND: {
    title: t("That poll is not in the meeting any more"),
    meaning: t("Somebody has deleted it. There is nothing you need to do."),
    next: "again",
  },
  POLL_STATE: {
    title: t("That cannot be done with the poll at the moment"),
    meaning: t("Somebody opened or closed it a moment ago. There is nothing you need to do."),
    next: "again",
  },
  QUESTION_NOT_FOUND: {
    title: t("That question is not in the meeting any more"),
    meaning: t("A host has dismissed it. There is nothing you need to do."),
    next: "again",
  },
  CONNECTION_LOST: {
    title: t("The server cannot be reached"),
    meaning: t("Check your internet connection. The page keeps trying, and comes back by itself."),
    next: "again",
  },
  TIMEOUT: {
    title: t("The server did not answer"),
    meaning: t("It may be busy, or your connection is slow. Try again in a moment."),
    next: "again",
  },
  TAKEN_OVER: {
    title: t("You went on in another window"),
    meaning: t("Your place in the meeting was taken up from somewhere else, so this window has stepped back. Join again to be here too."),
    next: "again",
  },
  BROWSER_NOT_SUPPORTED: {
    title: t("This browser cannot take part"),
    meaning: t("Use a recent version of Chrome, Edge, Firefox or Safari."),
    next: "start",
  },
};

/**
 * @param {string} code
 * @returns {Wording} Of `INTERNAL_ERROR` for a code nobody knows.
 */
export function wordingOf(code) {
  return refusals[code] ?? /** @type {Wording} */ (refusals["INTERNAL_ERROR"]);
}

/** @type {Readonly<Record<string, string>>} */
const botRefusals = {
  NOT_ALLOWED: t("The bot cannot come: it talks with one person at a time, and only where the meeting is open."),
  RATE_LIMITED: t("The bot talks with others at the moment. Try again in a minute or two."),
  MEDIA_UNAVAILABLE: t("The bot could not come. Try again in a moment; if it stays away, tell whoever runs this site."),
  TIMEOUT: t("The bot has not come. Try again in a moment; if it stays away, tell whoever runs this site."),
};

/**
 * Why the bot does not come to whoever called it.
 *
 * @param {string} code
 * @param {string} [details]  The server's own sentence; it knows more than its code.
 */
export function botWording(code, details = "") {
  const { title, meaning } = wordingOf(code);
  return details || (botRefusals[code] ?? `${title}. ${meaning}`);
}

/**
 * What only the page can find out, where the server has not written its own words into the page.
 *
 * @type {{SITE_UNREACHABLE: Saying, SOCKET_UNREACHABLE: Saying}}
 */
export const offlineWords = {
  SITE_UNREACHABLE: {
    sentence: t("This site cannot be reached from your device at the moment."),
    action: t("Check your internet connection; the page goes on by itself once the site answers."),
  },
  SOCKET_UNREACHABLE: {
    sentence: t("The page was loaded, but its live connection to this site does not come about."),
    action: t("Another network or browser may work; a company proxy or an extension may block it."),
  },
};

/** @type {Record<Device, Record<"name" | "without" | "denied" | "system" | "missing" | "busy" | "insecure" | "failed", string>>} */
const devices = {
  microphone: {
    name: t("microphone"),
    without: t("You can join without it: you will hear the others, and they will not hear you."),
    denied: t("The microphone is not allowed"),
    system: t("Your system keeps the microphone from the browser"),
    missing: t("No microphone was found"),
    busy: t("The microphone is in use by another program"),
    insecure: t("The microphone needs a secure page"),
    failed: t("The microphone could not be started"),
  },
  camera: {
    name: t("camera"),
    without: t("You can join without it: you will see the others, and they will see your name."),
    denied: t("The camera is not allowed"),
    system: t("Your system keeps the camera from the browser"),
    missing: t("No camera was found"),
    busy: t("The camera is in use by another program"),
    insecure: t("The camera needs a secure page"),
    failed: t("The camera could not be started"),
  },
};

/**
 * @param {Device} device
 * @param {CaptureProblem} problem
 * @param {string} [userAgent]
 * @returns {{title: string, meaning: string}}
 */
export function captureWording(device, problem, userAgent = "") {
  const words = devices[device];
  const { without } = words;
  switch (problem) {
    case "denied":
      return { title: words.denied, meaning: `${howToAllow(words.name, userAgent)} ${without}` };
    case "denied-by-system":
      return {
        title: words.system,
        meaning: `${t("Allow it for this browser in the privacy settings of your system, then load the page again.")} ${without}`,
      };
    case "missing":
      return { title: words.missing, meaning: `${t("Plug one in and it is used by itself.")} ${without}` };
    case "busy":
      return { title: words.busy, meaning: `${t("Close the program that uses it, then turn it on here again.")} ${without}` };
    case "insecure":
      return {
        title: words.insecure,
        meaning: `${t("Browsers give it to pages on https and localhost only. Open this site with https.")} ${without}`,
      };
    default:
      return { title: words.failed, meaning: `${t("Turn it on again, or choose another one.")} ${without}` };
  }
}

/**
 * One sentence for two devices that are refused in the same way, or null when each needs its own.
 *
 * @param {CaptureProblem | null} microphone
 * @param {CaptureProblem | null} camera
 * @param {string} [userAgent]
 * @returns {{title: string, meaning: string} | null}
 */
export function bothWording(microphone, camera, userAgent = "") {
  if (microphone === null || microphone !== camera) return null;
  const joining = t("You can join without both: you will see and hear the others, and they will see your name.");
  if (microphone === "denied") {
    return { title: t("Microphone and camera are not allowed"), meaning: `${howToAllow(t("microphone and camera"), userAgent)} ${joining}` };
  }
  if (microphone === "missing") {
    return { title: t("No microphone and no camera were found"), meaning: `${t("Plug them in and they are used by themselves.")} ${joining}` };
  }
  if (microphone === "insecure") {
    const how = t("Browsers give them to pages on https and localhost only. Open this site with https.");
    return { title: t("Microphone and camera need a secure page"), meaning: `${how} ${joining}` };
  }
  return null;
}

/**
 * @param {string} device
 * @param {string} userAgent
 */
function howToAllow(device, userAgent) {
  if (/Firefox\//.test(userAgent)) return t("Click the crossed-out icon at the left of the address, remove the block on {device}, and turn it on here again.", { device });
  if (/Chrom(e|ium)\/|Edg\//.test(userAgent)) return t("Click the icon at the left of the address, set {device} to “Allow”, and turn it on here again.", { device });
  if (/Safari\//.test(userAgent)) return t("Choose Safari › Settings for this website, set {device} to “Allow”, and load the page again.", { device });
  return t("Allow the {device} for this site in the browser’s settings, and turn it on again.", { device });
}

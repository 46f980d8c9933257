/**
 * The camera: its picture is shown, and looked at.
 *
 * @import {Got} from "./asking.js"
 * @import {Surroundings} from "./run.js"
 * @import {Telling} from "./telling.js"
 */
import { t } from "../i18n.js";
import { ofCamera, ofMissingDevice } from "./judging.js";
import { line } from "./lines.js";
import { look } from "./looking.js";
import { reasonOf } from "./problems.js";

/** In milliseconds: for the first picture of a slow camera, and then to see it move. */
const FIRST_WITHIN = 3_000;
const LOOK = 2_000;

/**
 * @param {Surroundings} surroundings
 * @param {Telling} telling
 * @param {Promise<{camera: Got}>} devices
 */
export async function testCamera({ show, ownPicture }, telling, devices) {
  show("camera", line("running", t("Your browser asks whether this page may use the camera. Choose “Allow”.")));
  const { camera } = await devices;
  if (typeof camera === "string") {
    show("camera", ofMissingDevice("camera", camera));
    telling.note("camera", "failed", { reason: reasonOf(camera), name: camera });
    return;
  }
  telling.note("camera", "ok");
  show("camera", line("running", t("The picture is looked at.")));
  ownPicture.srcObject = new MediaStream([camera]);
  await firstPicture(ownPicture);
  const seen = await look(ownPicture, LOOK);
  if (camera.muted) telling.note("track", "changed", { source: "camera", what: "muted" });
  else if (seen.looks === 0 || seen.black) telling.note("silence", "failed", { source: "camera" });
  show("camera", ofCamera(seen, camera.muted));
}

/** @param {HTMLVideoElement} video */
async function firstPicture(video) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer;
  await Promise.race([
    video.play().catch(() => {}),
    new Promise((resolve) => {
      timer = setTimeout(resolve, FIRST_WITHIN);
    }),
  ]);
  clearTimeout(timer);
}

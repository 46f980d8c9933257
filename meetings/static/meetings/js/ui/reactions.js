/**
 * Reactions: a row of them over the bar, and each for a moment on the tile of whoever shows it.
 *
 * @import {Call} from "../call.js"
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 */
import { t } from "../i18n.js";
import { byId, make } from "./dom.js";
import { mountMenu } from "./menu.js";

/** @type {Readonly<Record<string, {sign: string, words: string}>>} */
export const REACTIONS = {
  "thumbs-up": { sign: "\u{1F44D}", words: t("thumbs up") },
  clap: { sign: "\u{1F44F}", words: t("applause") },
  heart: { sign: "\u2764\uFE0F", words: t("a heart") },
  laugh: { sign: "\u{1F602}", words: t("laughter") },
  surprise: { sign: "\u{1F62E}", words: t("surprise") },
  party: { sign: "\u{1F389}", words: t("cheers") },
};
const SHOWN_FOR = 4_000;

/**
 * @param {object} parts
 * @param {Store<MeetingState>} parts.store
 * @param {Call} parts.call
 */
export function mountReactions({ store, call }) {
  const button = byId("bar-react", HTMLButtonElement);
  const menu = byId("react-menu", HTMLElement);
  const said = byId("polite", HTMLElement);
  for (const [reaction, { sign, words }] of Object.entries(REACTIONS)) {
    const item = make("button", "reaction", sign);
    item.setAttribute("type", "button");
    item.setAttribute("role", "menuitem");
    item.tabIndex = -1;
    item.setAttribute("aria-label", t("Show {reaction}", { reaction: words }));
    item.title = words;
    item.addEventListener("click", async () => {
      if (await call.ask("send-reaction", { reaction })) show(store.state.participantId, reaction);
    });
    menu.append(item);
  }
  mountMenu(button, menu);
  byId("menu-react", HTMLButtonElement).addEventListener("click", () => setTimeout(() => button.click()));
  call.on("heard", ({ event, data }) => {
    if (event !== "participant-reaction") return;
    show(data.participantId, data.reaction);
    const name = store.state.participants.get(data.participantId)?.displayName || t("Somebody");
    said.textContent = t("{name}: {text}", { name, text: REACTIONS[data.reaction]?.words ?? "" });
  });
}

/** @param {string} participantId @param {string} reaction */
function show(participantId, reaction) {
  const tile = document.querySelector(`.tile[data-participant-id="${CSS.escape(participantId)}"][data-source="camera"]`);
  const known = REACTIONS[reaction];
  if (!tile || !known) return;
  const sign = make("span", "tile-reaction", known.sign);
  sign.setAttribute("aria-hidden", "true");
  tile.append(sign);
  setTimeout(() => sign.remove(), SHOWN_FOR);
}

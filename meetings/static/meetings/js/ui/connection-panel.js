/**
 * What works and what does not, what to do about it, and the report to hand on.
 *
 * @import {MediaSession} from "../media/session.js"
 * @import {LocalMedia} from "../devices/local-media.js"
 * @import {QualitySampler} from "../quality/sampler.js"
 * @import {Sample} from "../quality/sample.js"
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 * @import {Line, Standing} from "../state/connection-lines.js"
 * @import {Source, Verdict} from "../contract.js"
 */
import { t } from "../i18n.js";
import { connectionLines, summaryOf, TOPICS } from "../state/connection-lines.js";
import { closeOnBackdrop } from "./dialog.js";
import { byId, find, make, makeIcon, setIcon } from "./dom.js";

/** By which permission something is sent. */
const PERMISSIONS = /** @type {const} */ ({ mic: "microphone", camera: "camera", screen: "screen", "screen-audio": "screen" });
/** Between two looks at what nothing announces. */
const LOOK_EVERY = 1_000;
/** @type {Record<Standing, {icon: string, words: string}>} */
const MARKS = {
  good: { icon: "circle-check", words: t("Works") },
  bad: { icon: "circle-alert", words: t("Does not work") },
  waiting: { icon: "clock", words: t("Not yet") },
  off: { icon: "circle-minus", words: t("Not in use") },
};

/** Names of the button. What exactly is wrong stands beside it, in sentences that name other buttons. */
const WORDS = { good: t("Your connection"), bad: t("Your connection: something is wrong"), waiting: t("Your connection: something is still to come") };

/**
 * @param {object} parts
 * @param {Store<MeetingState>} parts.store
 * @param {LocalMedia} parts.local
 * @param {MediaSession} parts.session
 * @param {QualitySampler} parts.sampler
 * @param {() => string} parts.report
 * @returns {{open: () => void}}
 */
export function mountConnectionPanel({ store, local, session, sampler, report }) {
  const dialog = byId("connection-dialog", HTMLDialogElement);
  const summary = byId("connection-summary", HTMLElement);
  const list = byId("connection-lines", HTMLElement);
  const copy = byId("connection-report", HTMLButtonElement);
  const button = byId("topbar-connection", HTMLButtonElement);
  /** @type {Map<string, HTMLElement>} */ const rows = new Map();
  /** @type {Sample | null} */ let sample = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */ let looking;

  for (const [topic, label] of Object.entries(TOPICS)) {
    const row = newRow(label);
    rows.set(topic, row);
    list.append(row);
  }

  const render = () => {
    const { verdicts } = store.state;
    const lines = connectionLines(factsOf({ store, local, session, sample }));
    showButton(button, verdicts);
    if (!dialog.open) return;
    showSummary(summary, verdicts, summaryOf(lines));
    for (const [topic, line] of Object.entries(lines)) showLine(/** @type {HTMLElement} */ (rows.get(topic)), line);
    copy.dataset["copy"] = t("Report {report}", { report: report() });
    find(copy, "code", HTMLElement).textContent = report();
  };

  for (const part of /** @type {const} */ (["phase", "connection", "media", "participants", "producers", "verdicts"])) store.watch((state) => state[part], render);
  store.watch((state) => state.phase === "joined", (joined) => joined || (sample = null));
  local.store.watch((state) => state, render);
  sampler.on("sample", (latest) => {
    sample = latest;
    render();
  });
  dialog.addEventListener("close", () => clearInterval(looking));
  closeOnBackdrop(dialog);
  const open = () => {
    if (dialog.open) return;
    dialog.showModal();
    render();
    looking = setInterval(render, LOOK_EVERY);
  };
  button.addEventListener("click", open);
  byId("menu-connection", HTMLButtonElement).addEventListener("click", open);
  byId("prejoin-connection", HTMLButtonElement).addEventListener("click", open);
  return { open };
}

/**
 * @param {{store: Store<MeetingState>, local: LocalMedia, session: MediaSession, sample: Sample | null}} parts
 * @returns {import("../state/connection-lines.js").ConnectionFacts}
 */
function factsOf({ store: { state }, local, session, sample }) {
  const device = (/** @type {"microphone" | "camera"} */ which) => {
    const { on, track, systemMuted, problem } = local.state[which];
    return { on, there: track !== null, systemMuted, problem };
  };
  /** @param {{participantId: string, source: Source}} one */
  const barred = ({ participantId, source }) => state.participants.get(participantId)?.permissions?.[PERMISSIONS[source]] === false;
  /** @param {{participantId: string, source: Source}} one */
  const named = ({ participantId, source }) => ({ participantId, source, name: state.participants.get(participantId)?.displayName || t("Guest") });
  return {
    state,
    transports: session.connectionStates,
    microphone: device("microphone"),
    camera: device("camera"),
    sent: session.publisher.sent().filter(({ paused }) => !paused).map(({ source }) => source),
    others: Math.max(0, state.participants.size - 1),
    coming: session.coming().map(named),
    paused: [...state.producers.values()].filter((one) => one.paused && one.participantId !== state.participantId).map((one) => ({ ...named(one), barred: barred(one) })),
    unwanted: session.subscriber.current().filter(({ wanted }) => !wanted).map(named),
    sample,
  };
}

/** @param {string} label */
function newRow(label) {
  const row = make("li", "connection-line");
  const mark = make("span", "connection-mark");
  mark.append(makeIcon("circle-minus"), make("span", "visually-hidden"));
  row.append(mark, make("span", "connection-topic", label), make("span", "connection-sentence"));
  return row;
}

/** @param {HTMLElement} row @param {Line} line */
function showLine(row, { standing, sentence }) {
  const { icon, words } = MARKS[standing];
  row.dataset["standing"] = standing;
  setIcon(row, icon);
  find(row, ".visually-hidden", HTMLElement).textContent = `${words}: `;
  const place = find(row, ".connection-sentence", HTMLElement);
  if (place.textContent !== sentence) place.textContent = sentence;
}

/**
 * @param {HTMLElement} summary
 * @param {readonly Verdict[]} verdicts
 * @param {Line} otherwise
 */
function showSummary(summary, verdicts, otherwise) {
  const shown = JSON.stringify([verdicts, otherwise]);
  if (summary.dataset["shown"] === shown) return;
  summary.dataset["shown"] = shown;
  const boxes = verdicts.map(({ severity, sentence, action }) => box(severity === "waiting" ? "waiting" : "bad", sentence, action));
  summary.replaceChildren(...(boxes.length > 0 ? boxes : [box(otherwise.standing, otherwise.sentence, "")]));
}

/** @param {Standing} standing @param {string} sentence @param {string} action */
function box(standing, sentence, action) {
  const element = make("div", "connection-verdict");
  element.dataset["standing"] = standing;
  const text = make("p", "connection-verdict-text");
  text.append(make("strong", "", sentence));
  if (action) text.append(` ${action}`);
  element.append(makeIcon(MARKS[standing].icon), text);
  return element;
}

/** @param {HTMLButtonElement} button @param {readonly Verdict[]} verdicts */
function showButton(button, [worst]) {
  const standing = !worst ? "good" : worst.severity === "waiting" ? "waiting" : "bad";
  button.dataset["standing"] = standing;
  button.setAttribute("aria-label", WORDS[standing]);
  button.title = worst ? worst.sentence : t("Your connection (I)");
}

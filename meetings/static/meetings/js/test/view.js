/**
 * The test page itself: its buttons, its lines, and what is said in the end.
 *
 * @import {Conclusion} from "./judging.js"
 * @import {Line, LineId, Lines} from "./lines.js"
 * @import {Found} from "./run.js"
 */
import { t } from "../i18n.js";
import { loadPreferences } from "../devices/preferences.js";
import { keepPrecall } from "../precall.js";
import { socketUrl } from "../signalling/socket-url.js";
import { mountCopyButtons } from "../ui/copy.js";
import { inWords } from "../state/verdicts.js";
import { byId, find, make, pageData, setIcon } from "../ui/dom.js";
import { meterBars } from "../ui/meter-bars.js";
import { conclude, numbersOf, ofSpeaker, reportText } from "./judging.js";
import { isDone, line, LINES, NAMES, STATE_WORDS } from "./lines.js";
import { runTest } from "./run.js";
import { reportIdOf } from "./telling.js";

/** @type {Readonly<Record<import("./lines.js").State, string>>} */
const ICONS = { waiting: "circle-dashed", running: "ellipsis", good: "circle-check", notable: "triangle-alert", bad: "circle-x", skipped: "circle-minus" };
/** @type {Readonly<Record<Conclusion["outcome"], string>>} */
const OUTCOME_ICONS = { ready: "circle-check", limited: "triangle-alert", "not-ready": "circle-x" };

/**
 * @typedef {object} TestConfig  What the page carries in `#test-config`.
 * @property {string} socketUrl
 * @property {string} attempts    Path of the attempts of the API, with a trailing slash.
 * @property {string} csrfToken
 * @property {string} version
 * @property {Record<string, import("./judging.js").Verdict>} offlineVerdicts  What to say when nobody can be asked, by code.
 */

export function mountTestPage() {
  /** @type {TestConfig} */
  const config = pageData("test-config");
  mountCopyButtons();
  mountWayBack();
  showNumbers(numbersOf(null));
  const button = byId("test-start", HTMLButtonElement);
  const level = meterBars(byId("test-meter", HTMLElement));
  const answers = byId("test-answers", HTMLElement);
  /** @type {Record<LineId, Line>} */ let lines = blank();
  /** @type {{found: Found, attemptId: string} | null} */ let last = null;

  /** @param {LineId} id @param {Line} one */
  const show = (id, one) => {
    const before = lines[id];
    lines = { ...lines, [id]: one };
    showLine(id, one);
    const done = LINES.filter((each) => isDone(lines[each])).length;
    byId("test-progress", HTMLProgressElement).value = done;
    if (isDone(one) && !isDone(before)) say(t("{name}: {state}. {sentence}", { name: NAMES[id], state: STATE_WORDS[one.state], sentence: one.sentence }));
  };

  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy") === "true") return;
    const attemptId = crypto.randomUUID();
    last = null;
    lines = blank();
    for (const id of LINES) showLine(id, lines[id]);
    begin(button, answers);
    const found = await tested({
      attemptId,
      socketUrl: socketUrl(config.socketUrl, location),
      stepsUrl: `${config.attempts}${attemptId}/steps`,
      csrfToken: config.csrfToken,
      version: config.version,
      offline: Object.values(config.offlineVerdicts).map(inWords),
      preferences: loadPreferences(),
      ownPicture: byId("test-own-picture", HTMLVideoElement),
      returnedPicture: byId("test-returned-picture", HTMLVideoElement),
      show,
      level,
    });
    last = { found, attemptId };
    answers.hidden = !found.played;
    button.setAttribute("aria-busy", "false");
    find(button, "span", HTMLElement).textContent = t("Test again");
    finish(lines, found, attemptId);
    byId("test-title", HTMLElement).focus();
  });

  answers.addEventListener("click", async (event) => {
    const answer = event.target instanceof Element ? event.target.closest("[data-heard]") : null;
    if (!(answer instanceof HTMLElement) || !last || answer.getAttribute("aria-pressed") === "true") return;
    const { found, attemptId } = last;
    const heard = answer.dataset["heard"] === "yes";
    show("speaker", ofSpeaker({ played: true, own: found.ownVoice, heard }));
    for (const one of answers.querySelectorAll("[data-heard]")) one.setAttribute("aria-pressed", String(one === answer));
    // What was said of the speaker before is void, whether or not the server can be asked.
    const answered = { found: { ...found, verdicts: found.verdicts.filter(({ code }) => code !== "NO_SPEAKER") }, attemptId };
    last = answered;
    finish(lines, answered.found, attemptId);
    const verdicts = await found.answer(heard);
    // Another answer, or another test, has its own.
    if (!verdicts || last !== answered) return;
    last = { found: { ...found, verdicts }, attemptId };
    finish(lines, last.found, attemptId);
  });
}

/**
 * @param {import("./run.js").Surroundings} surroundings
 * @returns {Promise<Found>} Of nothing, when the test broke off; then the page says so.
 */
async function tested(surroundings) {
  try {
    return await runTest(surroundings);
  } catch (error) {
    console.error(error);
    surroundings.show("echo", line("bad", t("The test broke off."), t("Test again. If it stays like this, use another browser, or tell your administrator."), "INTERNAL_ERROR"));
    return { echo: null, verdicts: [], ownVoice: false, played: false, answer: async () => null };
  }
}

/** @returns {Record<LineId, Line>} */
function blank() {
  return /** @type {Record<LineId, Line>} */ (Object.fromEntries(LINES.map((id) => [id, line("waiting", t("Waiting for its turn."))])));
}

/** Back to where one came from, with all that stood in that address. */
function mountWayBack() {
  const back = byId("test-back", HTMLAnchorElement);
  back.addEventListener("click", (event) => {
    if (!document.referrer || new URL(document.referrer).pathname !== back.pathname || history.length < 2) return;
    event.preventDefault();
    history.back();
  });
}

/** @param {HTMLButtonElement} button @param {HTMLElement} answers */
function begin(button, answers) {
  button.setAttribute("aria-busy", "true");
  find(button, "span", HTMLElement).textContent = t("Testing…");
  answers.hidden = true;
  for (const one of answers.querySelectorAll("[data-heard]")) one.setAttribute("aria-pressed", "false");
  byId("test-verdict", HTMLElement).dataset["outcome"] = "running";
  setIcon(byId("test-verdict", HTMLElement), "ellipsis");
  byId("test-title", HTMLElement).textContent = t("Testing…");
  byId("test-text", HTMLElement).textContent = t("This takes about ten seconds. Say a few words, and move a little.");
  showNumbers(numbersOf(null));
  byId("test-report", HTMLElement).hidden = true;
  for (const id of ["test-own-picture", "test-returned-picture"]) byId(id, HTMLVideoElement).srcObject = null;
  byId("test-progress", HTMLProgressElement).value = 0;
}

/** @param {LineId} id @param {Line} one */
function showLine(id, { state, sentence, action }) {
  const row = find(document, `[data-line="${id}"]`, HTMLElement);
  row.dataset["state"] = state;
  setIcon(find(row, ".test-mark", SVGElement), ICONS[state]);
  find(row, ".test-state", HTMLElement).textContent = STATE_WORDS[state];
  find(row, ".test-sentence", HTMLElement).textContent = sentence;
  find(row, ".test-action", HTMLElement).textContent = action;
}

/** @param {[string, string][]} numbers */
function showNumbers(numbers) {
  byId("test-numbers", HTMLElement).replaceChildren(
    ...numbers.map(([name, value]) => {
      const pair = make("div", "test-number");
      pair.append(make("dt", "", name), make("dd", "", value));
      return pair;
    }),
  );
}

/** Read out, and not seen. @param {string} text */
function say(text) {
  byId("test-announcer", HTMLElement).textContent = text;
}

/**
 * Says what it comes to, and keeps it for the next join.
 *
 * @param {Lines} lines
 * @param {Found} found
 * @param {string} attemptId
 */
function finish(lines, found, attemptId) {
  const conclusion = conclude(lines, found.verdicts);
  const report = reportIdOf(attemptId);
  const numbers = numbersOf(found.echo);
  const verdict = byId("test-verdict", HTMLElement);
  verdict.dataset["outcome"] = conclusion.outcome;
  setIcon(verdict, OUTCOME_ICONS[conclusion.outcome]);
  byId("test-title", HTMLElement).textContent = conclusion.title;
  byId("test-text", HTMLElement).textContent = [conclusion.sentence, conclusion.action].filter(Boolean).join(" ");
  showNumbers(numbers);
  const when = new Date();
  const text = reportText({ report, conclusion, lines, numbers, browser: navigator.userAgent, when: when.toISOString() });
  byId("test-report", HTMLElement).hidden = false;
  byId("test-report-id", HTMLElement).textContent = report;
  byId("test-report-copy", HTMLElement).dataset["copy"] = text;
  const { path = null, up = null, down = null } = found.echo ?? {};
  keepPrecall({
    at: when.toISOString(),
    attempt: report,
    code: conclusion.code,
    outcome: conclusion.outcome,
    lines: Object.fromEntries(LINES.map((id) => [id, lines[id].state])),
    measured: { path, up, down },
  });
}

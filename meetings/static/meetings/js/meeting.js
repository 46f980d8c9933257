/**
 * The meeting page: puts the parts together and shows the view that belongs to the phase.
 *
 * @import {MeetingConfig} from "./contract.js"
 */
import { t } from "./i18n.js";
import { Call } from "./call.js";
import { Chat } from "./chat.js";
import { LocalMedia } from "./devices/local-media.js";
import { loadPreferences, savePreferences } from "./devices/preferences.js";
import { ScreenShare } from "./devices/screen-share.js";
import { exposeDiagnostics } from "./diagnostics.js";
import { mountEmbedded, openLinksOutside } from "./embedded.js";
import { makeCertificate } from "./media/certificate.js";
import { BrowserNotSupported, loadDevice } from "./media/device.js";
import { MediaSession } from "./media/session.js";
import { Notes } from "./notes.js";
import { Polls } from "./polls.js";
import { Questions } from "./questions.js";
import { persistent } from "./signalling/persistent.js";
import { socketUrl } from "./signalling/socket-url.js";
import { Signalling } from "./signalling/signalling.js";
import { QualitySampler } from "./quality/sampler.js";
import { obeyHosts } from "./obey-hosts.js";
import { obey } from "./obey.js";
import { isDivided } from "./state/breakouts.js";
import { initialState } from "./state/meeting-state.js";
import { Store } from "./state/store.js";
import { inWords } from "./state/verdicts.js";
import { MeetingTrace } from "./trace/meeting-trace.js";
import { mountAnnouncer } from "./ui/announcer.js";
import { mountBanner } from "./ui/banner.js";
import { mountBreakoutLine } from "./ui/breakout-line.js";
import { mountBreakoutsPanel } from "./ui/breakouts-panel.js";
import { mountChatPanel } from "./ui/chat-panel.js";
import { mountConnectionPanel } from "./ui/connection-panel.js";
import { mountControlBar, toggleFullScreen } from "./ui/control-bar.js";
import { mountCopyButtons } from "./ui/copy.js";
import { byId, pageData } from "./ui/dom.js";
import { mountDoor } from "./ui/door.js";
import { mountConfirming } from "./ui/confirming.js";
import { mountHand } from "./ui/hand.js";
import { mountHostControls } from "./ui/host-controls.js";
import { mountTimeOver } from "./ui/time-over.js";
import { mountReactions } from "./ui/reactions.js";
import { mountInviteBot } from "./ui/invite-bot.js";
import { mountOutcome } from "./ui/outcome.js";
import { mountPeoplePanel } from "./ui/people-panel.js";
import { mountNotesPanel } from "./ui/notes-panel.js";
import { mountPollsPanel } from "./ui/polls-panel.js";
import { mountPrejoin } from "./ui/prejoin.js";
import { mountSettingsDialog, mountShortcutsDialog } from "./ui/settings-dialog.js";
import { mountShortcuts } from "./ui/shortcuts.js";
import { SidePanels } from "./ui/side-panels.js";
import { mountSoundOutput } from "./ui/sound-output.js";
import { Stage } from "./ui/stage.js";
import { toast } from "./ui/toasts.js";
import { mountTopbar } from "./ui/topbar.js";
import { mountTroubleAnnouncer } from "./ui/trouble-announcer.js";
import { mountWaitingPeople } from "./ui/waiting-people.js";
import { mountWaitingLine } from "./ui/waiting-line.js";
import { offlineWords } from "./words.js";

/** @type {MeetingConfig} */
const config = pageData("meeting-config");
const preferences = loadPreferences();
// A passcode has to be typed first, whatever the link says; and in another page's frame nobody is in a meeting who has
// not pressed a button.
const joinNow = new URLSearchParams(location.search).get("join") === "now" && !config.needsPasscode && window.parent === window;

/** The name that a page which shows this one in a frame gave, or a link. */
const givenName = new URLSearchParams(location.hash.slice(1)).get("name")?.trim().slice(0, 80) ?? "";

const offline = { ...offlineWords, ...Object.fromEntries(Object.entries(config.offlineVerdicts).map(([code, saying]) => [code, inWords(saying)])) };

const store = new Store(initialState());
const local = new LocalMedia(preferences, savePreferences);
const screenShare = new ScreenShare();
const signalling = new Signalling({ url: socketUrl(config.socketUrl, location) });
const request = persistent((event, data) => signalling.request(event, data));

// Both are ready long before anybody presses Join, so that the join itself is one round trip.
const certificate = makeCertificate();
const session = new MediaSession({
  request,
  meetingId: config.meetingId,
  loadDevice,
  certificate,
  producers: () => {
    const all = [...store.state.producers.values()];
    const isMine = (/** @type {{participantId: string}} */ one) => one.participantId === store.state.participantId;
    return { mine: all.filter(isMine), others: all.filter((one) => !isMine(one)) };
  },
});
const sampler = new QualitySampler(session);
const trace = new MeetingTrace({
  config, store, signalling, session, local, screenShare, sampler,
});
const prepared = prepareMedia();
// Whether it could be is told to whoever presses Join.
prepared.catch(() => {});
const call = new Call({ config, store, signalling, session, local, screenShare, attemptId: () => trace.recorder.attemptId });

const { markFirstRemoteFrame } = exposeDiagnostics(call, () => trace.recorder.report);
mountCopyButtons();
const settings = mountSettingsDialog(local);
const shortcutsDialog = mountShortcutsDialog();
const connection = mountConnectionPanel({ store, local, session, sampler, report: () => trace.recorder.report });
const outcome = mountOutcome({ again, report: () => trace.recorder.report, offline });
const panels = new SidePanels();
const confirm = mountConfirming();
const chat = mountChatPanel({ chat: new Chat({ request, signalling, meeting: store, meetingId: config.meetingId, fileMegabytes: config.fileMegabytes }), store, panels, confirm });
mountNotesPanel({ notes: new Notes({ request, signalling, meeting: store }), store, panels });
mountPollsPanel({
  polls: new Polls({ request, signalling, meeting: store }),
  questions: new Questions({ request, signalling, meeting: store }),
  store, panels, confirm,
});
const people = mountPeoplePanel(store, local, panels, call, confirm);
const banner = mountBanner({
  store, local, offline,
  reconnectNow: () => signalling.retryNow(),
  playSound: () => void sound.play(),
  openConnection: connection.open,
});
const sound = mountSoundOutput({
  container: byId("sounds", HTMLElement),
  subscriber: session.subscriber,
  local,
  onWaiting: banner.soundWaits,
});
const prejoin = mountPrejoin({ config, local, name: preferences.displayName, given: givenName, onJoin: join });
mountControlBar({ local, screenShare, leave, openSettings: settings.open, openShortcuts: shortcutsDialog.open });
mountTopbar(store);
mountDoor(store, leave);
mountHostControls({ store, call, confirm });
mountTimeOver({ store, call });
mountBreakoutsPanel({ store, call, panels });
mountBreakoutLine({ store, call });
const hand = mountHand({ store, call });
mountReactions({ store, call });
mountWaitingPeople({ store, call, openPanel: people.open });
mountAnnouncer(store, call);
mountTroubleAnnouncer(store);
const waiting = mountWaitingLine({ store, signalling, prepared: () => session.isPrepared || !config.rtpCapabilities, words: offline, say: banner.joinWaits });
const bot = mountInviteBot({ allowed: config.canInviteBot === true, call });
obeyHosts({
  call, store, local, screenShare,
  say: (sentence, action) => {
    toast(sentence, { icon: "shield", action });
    byId("urgent", HTMLElement).textContent = sentence;
  },
});
obey({ call, local, screenShare, say: (sentence) => toast(sentence, { bad: true }) });
new Stage({
  stage: byId("stage", HTMLElement),
  container: byId("stage-tiles", HTMLElement),
  store,
  local,
  screenShare,
  subscriber: session.subscriber,
  onFirstRemoteFrame: markFirstRemoteFrame,
});
mountEmbedded({ origins: config.embedOrigins, store, local, leave });
openLinksOutside();
mountShortcuts({
  microphone: () => void local.turn("microphone", !local.state.microphone.on),
  camera: () => void local.turn("camera", !local.state.camera.on),
  talk: (held) => void local.turn("microphone", held),
  people: people.toggle,
  chat: chat.toggle,
  hand: hand.toggle,
  fullScreen: toggleFullScreen,
  connection: connection.open,
  help: shortcutsDialog.open,
  active: () => ["prejoin", "waiting", "joined"].includes(store.state.phase) && document.querySelector("dialog[open]") === null,
});
store.watch((state) => state.phase, showPhase);
store.watch((state) => state.phase === "joined" && state.media !== "none", (inCall) => (inCall ? sampler.start() : sampler.stop()));
store.watch((state) => state.speaking.has(state.participantId), (speaking) => sampler.speaking(speaking));
store.watch((state) => state.phase === "joined" && state.participants.size === 1 && !isDivided(state.breakout), (alone) => {
  const card = byId("alone", HTMLElement);
  // Whoever is in the card when somebody comes goes on among the people.
  const inside = !alone && card.contains(document.activeElement);
  card.hidden = !alone;
  if (inside) byId("stage", HTMLElement).focus();
  if (alone) bot.alone();
});

window.addEventListener("online", () => {
  signalling.retryNow();
  session.check();
});
window.addEventListener("pagehide", () => {
  trace.closed();
  call.leaveAtOnce();
});
window.addEventListener("pageshow", (event) => {
  // Back from the browser's cache: that meeting was left when the page went away.
  if (event.persisted) location.reload();
});
window.addEventListener("beforeunload", (event) => {
  const hostOfOthers = store.state.phase === "joined" && store.state.role === "host" && store.state.participants.size > 1;
  if (hostOfOthers) event.preventDefault();
});

void local.start();
if (joinNow) join({ displayName: givenName || config.displayName || preferences.displayName || t("Guest"), passcode: "" });

async function prepareMedia() {
  if (config.rtpCapabilities) await session.prepare(config.rtpCapabilities);
  else await certificate;
}

/** @param {{displayName: string, passcode: string}} who */
async function join(who) {
  savePreferences({ displayName: who.displayName });
  trace.pressed();
  waiting.pressed();
  prejoin.busy(true);
  try {
    await prepared;
  } catch (error) {
    const unfit = error instanceof BrowserNotSupported;
    if (!unfit) console.error(error);
    return store.set({ phase: "refused", displayName: who.displayName, refusal: unfit ? "BROWSER_NOT_SUPPORTED" : "INTERNAL_ERROR", refusalDetails: String(error) });
  }
  call.join(who);
}

function leave() {
  screenShare.stop();
  void call.leave();
  local.stop();
}

/** After leaving or a refusal: back to the view before joining, with devices running. */
function again() {
  store.set({ phase: "prejoin", refusal: null, refusalDetails: "" });
  void local.start();
}

/** @param {import("./state/meeting-state.js").Phase} phase */
function showPhase(phase) {
  if (phase === "refused" && store.state.refusal === "WRONG_PASSCODE") {
    store.set({ phase: "prejoin", refusal: null });
    prejoin.wrongPasscode();
    return;
  }
  const over = phase === "left" || phase === "ended" || phase === "refused";
  prejoin.show(phase === "prejoin" || phase === "waiting" || (phase === "joining" && !joinNow));
  prejoin.busy(phase === "joining");
  byId("room", HTMLElement).hidden = phase !== "joined" && !(phase === "joining" && joinNow);
  byId("outcome", HTMLElement).hidden = !over;
  if (over) {
    screenShare.stop();
    local.stop();
    outcome(store.state);
  }
}

/**
 * Polls and questions, in a panel at the right with a tab for each.
 *
 * @import {Poll} from "../contract.js"
 * @import {Polls} from "../polls.js"
 * @import {Questions} from "../questions.js"
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 * @import {Question} from "./confirming.js"
 * @import {PanelHandle, SidePanels} from "./side-panels.js"
 */
import { t, tn } from "../i18n.js";
import { mySending, runsPolls } from "../state/meeting-state.js";
import { unvoted } from "../state/poll-state.js";
import { unanswered } from "../state/question-state.js";
import { excerpt } from "./chat-message.js";
import { byId } from "./dom.js";
import { OrderedRows } from "./ordered-rows.js";
import { newCard, showCard } from "./poll-card.js";
import { mountPollForm } from "./poll-form.js";
import { mountQuestionList } from "./question-list.js";
import { mountTabs } from "./tabs.js";
import { toast } from "./toasts.js";

/**
 * @param {object} parts
 * @param {Polls} parts.polls
 * @param {Questions} parts.questions
 * @param {Store<MeetingState>} parts.store
 * @param {SidePanels} parts.panels
 * @param {(question: Question) => void} parts.confirm
 * @returns {PanelHandle}
 */
export function mountPollsPanel({ polls, questions, store, panels, confirm }) {
  const panel = byId("polls-panel", HTMLElement);
  const button = byId("bar-polls", HTMLButtonElement);
  const item = byId("menu-polls", HTMLButtonElement);
  const badge = byId("polls-badge", HTMLElement);
  const tab = byId("polls-tab", HTMLElement);
  const empty = byId("polls-empty", HTMLElement);
  const count = byId("questions-count", HTMLElement);
  const tabs = mountTabs(byId("polls-tabs", HTMLElement));
  const form = mountPollForm(polls);
  const list = mountQuestionList({ questions, store, confirm });
  const acts = {
    /** @param {Poll} poll @param {number[]} options */
    vote: async (poll, options) => {
      if (await polls.vote(poll.pollId, options)) toast(t("Your vote counts."), { icon: "check" });
    },
    /** @param {Poll} poll */
    open: (poll) => void polls.open(poll.pollId),
    /** @param {Poll} poll */
    close: (poll) => void polls.close(poll.pollId),
    /** @param {Poll} poll */
    remove: (poll) =>
      confirm({
        title: t("Delete this poll?"),
        text: t("“{question}” is gone with all its votes, also after the meeting.", { question: excerpt(poll.question) }),
        label: t("Delete"),
        act: () => void polls.delete(poll.pollId),
      }),
  };
  const rows = new OrderedRows(byId("polls-list", HTMLElement), {
    id: (/** @type {Poll} */ one) => one.pollId,
    make: newCard,
    show: (card, poll) => showCard(card, poll, { runs: runsPolls(store.state), acts }),
    focusLost: () => tab.focus(),
  });

  const render = () => {
    const waiting = unvoted(polls.store.state);
    const label = waiting === 0 ? t("Polls and questions") : tn("Polls and questions, {count} to vote in", "Polls and questions, {count} to vote in", waiting);
    badge.hidden = waiting === 0;
    badge.textContent = String(waiting);
    button.setAttribute("aria-label", label);
    button.title = t("Polls and questions");
    item.lastChild?.replaceWith(label);
    const open = unanswered(questions.store.state);
    count.textContent = open === 0 ? "" : String(open);
    if (panel.hidden) return;
    // The newest is what people are asked about now.
    rows.show([...polls.store.state.polls].reverse());
    empty.hidden = !polls.store.state.loaded || polls.store.state.polls.length > 0;
    form.show(runsPolls(store.state));
    list.render();
  };
  const handle = panels.add({
    panel,
    button,
    close: byId("polls-close", HTMLButtonElement),
    otherwise: byId("bar-more", HTMLButtonElement),
    shown: (open) => {
      if (!open) return;
      render();
      (tab.getAttribute("aria-selected") === "true" ? tab : byId("questions-tab", HTMLElement)).focus();
    },
  });
  // The menu gives the focus back to its button first.
  item.addEventListener("click", () => setTimeout(handle.open));
  polls.store.watch((state) => state, render);
  questions.store.watch((state) => state, render);
  store.watch((state) => state.role, render);
  store.watch(mySending, render);
  polls.on("opened", (poll) => {
    const here = !panel.hidden && tab.getAttribute("aria-selected") === "true";
    toast(t("New poll: “{question}”", { question: excerpt(poll.question, 120) }), {
      icon: "vote",
      ...(here ? {} : { action: { label: t("Vote"), act: () => showPoll(poll.pollId) } }),
    });
  });
  polls.on("closed", (poll) => toast(t("The poll is closed: “{question}”", { question: excerpt(poll.question, 120) }), { icon: "vote" }));
  polls.on("trouble", (sentence) => toast(sentence, { bad: true }));
  questions.on("trouble", (sentence) => toast(sentence, { bad: true }));

  /** @param {string} pollId */
  const showPoll = (pollId) => {
    tabs.choose(tab);
    handle.open();
    const card = rows.row(pollId);
    card?.scrollIntoView({ block: "nearest" });
    card?.querySelector("input")?.focus();
  };
  return handle;
}

/**
 * Whom the next message is for: everybody, the hosts, or one person.
 *
 * @import {Recipient} from "../chat.js"
 * @import {MeetingState} from "../state/meeting-state.js"
 */
import { t } from "../i18n.js";
import { mySending } from "../state/meeting-state.js";
import { harmless } from "../state/message-text.js";

/** Values of the list that are no participant ids. */
const ALL = "all";
const HOST = "host";

/**
 * What the list offers, and what is wrong with what is chosen.
 *
 * @param {MeetingState} state
 * @param {Recipient} chosen
 * @returns {{value: string, people: {value: string, label: string, disabled: boolean}[], allDisabled: boolean, problem: string, note: string}}  With a problem nothing can be sent.
 */
export function recipientsOf(state, chosen) {
  const mayWrite = mySending(state).chat;
  const others = [...state.participants.values()].filter((one) => one.participantId !== state.participantId);
  const people = others.map((one) => ({
    value: one.participantId,
    label: harmless(one.displayName || t("Guest")),
    disabled: !mayWrite && one.role !== "host" && one.role !== "co_host",
  }));
  const value = chosen.recipientType === "private" ? (chosen.recipientId ?? "") : chosen.recipientType;
  const person = people.find((one) => one.value === value);
  let problem = "";
  if (chosen.recipientType === "private" && !person) {
    // A message for one person is never sent to everybody instead.
    people.push({ value, label: t("{name} (gone)", { name: harmless(chosen.recipientName) }), disabled: true });
    problem = t("{name} is not in the meeting any more. Choose somebody else.", { name: harmless(chosen.recipientName) });
  } else if ((!mayWrite && chosen.recipientType === "all") || person?.disabled) {
    problem = t("The hosts let you write to them only.");
  }
  const hostsHere = others.some((one) => one.role === "host" || one.role === "co_host");
  const note = chosen.recipientType === "host" && !hostsHere ? t("No host is here at the moment. They read it when they come.") : "";
  return { value, people, allDisabled: !mayWrite, problem, note };
}

/**
 * @param {HTMLSelectElement} select
 * @param {ReturnType<typeof recipientsOf>} offered
 */
export function showRecipients(select, { value, people, allDisabled }) {
  const [all, host, group] = /** @type {[HTMLOptionElement, HTMLOptionElement, HTMLOptGroupElement]} */ (/** @type {unknown} */ ([...select.children]));
  all.value = ALL;
  host.value = HOST;
  all.disabled = allDisabled;
  group.hidden = people.length === 0;
  group.replaceChildren(
    ...people.map((one) => {
      const option = new Option(one.label, one.value);
      option.disabled = one.disabled;
      return option;
    }),
  );
  select.value = value;
}

/** @param {HTMLSelectElement} select @param {MeetingState} state @returns {Recipient} */
export function chosenRecipient(select, state) {
  if (select.value === ALL || select.value === HOST) return { recipientType: select.value, recipientName: "" };
  return { recipientType: "private", recipientId: select.value, recipientName: state.participants.get(select.value)?.displayName || t("Guest") };
}

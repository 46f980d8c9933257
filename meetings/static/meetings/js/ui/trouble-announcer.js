/**
 * Reads out, once, what is wrong with whom: it stands on their tile, which is of no use to those who do not see it. What stands in the
 * banner is read out as that.
 *
 * @import {Verdict} from "../contract.js"
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 */
import { foremost } from "../state/verdicts.js";
import { byId } from "./dom.js";

/** @param {Store<MeetingState>} store */
export function mountTroubleAnnouncer(store) {
  const place = byId("polite", HTMLElement);
  /** @type {Set<string>} What was said, and still holds. */ const said = new Set();

  /** @param {string} whose @param {readonly Verdict[]} verdicts */
  const keyed = (whose, verdicts) => verdicts.map(({ code, about, sentence }) => /** @type {[string, string]} */ ([`${whose} ${code} ${about}`, sentence]));
  const tell = () => {
    const { state } = store;
    const banner = foremost(state.verdicts);
    const mine = state.verdicts.filter((one) => one !== banner);
    const all = new Map([...keyed("", mine), ...[...state.troubles].flatMap(([id, verdicts]) => keyed(id, verdicts))]);
    for (const key of said) if (!all.has(key)) said.delete(key);
    const news = [...all].filter(([key]) => !said.has(key));
    for (const [key] of news) said.add(key);
    if (news.length > 0) place.textContent = news.map(([, sentence]) => sentence).join(" ");
  };
  store.watch((state) => state.verdicts, tell);
  store.watch((state) => state.troubles, tell);
}

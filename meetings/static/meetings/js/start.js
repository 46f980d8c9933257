/** The start page: a new meeting, joining by code or link, my meetings, and whether media is up. */
import { language, t } from "./i18n.js";
import { mountCopyButtons } from "./ui/copy.js";
import { byId, find, pageData } from "./ui/dom.js";
import { isMediaAvailable, showMediaLine } from "./ui/media-line.js";
import { localiseTimes } from "./ui/local-times.js";
import { parseMeetingCode } from "./meeting-code.js";

/** @type {import("./contract.js").StartConfig} */
const config = pageData("start-config");

mountCopyButtons();
localiseTimes();
mountNewMeeting();
mountJoin();
void showMediaHealth();

function mountNewMeeting() {
  const form = document.getElementById("new-meeting");
  if (!(form instanceof HTMLFormElement)) return;
  const button = find(form, "button", HTMLButtonElement);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(config.api, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": config.csrfToken },
        body: JSON.stringify({ title: defaultTitle() }),
      });
      if (!response.ok) throw new Error(String(response.status));
      const { join_url: joinUrl } = await response.json();
      location.assign(new URL(joinUrl, location.href).pathname);
    } catch (error) {
      button.removeAttribute("aria-busy");
      const refused = error instanceof Error && /^40[13]$/.test(error.message);
      complain(
        refused
          ? t("Starting meetings needs an account on this site. Sign in, or join a meeting by its code.")
          : t("The meeting could not be started: the server did not answer as it should. Try again in a moment."),
      );
    }
  });
}

/** A title that says enough beside the day and time that stand in the list of meetings. */
function defaultTitle() {
  return t("{day} meeting", { day: new Intl.DateTimeFormat(language, { weekday: "long" }).format(new Date()) });
}

function mountJoin() {
  const form = byId("join-meeting", HTMLFormElement);
  const input = byId("join-code", HTMLInputElement);
  input.addEventListener("input", () => {
    input.removeAttribute("aria-invalid");
    complain("");
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const code = parseMeetingCode(input.value);
    if (!code) {
      input.setAttribute("aria-invalid", "true");
      input.focus();
      return complain(
        input.value.trim()
          ? t("That is not a meeting code or link. A code looks like abc-defg-hij.")
          : t("Type the code of the meeting, or paste its link."),
      );
    }
    location.assign(`/m/${code}/`);
  });
}

/** @param {string} text */
function complain(text) {
  byId("start-error", HTMLElement).textContent = text;
}

async function showMediaHealth() {
  const available = await isMediaAvailable(config.mediaHealth);
  showMediaLine(available, available ? t("Sound and video are ready") : t("Sound and video are not available"));
  const notice = byId("media-away", HTMLElement);
  notice.hidden = available;
  notice.textContent = available
    ? ""
    : t("The part of the server that carries sound and video is not running. You can make a meeting and send its link; joining works once it is back.");
}

/**
 * Writes the times in the page in the reader's own words and time zone: `data-local-time` is `day`, `hours`, `long`
 * for all of it, or empty for what is short.
 */
import { language, t } from "../i18n.js";
export function localiseTimes() {
  const days = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "short" });
  const hours = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
  const whole = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
  const long = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
  const today = new Date().toDateString();
  for (const time of document.querySelectorAll("time[data-local-time]")) {
    const when = new Date(time.getAttribute("datetime") ?? "");
    if (Number.isNaN(when.getTime())) continue;
    switch (time.getAttribute("data-local-time")) {
      case "day":
        time.textContent = whole.format(when);
        break;
      case "hours":
        time.textContent = hours.format(when);
        break;
      case "long":
        time.textContent = long.format(when);
        break;
      default:
        time.textContent = `${when.toDateString() === today ? t("Today") : days.format(when)}, ${hours.format(when)}`;
    }
  }
}

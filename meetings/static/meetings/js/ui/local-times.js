/** Writes the times in the page in the reader's own words and time zone. */
export function localiseTimes() {
  const days = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });
  const hours = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
  const today = new Date().toDateString();
  for (const time of document.querySelectorAll("time[data-local-time]")) {
    const when = new Date(time.getAttribute("datetime") ?? "");
    if (Number.isNaN(when.getTime())) continue;
    const day = when.toDateString() === today ? "Today" : days.format(when);
    time.textContent = `${day}, ${hours.format(when)}`;
  }
}

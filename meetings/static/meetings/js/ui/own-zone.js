/** The time zone of this browser. */

/** Names of zones, which may stand in a cookie as they are. */
const NAME = /^[A-Za-z0-9_+\-/]{1,64}$/;

/** @returns {string} A name of the tz database; empty where the browser knows none. */
export function ownZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  return NAME.test(zone) ? zone : "";
}

/** Tells the server, so that it writes the days of the next page as they are here. */
export function tellZone() {
  const zone = ownZone();
  if (zone) document.cookie = `zone=${zone}; Path=/; SameSite=Lax; Max-Age=31536000`;
}

/** Chooses it in the form that asks for one, with the day and hour that it is here. */
export function chooseZone() {
  const form = document.querySelector("form[data-guess-zone]");
  if (!(form instanceof HTMLFormElement)) return;
  const zone = form.elements.namedItem("zone");
  if (!(zone instanceof HTMLSelectElement) || zone.value !== "UTC") return;
  zone.value = ownZone();
  if (!zone.value) {
    zone.value = "UTC";
    return;
  }
  const soon = new Date();
  soon.setHours(soon.getHours() + 1, 0, 0, 0);
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const fields = {
    day: `${soon.getFullYear()}-${two(soon.getMonth() + 1)}-${two(soon.getDate())}`,
    hour: `${two(soon.getHours())}:00`,
  };
  for (const [name, value] of Object.entries(fields)) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement) field.value = value;
  }
}

/** Everything with `data-copy` copies that text when pressed and says so; a path is copied as the whole link. */
import { t } from "../i18n.js";
import { toast } from "./toasts.js";

export function mountCopyButtons() {
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
    const text = target instanceof HTMLElement ? target.dataset["copy"] : undefined;
    if (text) void copy(text.startsWith("/") ? new URL(text, location.href).href : text);
  });
}

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(text.startsWith("http") ? t("Link copied. Send it to the people you want to meet.") : t("Copied."), { icon: "check" });
  } catch {
    // No clipboard on insecure pages: the text itself can still be marked by hand.
    toast(t("Your browser did not let the page copy. Copy this by hand: {text}", { text }), { bad: true });
  }
}

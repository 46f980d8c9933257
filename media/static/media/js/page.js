/** What every page about live media needs of its document. */

/** @param {string} id @returns {any} What the server wrote into the page. */
export function pageData(id) {
  return JSON.parse(byId(id).textContent ?? "null");
}

/** @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no element ${id}`);
  return element;
}

export class Unanswered extends Error {}

/**
 * Asks the site. Raises `Unanswered` with a sentence for people.
 *
 * @param {string} url
 * @param {object} [body]  Posted where it is given.
 * @returns {Promise<any>}
 */
export async function ask(url, body) {
  /** @type {RequestInit} */ const options = { signal: AbortSignal.timeout(10_000), headers: { Accept: "application/json" } };
  if (body) {
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    options.method = "POST";
    options.body = JSON.stringify(body);
    options.headers = {
      ...options.headers,
      "Content-Type": "application/json",
      "X-CSRFToken": token instanceof HTMLInputElement ? token.value : "",
    };
  }
  const answer = await fetch(url, options).catch(() => null);
  if (!answer) throw new Unanswered("This site does not answer. Trying again.");
  if (answer.redirected || answer.status === 403) throw new Unanswered("You are signed out, or may not see this any more. Sign in again.");
  const content = await answer.json().catch(() => null);
  if (!answer.ok || !content) throw new Unanswered(content?.error ?? `The site failed to answer (${answer.status}). Trying again.`);
  return content;
}

/** Calls `look` again and again, `every` milliseconds, as long as the page is seen. @param {() => Promise<boolean | void>} look  False: no more. @param {number} every */
export async function again(look, every) {
  for (;;) {
    const began = performance.now();
    if ((await look()) === false) return;
    await new Promise((done) => setTimeout(done, Math.max(every / 3, every - (performance.now() - began))));
    if (document.hidden) await new Promise((done) => document.addEventListener("visibilitychange", done, { once: true }));
  }
}

/**
 * What the page says, in its language. The English text is the key; where there is no translation it is said in English.
 *
 * Texts stand in the code as they are, so that `make messages` finds them: no text is put together from pieces.
 */

/** @typedef {Readonly<Record<string, string | number>>} Values  What stands in the text as `{name}`. */

/**
 * @typedef {object} Wording  A text of the server's; `many` is what is said of other counts than one.
 * @property {string} text
 * @property {Readonly<Record<string, string | Wording>>} [values]  A text in place of a value is translated, too.
 * @property {string} [many]
 * @property {number} [count]
 */

/** In the order in which gettext has the plural forms of a language: those of the Unicode CLDR. */
const CATEGORIES = ["zero", "one", "two", "few", "many", "other"];

/** @type {ReadonlyMap<string, string | readonly string[]>} */
const words = new Map(Object.entries(inPage()));

/** The language of the page. */
export const language = typeof document === "undefined" ? "en" : document.documentElement.lang || "en";

const rules = new Intl.PluralRules(language);
const forms = CATEGORIES.filter((category) => rules.resolvedOptions().pluralCategories.includes(/** @type {Intl.LDMLPluralRule} */ (category)));

/**
 * @param {string} text
 * @param {Values} [values]
 */
export function t(text, values = {}) {
  const word = words.get(text);
  return fill(typeof word === "string" && word ? word : text, values);
}

/**
 * A text with a count in it, which is also the value `count`.
 *
 * @param {string} one
 * @param {string} many
 * @param {number} count
 * @param {Values} [values]
 */
export function tn(one, many, count, values = {}) {
  const word = words.get(one);
  const form = Array.isArray(word) ? word[forms.indexOf(rules.select(count))] : "";
  return fill(form || (count === 1 ? one : many), { count, ...values });
}

/**
 * What the server made of a text and its values, in the language of the page.
 *
 * @param {Wording} wording
 * @returns {string}
 */
export function say({ text, many, count, values = {} }) {
  const said = Object.fromEntries(Object.entries(values).map(([place, value]) => [place, typeof value === "object" ? say(value) : value]));
  return many === undefined || count === undefined ? t(text, said) : tn(text, many, count, said);
}

/** @param {string} text @param {Values} values */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, name) => (Object.hasOwn(values, name) ? String(values[name]) : place));
}

/** @returns {Record<string, string | readonly string[]>} */
function inPage() {
  const place = typeof document === "undefined" ? null : document.getElementById("page-words");
  return place?.textContent ? JSON.parse(place.textContent) : {};
}

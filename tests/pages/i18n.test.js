import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const words = {
  "{name} raised a hand": "رفع {name} يده",
  "{count} others": "{count} آخرون",
  "{count} person": ["لا أحد", "شخص", "شخصان", "{count} أشخاص", "{count} شخصًا", "{count} شخص"],
  "Not yet": "",
};
globalThis.document = /** @type {any} */ ({
  documentElement: { lang: "ar" },
  getElementById: (/** @type {string} */ id) => (id === "page-words" ? { textContent: JSON.stringify(words) } : null),
});
const { t, tn } = await import("../../meetings/static/meetings/js/i18n.js");

test("a text is said in the language of the page, with its values", () => {
  assert.equal(t("{name} raised a hand", { name: "Bob" }), "رفع Bob يده");
});

test("what has no translation is said in English", () => {
  assert.equal(t("Not yet"), "Not yet");
  assert.equal(t("Never heard of {it}", { it: "that" }), "Never heard of that");
  assert.equal(tn("{count} cat", "{count} cats", 1), "1 cat");
  assert.equal(tn("{count} cat", "{count} cats", 2), "2 cats");
});

test("a count chooses the form that gettext has for it", () => {
  const said = (/** @type {number} */ count) => tn("{count} person", "{count} people", count);
  assert.deepEqual([0, 1, 2, 3, 11, 100].map(said), ["لا أحد", "شخص", "شخصان", "3 أشخاص", "11 شخصًا", "100 شخص"]);
});

test("the forms stand in the order of the catalogue's own rule", () => {
  const catalogue = readFileSync(new URL("../../locale/ar/LC_MESSAGES/djangojs.po", import.meta.url), "utf8");
  const rule = catalogue.match(/nplurals=6; plural=(.*?);/)?.[1] ?? "";
  const byGettext = new Function("n", `return ${rule};`);
  const forms = ["zero", "one", "two", "few", "many", "other"];
  const byUnicode = new Intl.PluralRules("ar");
  for (let count = 0; count <= 1100; count += 1) assert.equal(forms[byGettext(count)], byUnicode.select(count), String(count));
});

test("what people wrote is put in once, as it is", () => {
  assert.equal(t("{name}: {text}", { name: "{text}", text: "$& {name}" }), "{text}: $& {name}");
});

test("no name of an object's own is a text", () => {
  assert.equal(t("constructor"), "constructor");
  assert.equal(t("{toString}"), "{toString}");
});

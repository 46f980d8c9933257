import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const words = {
  "{name} raised a hand": "رفع {name} يده",
  "{count} others": "{count} آخرون",
  "{count} person": ["لا أحد", "شخص", "شخصان", "{count} أشخاص", "{count} شخصًا", "{count} شخص"],
  "Not yet": "",
  "The {thing} of {who} has not arrived for {seconds}.": "لا تصل {thing} من {who} {seconds}.",
  "over {count} second": ["", "", "منذ ثانيتين", "منذ {count} ثوانٍ", "منذ {count} ثانية", ""],
  "picture": "الصورة",
  "Reload the page.": "أعد تحميل الصفحة.",
};
globalThis.document = /** @type {any} */ ({
  documentElement: { lang: "ar" },
  getElementById: (/** @type {string} */ id) => (id === "page-words" ? { textContent: JSON.stringify(words) } : null),
});
const { t, tn } = await import("../../meetings/static/meetings/js/i18n.js");
const { inWords } = await import("../../meetings/static/meetings/js/state/verdicts.js");

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

test("what the server says is wrong is put together in the language of the page, with what is put into it", () => {
  const said = "The picture of Bob has not arrived for over 5 seconds.";
  const seconds = { text: "over {count} second", many: "over {count} seconds", count: 5 };
  const sentence = { text: "The {thing} of {who} has not arrived for {seconds}.", values: { thing: { text: "picture" }, who: "picture", seconds } };
  const told = inWords({ code: "NOTHING_ARRIVES", sentence: said, action: "Reload the page.", words: { sentence } });
  assert.equal(told.sentence, "لا تصل الصورة من picture منذ 5 ثوانٍ.");
  assert.equal(told.action, "أعد تحميل الصفحة.");
  assert.equal(told.code, "NOTHING_ARRIVES");
});

test("what has no translation is told as the server has it in English", () => {
  const sentence = { text: "{name} gets no {thing}.", values: { name: "{thing}", thing: { text: "smell" } } };
  assert.equal(inWords({ sentence: "Said before", action: "", words: { sentence } }).sentence, "{thing} gets no smell.");
  assert.equal(inWords({ sentence: "Said before", action: "" }).sentence, "Said before");
});

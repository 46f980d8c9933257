import assert from "node:assert/strict";
import { test } from "node:test";
import { Emitter } from "../../meetings/static/meetings/js/emitter.js";
import { Notes } from "../../meetings/static/meetings/js/notes.js";
import { SignallingError } from "../../meetings/static/meetings/js/signalling/error.js";
import { initialState } from "../../meetings/static/meetings/js/state/meeting-state.js";
import { Store } from "../../meetings/static/meetings/js/state/store.js";
import { applyEdit, difference, fromWire, movedBy, toWire, transformEdit } from "../../meetings/static/meetings/js/state/text-edits.js";

/** The same numbers in each run. */
function dice(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
}

function someEdit(text, roll) {
  const letters = [...text];
  const edit = [];
  for (let at = roll(3); at <= letters.length; at += 1 + roll(4)) {
    const gone = roll(Math.min(3, letters.length - at + 1));
    const insert = ["", "a", "🦊", "xy"][roll(4)];
    if (gone || insert) edit.push({ at, delete: gone, insert });
    at += gone;
  }
  return fromWire(edit, text);
}

test("edits at once converge, and no character is split", () => {
  const roll = dice(7);
  for (let round = 0; round < 2000; round += 1) {
    const text = Array.from({ length: roll(8) }, () => "kl🦊m"[roll(2)] + ["", "🐙"][roll(2)]).join("").replace(/[\ud800-\udbff](?![\udc00-\udfff])/g, "");
    const [one, two] = [someEdit(text, roll), someEdit(text, roll)];
    const first = applyEdit(transformEdit(two, one, false), applyEdit(one, text));
    assert.equal(first, applyEdit(transformEdit(one, two, true), applyEdit(two, text)));
    assert.ok(first.isWellFormed());
    assert.deepEqual(fromWire(toWire(one, text), text), one);
    const other = applyEdit(one, text);
    assert.equal(applyEdit(difference(text, other), text), other);
    assert.ok(difference(text, other).every((change) => change.insert.isWellFormed()));
  }
});

test("what the server does with edits at one place is done here", () => {
  const [here, there] = [[{ at: 1, delete: 0, insert: "A" }], [{ at: 1, delete: 0, insert: "B" }]];
  assert.equal(applyEdit(transformEdit(there, here, false), applyEdit(here, "xy")), "xABy");
  assert.deepEqual(toWire([{ at: 2, delete: 2, insert: "" }], "🦊🐙"), [{ at: 1, delete: 1, insert: "" }]);
});

test("the cursor stays where it was among the letters", () => {
  assert.equal(movedBy(3, [{ at: 1, delete: 0, insert: "ab" }]), 5);
  assert.equal(movedBy(3, [{ at: 3, delete: 0, insert: "ab" }]), 3, "what is put where it is stands behind it");
  assert.equal(movedBy(3, [{ at: 1, delete: 5, insert: "z" }]), 2);
  assert.equal(movedBy(3, [{ at: 0, delete: 1, insert: "" }, { at: 5, delete: 1, insert: "long" }]), 2);
});

/** A server, with edits of others that come between. */
class Server extends Emitter {
  text = "";
  version = 0;
  edits = [];
  ids = new Map();
  lost = false;

  write(changes, participantId = "other") {
    this.text = applyEdit(fromWire(changes, this.text), this.text);
    this.version += 1;
    this.edits.push(changes);
    return { version: this.version, changes, participantId };
  }

  async ask(event, data) {
    if (event === "notes") return { text: this.text, version: this.version };
    if (this.ids.has(data.editId)) return this.ids.get(data.editId);
    const since = this.edits.slice(data.version).map((changes, at) => ({ version: data.version + at + 1, changes }));
    // On the server's side places are code points; the letters here are of one unit.
    const edit = since.reduce((mine, { changes }) => transformEdit(mine, changes, false), data.changes);
    const { version } = this.write(edit, "me");
    this.ids.set(data.editId, { version, since });
    if (this.lost) throw new SignallingError("CONNECTION_LOST", "gone");
    return { version, since };
  }
}

function page() {
  const server = new Server();
  const meeting = new Store({ ...initialState(), phase: "joined", connection: "online", participantId: "me", meeting: { id: "m" } });
  const notes = new Notes({ request: (event, data) => server.ask(event, data), signalling: server, meeting });
  notes.on("merged", () => {});
  return { server, meeting, notes };
}

/** Until what is typed is with the server. */
async function saved(notes) {
  const ends = Date.now() + 3000;
  do {
    assert.ok(Date.now() < ends, "it is not saved");
    await new Promise((resolve) => setTimeout(resolve, 20));
  } while (notes.store.state.waiting || !notes.store.state.loaded);
}

test("what others wrote before, meanwhile and after is put together with what is written here", async () => {
  const { server, notes } = page();
  server.write([{ at: 0, delete: 0, insert: "one two" }]);
  notes.open();
  await saved(notes);
  assert.equal(notes.text, "one two");
  notes.write("one and two");
  // Nobody here has heard of it yet.
  const told = server.write([{ at: 0, delete: 0, insert: ">> " }]);
  await saved(notes);
  server.emit("push", { event: "notes-changed", data: told });
  assert.equal(notes.text, ">> one and two");
  assert.equal(server.text, notes.text);
  notes.write(">> one and two!");
  server.emit("push", { event: "notes-changed", data: server.write([{ at: 3, delete: 4, insert: "" }]) });
  await saved(notes);
  assert.equal(notes.text, ">> and two!");
  assert.equal(server.text, notes.text);
});

test("an edit whose answer was lost is not made twice", async () => {
  const { server, meeting, notes } = page();
  notes.open();
  await saved(notes);
  server.lost = true;
  notes.write("once");
  while (server.text === "") await new Promise((resolve) => setTimeout(resolve, 20));
  meeting.set({ connection: "reconnecting" });
  server.lost = false;
  meeting.set({ connection: "online" });
  await saved(notes);
  assert.equal(server.text, "once");
  assert.equal(notes.text, "once");
});

test("a gap in what is told is filled", async () => {
  const { server, notes } = page();
  notes.open();
  await saved(notes);
  server.write([{ at: 0, delete: 0, insert: "lost " }]);
  server.emit("push", { event: "notes-changed", data: server.write([{ at: 5, delete: 0, insert: "found" }]) });
  await saved(notes);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(notes.text, "lost found");
});

test("nothing is merged while a letter is composed", async () => {
  const { server, notes } = page();
  notes.open();
  await saved(notes);
  notes.hold(true);
  server.emit("push", { event: "notes-changed", data: server.write([{ at: 0, delete: 0, insert: "x" }]) });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(notes.text, "");
  notes.write("é");
  notes.hold(false);
  await saved(notes);
  assert.equal(notes.text, "xé");
  assert.equal(server.text, "xé");
});

test("what is refused says so, and stays to be read", async () => {
  const { server, notes } = page();
  notes.open();
  await saved(notes);
  const { ask } = server;
  server.ask = async () => {
    throw new SignallingError("NOTES_FULL", "full");
  };
  notes.write("too much");
  while (!notes.store.state.trouble) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(notes.store.state.trouble, "The notes are full.");
  server.ask = ask;
  notes.write("less");
  await saved(notes);
  assert.equal(server.text, "less");
});

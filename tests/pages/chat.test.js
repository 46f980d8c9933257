import assert from "node:assert/strict";
import { test } from "node:test";
import { Chat } from "../../meetings/static/meetings/js/chat.js";
import { fileSize, typingWords } from "../../meetings/static/meetings/js/chat-words.js";
import { Emitter } from "../../meetings/static/meetings/js/emitter.js";
import { SignallingError } from "../../meetings/static/meetings/js/signalling/error.js";
import { initialChat, looking, typingAt, unread, withEarlier, withMessage, withNewest, withTyping } from "../../meetings/static/meetings/js/state/chat-state.js";
import { initialState } from "../../meetings/static/meetings/js/state/meeting-state.js";
import { harmless, pieces } from "../../meetings/static/meetings/js/state/message-text.js";
import { isPicture } from "../../meetings/static/meetings/js/state/picture-files.js";
import { Store } from "../../meetings/static/meetings/js/state/store.js";
import { recipientsOf } from "../../meetings/static/meetings/js/ui/chat-recipients.js";

const message = (number, more = {}) => ({
  messageId: `m${number}`, participantId: "bob", displayName: "Bob", mine: false, recipientType: "all", message: `words ${number}`,
  sentAt: `2026-11-27T12:00:0${number}.5+00:00`, editedAt: null, deletedAt: null, ...more,
});
const ids = (state) => state.messages.map((one) => one.messageId).join(" ");
const links = (text) => pieces(text).filter((one) => one.href).map((one) => one.href);

test("addresses become links, and nothing else does", () => {
  assert.deepEqual(links("see https://example.org/a?b=1&c#d, and http://example.org."), ["https://example.org/a?b=1&c#d", "http://example.org/"]);
  assert.deepEqual(links("(https://example.org/wiki/Tree_(plant)) [http://example.org/x]!"), ["https://example.org/wiki/Tree_(plant)", "http://example.org/x"]);
  for (const text of [
    "javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "ftp://example.org", "file:///etc/passwd", "https://", "//example.org",
    "https://bank.example@evil.example/", "https://user:secret@evil.example", "xhttps://example.org", "www.example.org",
  ]) assert.deepEqual(links(text), [], text);
  assert.deepEqual(links("<a href=\"https://example.org/\">x</a>"), ["https://example.org/"]);
  assert.deepEqual(links("https://example.org/\" onclick=\"alert(1)"), ["https://example.org/"]);
});

test("the pieces are the text again", () => {
  for (const text of ["", "plain", "https://example.org", "a https://example.org. b\nc https://x@y.example d", "<b>https://example.org</b>"]) {
    assert.equal(pieces(text).map((one) => one.text).join(""), text);
  }
});

test("characters that deceive are shown, and those that shape letters are kept", () => {
  assert.equal(harmless("gpj.\u202eexe\u2066\u200b\u0085\ufeff"), "gpj.\ufffdexe\ufffd\ufffd\ufffd\ufffd");
  assert.equal(harmless("👩‍👧 ‏שלום‎ می‌خواهم\n\tx"), "👩‍👧 ‏שלום‎ می‌خواهم\n\tx");
  assert.deepEqual(links("https://example.org/\u202egpj.exe"), ["https://example.org/"]);
});

test("messages stand in the order in which they were sent, each once", () => {
  let state = withMessage(withMessage(initialChat(), message(2)), message(1));
  assert.equal(ids(state), "m1 m2");
  state = withMessage(state, message(1, { message: "other words", editedAt: "x" }));
  assert.equal(ids(state), "m1 m2");
  assert.equal(state.messages[0].message, "other words");
  const whole = message(3, { sentAt: "2026-11-27T12:00:01+00:00" });
  assert.equal(ids(withMessage(state, whole)), "m3 m1 m2", "a whole second is before its fractions");
});

test("what the server tells anew replaces what was known, but not what came meanwhile", () => {
  const before = withMessage(withMessage(initialChat(), message(1)), message(2));
  const meanwhile = withMessage(withMessage(before, message(2, { message: "", deletedAt: "x" })), message(5));
  const state = withNewest(meanwhile, { messages: [message(2), message(3), message(4)], more: true }, before.messages);
  assert.equal(ids(state), "m2 m3 m4 m5");
  assert.equal(state.messages[0].deletedAt, "x");
  assert.equal(ids(withEarlier(state, { messages: [message(0), message(1)], more: false })), "m0 m1 m2 m3 m4 m5");
});

test("what others wrote while nobody looked is unread", () => {
  let state = withNewest(initialChat(), { messages: [message(1)], more: false }, []);
  assert.equal(unread(state), 0, "what was written before I came");
  state = withMessage(withMessage(withMessage(state, message(2)), message(3)), message(4, { mine: true }));
  assert.equal(unread(state), 2);
  state = withMessage(state, message(3, { message: "", deletedAt: "x" }));
  assert.equal(unread(state), 1);
  state = looking(state, true);
  assert.equal(unread(state), 0);
  state = looking(withMessage(state, message(5)), false);
  assert.equal(unread(state), 0);
  state = withNewest(state, { messages: [message(5), message(6)], more: false }, state.messages);
  assert.equal(unread(state), 1, "what came while the connection was away");
});

test("who writes is forgotten after a while, and with their message", () => {
  let state = withTyping(initialChat(), { participantId: "bob", typing: true, recipientType: "all" }, 1000);
  assert.equal(typingAt(state, 6999), state);
  assert.equal(typingAt(state, 7000).typing.size, 0);
  assert.equal(withMessage(state, message(1)).typing.size, 0);
  state = withTyping(state, { participantId: "bob", typing: false, recipientType: "all" }, 1000);
  assert.equal(state.typing.size, 0);
  const [bob, eve, kim] = ["Bob", "Eve", "Kim"].map((name) => ({ name, private: false }));
  assert.deepEqual([[], [bob], [{ ...bob, private: true }], [bob, eve], [bob, eve, kim]].map(typingWords), [
    "", "Bob is writing…", "Bob is writing to you…", "Bob and Eve are writing…", "Bob and 2 others are writing…",
  ]);
});

function meetingOf({ chat = true, people = ["alice", "bob"] } = {}) {
  const sending = { microphone: true, camera: true, screen: true, chat };
  const names = { me: "Me", alice: "Alice", bob: "Bob" };
  const participants = ["me", ...people].map((id) => [id, { participantId: id, displayName: names[id], role: id === "alice" ? "host" : "attendee", permissions: sending }]);
  return { ...initialState(), phase: "joined", connection: "online", participantId: "me", participants: new Map(participants) };
}

test("a message for one person is never offered to anybody else", () => {
  const bob = { recipientType: "private", recipientId: "bob", recipientName: "Bob" };
  assert.equal(recipientsOf(meetingOf(), bob).problem, "");
  const gone = recipientsOf(meetingOf({ people: ["alice"] }), bob);
  assert.equal(gone.value, "bob");
  assert.match(gone.problem, /Bob is not in the meeting/);
});

test("who may write to hosts only is offered hosts only", () => {
  const offered = recipientsOf(meetingOf({ chat: false }), { recipientType: "all", recipientName: "" });
  assert.equal(offered.allDisabled, true);
  assert.deepEqual(offered.people.map((one) => [one.label, one.disabled]), [["Alice", false], ["Bob", true]]);
  assert.match(offered.problem, /hosts/);
  const hosts = { recipientType: "host", recipientName: "" };
  assert.equal(recipientsOf(meetingOf({ chat: false }), hosts).problem, "");
  assert.equal(recipientsOf(meetingOf(), hosts).note, "");
  assert.match(recipientsOf(meetingOf({ people: ["bob"] }), hosts).note, /No host is here/);
});

class FakeSignalling extends Emitter {
  isOpen = true;
  told = [];
  tell(event, data) {
    this.told.push([event, data]);
  }
}

function chatWith(answers, upload) {
  const asked = [];
  const signalling = new FakeSignalling();
  const meeting = new Store({ ...meetingOf(), connection: "connecting" });
  const request = async (event, data) => {
    asked.push([event, data]);
    return answers(event, data, asked.length);
  };
  return { chat: new Chat({ request, signalling, meeting, meetingId: "m", fileMegabytes: 1, upload }), asked, signalling, meeting };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("what was lost with the connection is sent with the next one, under the same id", async () => {
  let reachable = true;
  const { chat, asked, meeting } = chatWith((event, data) => {
    if (!reachable) throw new SignallingError("CONNECTION_LOST", "gone");
    return event === "chat-history" ? { messages: [], more: false } : message(1, { messageId: data.messageId, mine: true, message: data.message });
  });
  meeting.set({ connection: "online" });
  await settled();
  reachable = false;
  meeting.set({ connection: "reconnecting" });
  chat.send("hello", { recipientType: "private", recipientId: "bob", recipientName: "Bob" });
  await settled();
  assert.match(chat.store.state.outgoing[0].trouble, /once the connection is back/);
  reachable = true;
  meeting.set({ connection: "online" });
  await settled();
  await settled();
  assert.deepEqual(chat.store.state.outgoing, []);
  assert.deepEqual(chat.store.state.messages.map((one) => one.message), ["hello"]);
  const sends = asked.filter(([event]) => event === "send-message").map(([, data]) => data);
  assert.equal(sends.length, 2);
  assert.deepEqual(sends[0], sends[1]);
  assert.deepEqual(Object.keys(sends[0]).sort(), ["message", "messageId", "recipientId", "recipientType"]);
});

test("what was refused stays to be read, sent again or discarded", async () => {
  let refuse = true;
  const { chat } = chatWith((event, data) => {
    if (refuse) throw new SignallingError("RATE_LIMITED", "slow down");
    return message(1, { messageId: data.messageId, mine: true });
  });
  chat.send("one", { recipientType: "all", recipientName: "" });
  chat.send("two", { recipientType: "all", recipientName: "" });
  await settled();
  const [one, two] = chat.store.state.outgoing;
  assert.match(one.trouble, /faster than the meeting allows/);
  chat.discard(two);
  refuse = false;
  chat.sendAgain(one);
  await settled();
  assert.deepEqual(chat.store.state.outgoing, []);
  assert.equal(chat.store.state.messages.length, 1);
});

test("that I write is told to those it is for, not at every key, and taken back", () => {
  const { chat, signalling } = chatWith(() => ({}));
  const all = { recipientType: "all", recipientName: "" };
  chat.typing(all);
  chat.typing(all);
  chat.typing({ recipientType: "private", recipientId: "bob", recipientName: "Bob" });
  chat.typing(null);
  chat.typing(null);
  const bob = { recipientType: "private", recipientId: "bob" };
  assert.deepEqual(signalling.told.map(([, data]) => data), [
    { typing: true, recipientType: "all" }, { typing: false, recipientType: "all" }, { typing: true, ...bob }, { typing: false, ...bob },
  ]);
});

test("my own words in another window are no news", () => {
  const { chat, signalling } = chatWith(() => ({}));
  const heard = [];
  chat.on("heard", (one) => heard.push(one.messageId));
  signalling.emit("push", { event: "new-message", data: message(1, { mine: true }) });
  signalling.emit("push", { event: "new-message", data: message(2) });
  signalling.emit("push", { event: "message-edited", data: message(0) });
  assert.deepEqual(heard, ["m2"]);
  assert.equal(ids(chat.store.state), "m1 m2", "what is further back than was read is not put in");
});

test("nothing of the chat is left when the meeting is, but whether one looks at it", async () => {
  const { chat, signalling, meeting } = chatWith(() => ({ messages: [], more: false }));
  signalling.emit("push", { event: "new-message", data: message(1) });
  chat.looking(true);
  meeting.set({ phase: "left", participantId: "" });
  assert.deepEqual(chat.store.state, { ...initialChat(), open: true });
});

const all = { recipientType: "all", recipientName: "" };

test("a file is sent with a ticket, tells how far it is, and becomes a message", async () => {
  const uploads = [];
  const { chat } = chatWith((event) => (event === "file-ticket" ? { ticket: "t" } : {}), (upload) => new Promise((resolve, reject) => uploads.push({ ...upload, resolve, reject })));
  chat.share(new File(["words"], "a.txt"), "Look", all);
  await settled();
  const [{ onProgress, resolve, ...upload }] = uploads;
  const [{ messageId }] = chat.store.state.outgoing;
  assert.deepEqual([upload.meetingId, upload.ticket, upload.form], ["m", "t", { messageId, message: "Look", recipientType: "all" }]);
  onProgress(0.5);
  assert.deepEqual(chat.store.state.outgoing[0].file, { name: "a.txt", size: 5, sent: 0.5 });
  resolve(message(1, { messageId, mine: true, file: { id: "f", name: "a.txt", size: 5, type: "text/plain", gone: false } }));
  await settled();
  assert.deepEqual(chat.store.state.outgoing, []);
  assert.equal(chat.store.state.messages[0].file.name, "a.txt");
});

test("a file that is cancelled goes nowhere, one that broke off is sent again under the same id", async () => {
  const uploads = [];
  const { chat } = chatWith((event) => (event === "file-ticket" ? { ticket: "t" } : {}), (upload) => new Promise((_, reject) => uploads.push({ ...upload, reject })));
  const lost = new SignallingError("CONNECTION_LOST", "gone");
  chat.share(new File(["words"], "a.txt"), "", all);
  await settled();
  chat.discard(chat.store.state.outgoing[0]);
  assert.equal(uploads[0].signal.aborted, true);
  uploads[0].reject(lost);
  await settled();
  assert.deepEqual(chat.store.state.outgoing, []);

  chat.share(new File(["words"], "b.txt"), "", all);
  await settled();
  uploads[1].reject(lost);
  await settled();
  chat.sendAgain(chat.store.state.outgoing[0]);
  await settled();
  assert.equal(uploads.length, 3);
  assert.equal(uploads[1].form.messageId, uploads[2].form.messageId);
});

test("what is too large is not even sent", async () => {
  const { chat } = chatWith(() => ({}), () => assert.fail("sent"));
  chat.share(new File([new Uint8Array(1024 * 1024 + 1)], "a.bin"), "", all);
  await settled();
  assert.equal(chat.store.state.outgoing[0].trouble, "The file is too large: 1 MB are allowed.");
});

test("sizes are told as people read them", () => {
  assert.deepEqual([0, 999, 1000, 1536, 1023487, 1048576, 20 * 1048576].map(fileSize), ["0 B", "999 B", "1 KB", "2 KB", "999 KB", "1.0 MB", "20 MB"]);
});

test("only pictures that are harmless, small and there are shown as such", () => {
  const file = { type: "image/png", size: 70_000, gone: false };
  for (const type of ["image/png", "image/jpeg", "image/gif", "image/webp"]) assert.equal(isPicture({ ...file, type }), true, type);
  for (const type of ["image/svg+xml", "image/tiff", "text/html", "application/pdf", "video/mp4", ""]) assert.equal(isPicture({ ...file, type }), false, type);
  assert.equal(isPicture({ ...file, gone: true }), false);
  assert.equal(isPicture({ ...file, size: 9 * 1024 * 1024 }), false);
});

test("a picture is got with a ticket, and nobody is told when it cannot be", async () => {
  const file = { id: "f", name: "photo.png", size: 3, type: "image/png", gone: false };
  const answers = [{ ticket: "a/b" }, null];
  const { chat } = chatWith(() => {
    const answer = answers.shift();
    if (!answer) throw new SignallingError("NOT_IN_MEETING", "");
    return answer;
  });
  const troubles = [];
  chat.on("trouble", (sentence) => troubles.push(sentence));
  assert.equal(await chat.pictureAddressOf(file), "/files/f/?ticket=a%2Fb");
  assert.equal(await chat.pictureAddressOf(file), null);
  assert.deepEqual(troubles, []);
});

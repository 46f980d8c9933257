import assert from "node:assert/strict";
import { test } from "node:test";
import { Emitter } from "../../meetings/static/meetings/js/emitter.js";
import { Polls } from "../../meetings/static/meetings/js/polls.js";
import { pollNotes, pollTrouble, votersWords } from "../../meetings/static/meetings/js/polls-words.js";
import { Questions } from "../../meetings/static/meetings/js/questions.js";
import { SignallingError } from "../../meetings/static/meetings/js/signalling/error.js";
import { initialState } from "../../meetings/static/meetings/js/state/meeting-state.js";
import {
  initialPolls, optionsIn, shares, unvoted, withPoll, withPolls, withResults, withoutPoll,
} from "../../meetings/static/meetings/js/state/poll-state.js";
import {
  initialQuestions, unanswered, withFirst, withFurther, withQuestion, withVotes, withoutQuestion,
} from "../../meetings/static/meetings/js/state/question-state.js";
import { Store } from "../../meetings/static/meetings/js/state/store.js";

const poll = (number, more = {}) => ({
  pollId: `p${number}`, question: `Question ${number}?`, options: ["Yes", "No"], kind: "single", anonymous: false, resultsFor: "everybody",
  state: "open", version: 1, results: { voters: 0, votes: [0, 0] }, createdAt: `2026-11-27T12:00:0${number}.5+00:00`, ...more,
});
const question = (number, more = {}) => ({
  questionId: `q${number}`, participantId: "bob", displayName: "Bob", question: `Why ${number}?`, state: "open", votes: 0, version: 1,
  askedAt: `2026-11-27T12:00:0${number}.5+00:00`, ...more,
});
const pollIds = ({ polls }) => polls.map((one) => one.pollId).join(" ");
const questionIds = ({ questions }) => questions.map((one) => one.questionId).join(" ");

test("polls stand in the order in which they were made, each once", () => {
  let state = withPoll(withPoll(initialPolls(), poll(2)), poll(1));
  assert.equal(pollIds(state), "p1 p2");
  state = withPoll(state, poll(1, { version: 2, state: "closed" }));
  assert.equal(pollIds(state), "p1 p2");
  assert.equal(state.polls[0].state, "closed");
  assert.equal(pollIds(withoutPoll(state, "p1")), "p2");
});

test("older news changes nothing, but for my own vote", () => {
  const results = { voters: 5, votes: [2, 3] };
  let state = withResults(withPoll(initialPolls(), poll(1, { mine: [] })), { pollId: "p1", version: 9, results });
  assert.equal(withResults(state, { pollId: "p1", version: 8, results: { voters: 4, votes: [2, 2] } }), state);
  assert.equal(withResults(state, { pollId: "unknown", version: 99, results }), state);
  state = withPoll(state, poll(1, { version: 7, mine: [1] }));
  assert.deepEqual([state.polls[0].version, state.polls[0].results, state.polls[0].mine], [9, results, [1]]);
  state = withPoll(state, poll(1, { version: 10, state: "closed" }));
  assert.deepEqual(state.polls[0].mine, [1], "news for everybody does not say what is mine");
});

test("what the server tells anew replaces what was known, but not what came meanwhile", () => {
  const before = withPoll(withPoll(initialPolls(), poll(1)), poll(2));
  const meanwhile = withPoll(withPoll(before, poll(3)), poll(2, { version: 4 }));
  const state = withPolls(meanwhile, [poll(2, { version: 3, mine: [0] }), poll(4)], before.polls);
  assert.equal(pollIds(state), "p2 p3 p4");
  assert.deepEqual([state.polls[0].version, state.polls[0].mine], [4, [0]]);
  assert.equal(state.loaded, true);
});

test("polls wait for a vote while they are open", () => {
  const polls = [poll(1), poll(2, { mine: [0] }), poll(3, { state: "draft" }), poll(4, { state: "closed" }), poll(5, { mine: [] })];
  assert.equal(unvoted({ polls, loaded: true }), 2);
});

test("shares are of those who voted", () => {
  assert.deepEqual(shares({ voters: 3, votes: [1, 2, 0] }), [33, 67, 0]);
  assert.deepEqual(shares({ voters: 2, votes: [2, 1] }), [100, 50], "several answers");
  assert.deepEqual(shares({ voters: 0, votes: [0, 0] }), [0, 0]);
});

test("answers are written one a line", () => {
  const limits = { most: 3, longest: 5 };
  assert.deepEqual(optionsIn(" Yes \n\nNo\n", limits), { options: ["Yes", "No"], problem: "" });
  assert.match(optionsIn("Yes\n \n", limits).problem, /at least two/);
  assert.match(optionsIn("1\n2\n3\n4", limits).problem, /3 answers; these are 4/);
  assert.match(optionsIn("Yes\nYes", limits).problem, /“Yes” is there twice/);
  assert.match(optionsIn("Yes\nMaybe!", limits).problem, /5 characters/);
  assert.equal(optionsIn("👩👩👩👩👩\nNo", limits).problem, "", "characters, as the server counts them");
});

test("voters know beforehand what becomes of their vote", () => {
  assert.match(pollNotes(poll(1)), /Choose one\. Hosts can see who/);
  assert.match(pollNotes(poll(1, { kind: "multiple", anonymous: true, resultsFor: "hosts" })), /one or more\. Anonymous.*for hosts until/);
  assert.doesNotMatch(pollNotes(poll(1, { resultsFor: "hosts", state: "closed" })), /until/);
  assert.deepEqual([0, 1, 2].map(votersWords), ["Nobody has voted yet", "1 person voted", "2 people voted"]);
  assert.equal(pollTrouble("NOT_ALLOWED", "A meeting has at most 30 polls; delete one first."), "A meeting has at most 30 polls; delete one first.");
  assert.match(pollTrouble("POLL_STATE", ""), /not open/);
});

test("what most want to know stands first, and what is answered last", () => {
  let state = [question(1), question(2), question(3, { votes: 5, state: "answered" })].reduce(withQuestion, initialQuestions());
  assert.equal(questionIds(state), "q1 q2 q3");
  state = withVotes(state, [{ questionId: "q2", votes: 1, version: 2 }, { questionId: "unknown", votes: 3, version: 1 }]);
  assert.equal(questionIds(state), "q2 q1 q3");
  assert.equal(unanswered(state), 2);
  assert.equal(withVotes(state, [{ questionId: "q2", votes: 0, version: 1 }]), state, "older news");
  assert.equal(questionIds(withoutQuestion(state, "q1")), "q2 q3");
});

test("what is mine outlasts news for everybody", () => {
  let state = withQuestion(initialQuestions(), question(1, { mine: true, voted: true, votes: 1, version: 2 }));
  state = withQuestion(state, question(1, { state: "answered", version: 3 }));
  assert.deepEqual([state.questions[0].mine, state.questions[0].voted, state.questions[0].state], [true, true, "answered"]);
});

test("questions come in pages, and what came meanwhile stays", () => {
  const before = withQuestion(initialQuestions(), question(1));
  const meanwhile = withQuestion(before, question(5));
  let state = withFirst(meanwhile, { questions: [question(2), question(3)], more: true }, before.questions);
  assert.equal(questionIds(state), "q2 q3 q5");
  assert.equal(state.more, true);
  state = withFurther(state, { questions: [question(3, { votes: 2, version: 4 }), question(4)], more: false });
  assert.equal(questionIds(state), "q3 q2 q4 q5");
  assert.deepEqual([state.more, state.loaded], [false, true]);
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

function together(answers) {
  const asked = [];
  const signalling = new Emitter();
  const meeting = new Store({ ...initialState(), phase: "joined", connection: "online", participantId: "me", role: "attendee" });
  const request = async (event, data) => {
    asked.push(event);
    return answers(event, data);
  };
  const parts = { request, signalling, meeting };
  return { polls: new Polls(parts), questions: new Questions(parts), signalling, meeting, asked };
}

test("polls and questions are asked for on each connection, polls in each role too", async () => {
  const { asked, meeting, polls } = together((event) => (event === "polls" ? { polls: [poll(1)] } : { questions: [], more: false }));
  await settled();
  assert.deepEqual(asked.splice(0).sort(), ["polls", "questions"]);
  meeting.set({ role: "presenter" });
  await settled();
  assert.deepEqual(asked.splice(0), ["polls"]);
  meeting.set({ connection: "reconnecting" });
  meeting.set({ connection: "online" });
  await settled();
  assert.deepEqual(asked.splice(0).sort(), ["polls", "questions"]);
  assert.equal(pollIds(polls.store.state), "p1");
  meeting.set({ phase: "left" });
  assert.equal(pollIds(polls.store.state), "");
});

test("it is told once that somebody opened or closed a poll", async () => {
  const { polls, signalling } = together((event) => (event === "polls" ? { polls: [poll(1, { state: "draft" })] } : { questions: [], more: false }));
  await settled();
  const told = [];
  polls.on("opened", (one) => told.push(`opened ${one.pollId}`));
  polls.on("closed", (one) => told.push(`closed ${one.pollId}`));
  const push = (data) => signalling.emit("push", { event: "poll-updated", data });
  push(poll(1, { version: 2 }));
  push(poll(1, { version: 3, mine: [1] }));
  push(poll(1, { version: 4, state: "closed" }));
  push(poll(2, { state: "draft" }));
  push(poll(3));
  assert.deepEqual(told, ["opened p1", "closed p1", "opened p3"]);
});

test("what does not work is told in a sentence, and changes nothing", async () => {
  const { polls, questions } = together((event) => {
    if (event === "polls") return { polls: [poll(1)] };
    if (event === "questions") return { questions: [question(1)], more: false };
    throw new SignallingError(event === "vote" ? "POLL_STATE" : "QUESTION_NOT_FOUND", "no", "It is closed.");
  });
  await settled();
  const told = [];
  for (const one of [polls, questions]) one.on("trouble", (sentence) => told.push(sentence));
  assert.equal(await polls.vote("p1", [0]), false);
  await questions.dismiss("q1");
  assert.equal(told.length, 2);
  assert.match(told[1], /dismissed already/);
  assert.deepEqual([pollIds(polls.store.state), questionIds(questions.store.state)], ["p1", "q1"]);
});

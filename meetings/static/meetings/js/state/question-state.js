/**
 * What the page knows of the questions that people asked, and how it changes. Pure: no sockets, no DOM.
 *
 * @import {AskedQuestion} from "../contract.js"
 */

/**
 * @typedef {object} QuestionState
 * @property {readonly AskedQuestion[]} questions  What is open first, and of that what most want to know.
 * @property {boolean} loaded                      Whether the server has told which there are.
 * @property {boolean} more                        Whether there are more than the server has told.
 */

/** @returns {QuestionState} */
export function initialQuestions() {
  return { questions: [], loaded: false, more: false };
}

/**
 * The server told the first page. What was known before it was asked (`before`) is replaced; what came meanwhile is newer.
 *
 * @param {QuestionState} state
 * @param {{questions: readonly AskedQuestion[], more: boolean}} page
 * @param {readonly AskedQuestion[]} before
 * @returns {QuestionState}
 */
export function withFirst(state, page, before) {
  const meanwhile = state.questions.filter((one) => !before.includes(one));
  return meanwhile.reduce(withQuestion, { questions: inOrder(page.questions), loaded: true, more: page.more });
}

/**
 * The server told a further page.
 *
 * @param {QuestionState} state
 * @param {{questions: readonly AskedQuestion[], more: boolean}} page
 * @returns {QuestionState}
 */
export function withFurther(state, page) {
  return page.questions.reduce(withQuestion, { ...state, more: page.more });
}

/**
 * What a question is now. News that is older than what is known changes only what is mine, which is told to me alone.
 *
 * @param {QuestionState} state
 * @param {AskedQuestion} told
 * @returns {QuestionState}
 */
export function withQuestion(state, told) {
  const known = state.questions.find((one) => one.questionId === told.questionId);
  const newer = !known || told.version >= known.version ? told : known;
  /** @type {AskedQuestion} */ const question = { ...newer };
  for (const own of /** @type {const} */ (["mine", "voted"])) {
    const value = told[own] ?? known?.[own];
    if (value !== undefined) question[own] = value;
  }
  return { ...state, questions: inOrder([...others(state, told.questionId), question]) };
}

/**
 * How many want these questions answered now.
 *
 * @param {QuestionState} state
 * @param {readonly {questionId: string, votes: number, version: number}[]} told
 * @returns {QuestionState}
 */
export function withVotes(state, told) {
  return told.reduce((before, one) => {
    const known = before.questions.find(({ questionId }) => questionId === one.questionId);
    return known && one.version > known.version ? withQuestion(before, { ...known, ...one }) : before;
  }, state);
}

/** @param {QuestionState} state @param {string} questionId @returns {QuestionState} */
export function withoutQuestion(state, questionId) {
  return { ...state, questions: others(state, questionId) };
}

/** How many are not answered yet, as far as is known. @param {QuestionState} state */
export function unanswered({ questions }) {
  return questions.filter((one) => one.state === "open").length;
}

/** @param {QuestionState} state @param {string} questionId */
function others({ questions }, questionId) {
  return questions.filter((one) => one.questionId !== questionId);
}

/** As the server orders them. @param {readonly AskedQuestion[]} questions */
function inOrder(questions) {
  return [...questions].sort(
    (one, other) =>
      Number(other.state === "open") - Number(one.state === "open") || other.votes - one.votes ||
      Date.parse(one.askedAt) - Date.parse(other.askedAt) || (one.questionId < other.questionId ? -1 : 1),
  );
}

/** The longest that a timer of browsers can wait, in milliseconds; one that is to wait longer ends at once. */
export const LONGEST_WAIT = 2 ** 31 - 1;

/**
 * The address of the signalling socket for a page at `page`. A ticket in the page's fragment goes along.
 *
 * @param {string} path  Path or absolute URL.
 * @param {{href: string, hash: string}} page
 * @returns {string}
 */
export function socketUrl(path, page) {
  const url = new URL(path, page.href);
  url.protocol = url.protocol.replace("http", "ws");
  url.hash = "";
  const ticket = ticketIn(page);
  if (ticket) url.searchParams.set("ticket", ticket);
  return url.href;
}

/**
 * Whether somebody came to the page with a ticket.
 *
 * @param {{hash: string}} page
 */
export function hasTicket(page) {
  return ticketIn(page) !== null;
}

/** @param {{hash: string}} page */
function ticketIn(page) {
  return new URLSearchParams(page.hash.slice(1)).get("ticket");
}

/** The other end of a socket, held by a test: it sees what was sent, and answers when and how the test says. */
export class FakeSocket {
  readyState = 0;
  onopen = null;
  onmessage = null;
  onclose = null;
  onerror = null;
  sent = [];
  closedWith = null;

  constructor(url, protocol) {
    this.url = url;
    this.protocol = protocol;
  }

  /** What the page sent, parsed, without pings. */
  get requests() {
    return this.sent.filter((frame) => frame.event !== "ping");
  }

  open() {
    this.readyState = 1;
    this.onopen?.({});
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  /** A frame from the server. */
  say(frame) {
    this.onmessage?.({ data: typeof frame === "string" ? frame : JSON.stringify(frame) });
  }

  /** The socket ends, as seen by the page. */
  drop(code = 1006) {
    this.readyState = 3;
    this.onclose?.({ code, reason: "" });
  }

  close(code, reason) {
    this.readyState = 3;
    this.closedWith = { code, reason };
  }
}

// The connection to Lilo: it comes back by itself, asks for what it missed, and sends again what was not settled.
// docs/protocol.md describes the frames.

const PING_MS = 25_000;
const SILENCE_MS = 10_000;
const LONGEST_WAIT_MS = 30_000;
const SEEN = 600;
const KEPT = "lilo-unanswered-2";

const frame = (id, { text, to }) => ({ type: "message", message_id: id, text, ...(to && { to: to.id }) });

/**
 * Handlers: onEvent(event), onState("open" | "lost" | "elsewhere" | "signed-out", attempts).
 */
export class Connection {
  constructor(address, lastEventId, { onEvent, onState }) {
    this.address = address;
    this.lastEventId = lastEventId;
    this.onEvent = onEvent;
    this.onState = onState;
    this.attempts = 0;
    this.seen = new Set();
    this.unanswered = new Map(JSON.parse(sessionStorage.getItem(KEPT) ?? "[]"));
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
    this.open();
  }

  open() {
    clearTimeout(this.later);
    const socket = new WebSocket(this.address);
    this.socket = socket;
    socket.onopen = () => this.opened();
    socket.onmessage = (message) => this.heard(JSON.parse(message.data));
    socket.onclose = (event) => socket === this.socket && this.closed(event.code);
  }

  get isOpen() {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** Say something; it is kept until it is answered, whatever becomes of the connection. `said`: { text, shown, to }. */
  say(messageId, said) {
    this.unanswered.set(messageId, said);
    this.keep();
    if (this.isOpen) this.send(frame(messageId, said));
  }

  /** The message is answered, or will not be. */
  settle(messageId) {
    if (this.unanswered.delete(messageId)) this.keep();
  }

  send(frame) {
    this.socket.send(JSON.stringify(frame));
  }

  opened() {
    this.attempts = 0;
    this.send({ type: "resume", last_event_id: this.lastEventId });
    for (const [id, said] of this.unanswered) this.send({ ...frame(id, said), resend: true });
    this.onState("open", 0);
    this.expectPing();
  }

  heard(event) {
    this.expectPing();
    if (event.id) {
      if (this.seen.has(event.id)) return;
      this.seen.add(event.id);
      if (this.seen.size > SEEN) this.seen.delete(this.seen.values().next().value);
      this.lastEventId = Math.max(this.lastEventId, event.id);
    }
    if (event.type !== "pong") this.onEvent(event);
  }

  closed(code) {
    clearTimeout(this.ping);
    if (code === 4401) return this.onState("signed-out", this.attempts);
    if (code === 4429) return this.onState("elsewhere", this.attempts);
    this.attempts += 1;
    this.onState("lost", this.attempts);
    const longest = Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.attempts);
    this.later = setTimeout(() => this.open(), longest * (0.5 + Math.random() / 2));
  }

  /** Try now instead of later: the network or the person is back. */
  hurry() {
    if (this.later && this.socket.readyState === WebSocket.CLOSED) this.open();
  }

  expectPing() {
    clearTimeout(this.ping);
    this.ping = setTimeout(() => {
      this.send({ type: "ping" });
      this.ping = setTimeout(() => this.drop(), SILENCE_MS);
    }, PING_MS);
  }

  /** Nobody answers: a dead connection may take minutes to say so itself. */
  drop() {
    const dead = this.socket;
    dead.onmessage = dead.onclose = null;
    dead.close();
    this.closed(1006);
  }

  keep() {
    sessionStorage.setItem(KEPT, JSON.stringify([...this.unanswered]));
  }
}

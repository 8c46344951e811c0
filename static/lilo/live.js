// Keeps the marked parts of an open page of the portal fresh: it says what it shows, and puts in what the server sends.
// Without this script, or without a connection, every page is what it was when it was opened, and says so.

const PING_MS = 25_000;
const SILENCE_MS = 10_000;
const LONGEST_WAIT_MS = 30_000;
const PATIENCE_MS = 4_000;
const SIGNED_OUT = 4401;
const ELSEWHERE = 4429;

const frame = document.querySelector(".portal");
const marked = () => [...document.querySelectorAll("[data-fragment]")];
const seniorOf = (element) => element.closest("[data-senior]")?.dataset.senior;

/** The connection: it comes back by itself, and asks for everything anew when it does. */
class Live {
  attempts = 0;

  constructor() {
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
    addEventListener("pageshow", (event) => event.persisted && location.reload());
    this.open();
  }

  open() {
    clearTimeout(this.later);
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/live/`);
    this.socket = socket;
    socket.onopen = () => this.opened();
    socket.onmessage = (message) => this.heard(JSON.parse(message.data));
    socket.onclose = (event) => socket === this.socket && this.closed(event.code);
  }

  opened() {
    this.attempts = 0;
    clearTimeout(this.patience);
    this.patience = undefined;
    say("");
    this.watch();
    this.expectPing();
    document.dispatchEvent(new Event("lilo:live")); // for pages that compare themselves with the server's as a whole
  }

  /** Ask for what the page shows now. */
  watch() {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    const seniors = {};
    const own = [];
    if (frame.dataset.senior) seniors[frame.dataset.senior] = [];
    for (const element of marked()) {
      const name = element.dataset.fragment;
      if ("own" in element.dataset) own.push(name);
      else (seniors[seniorOf(element)] ??= []).push(name);
    }
    this.socket.send(JSON.stringify({ type: "watch", seniors, own }));
  }

  heard(message) {
    this.expectPing();
    if (message.type === "show") message.html.forEach(put);
    else if (message.type === "rights") obey(message);
  }

  closed(code) {
    clearTimeout(this.ping);
    if (code === SIGNED_OUT) return say("You have been signed out here. ", { link: "Sign in again", to: location.href });
    if (code === ELSEWHERE) return say("This page is open in many windows: here it is no longer live. ", { link: "Show it anew", to: location.href });
    this.attempts += 1;
    this.lostAt ??= new Date();
    this.patience ??= setTimeout(() => say(`Not live just now. What you see is from ${clock(this.lostAt)}. Lilo keeps trying.`), PATIENCE_MS);
    const longest = Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.attempts);
    this.later = setTimeout(() => this.open(), longest * (0.5 + Math.random() / 2));
  }

  /** Try now instead of later: the network or the person is back. */
  hurry() {
    if (this.socket.readyState === WebSocket.CLOSED) this.open();
  }

  expectPing() {
    this.lostAt = undefined;
    clearTimeout(this.ping);
    this.ping = setTimeout(() => {
      if (this.socket.readyState === WebSocket.OPEN) this.socket.send('{"type":"ping"}');
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
}

/** Put a piece in the place of the one with its id. What the person is doing in it stays as it is. */
function put(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const fresh = holder.content.firstElementChild;
  const old = fresh && document.getElementById(fresh.id);
  if (!old) return;
  for (const field of fresh.querySelectorAll('[name="csrfmiddlewaretoken"]')) field.value = frame.dataset.token;
  const doing = whatIsDone(old);
  const words = fresh.dataset.news?.trim();
  if (words && words !== old.dataset.news?.trim()) announce(words);
  old.replaceWith(fresh);
  resume(fresh, doing);
  globalThis.htmx?.process(fresh);
  tellAges(fresh);
}

function whatIsDone(part) {
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const fields = [...part.querySelectorAll("input:not([type=hidden]), textarea, select")].filter((field) => field.id);
  return {
    focus: focused && pathOf(part, focused),
    selection: focused?.selectionStart === undefined ? null : [focused.selectionStart, focused.selectionEnd],
    values: fields.filter((field) => field.value !== field.defaultValue).map((field) => [field.id, field.value]),
    open: [...part.querySelectorAll("details[open][id]")].map((details) => details.id),
  };
}

function resume(part, { focus, selection, values, open }) {
  for (const id of open) part.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
  for (const [id, value] of values) {
    const field = part.querySelector(`#${CSS.escape(id)}`);
    if (field) field.value = value;
  }
  if (!focus) return;
  const again = part.querySelector(focus) ?? part.closest("[tabindex]") ?? document.getElementById("main");
  again.focus({ preventScroll: true });
  if (selection && again.setSelectionRange) again.setSelectionRange(...selection);
}

/** A selector by which the same element is found in the next rendering. */
function pathOf(part, element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const href = element.getAttribute("href");
  if (href) return `a[href="${CSS.escape(href)}"]`;
  const action = element.form?.getAttribute("action");
  const name = element.getAttribute("name");
  if (action) return `form[action="${CSS.escape(action)}"] ${element.localName}${name ? `[name="${CSS.escape(name)}"]` : ""}`;
  const details = element.closest("details[id]");
  return details ? `#${CSS.escape(details.id)} > summary` : element.localName;
}

/** Rights have changed. What is no longer theirs leaves the page at once. */
function obey({ senior, needs }) {
  const isMine = frame.dataset.senior === senior;
  if (needs.length === 0) {
    if (isMine) return replaceWith("no-longer-yours");
    for (const element of document.querySelectorAll(`main [data-senior="${CSS.escape(senior)}"]`)) element.remove();
  } else if (isMine) {
    if (frame.dataset.need && !needs.includes(frame.dataset.need)) return replaceWith("taken-back");
    for (const element of document.querySelectorAll("[data-needs]")) if (!needs.includes(element.dataset.needs)) element.remove();
  }
}

function replaceWith(name) {
  const words = document.getElementById(name);
  const main = document.getElementById("main");
  if (!words) return;
  main.replaceChildren(words.content.cloneNode(true));
  frame.querySelector("nav.places")?.remove();
  document.querySelector(".top .whose")?.remove();
  document.title = "Lilo";
  main.focus({ preventScroll: true });
  announce(main.querySelector("h1").textContent);
}

const news = [];

/** Read out, politely and once: what comes in one moment is one announcement. */
function announce(words) {
  const place = document.getElementById("live-news");
  if (news.push(words.trim()) > 1) return;
  place.textContent = "";
  setTimeout(() => (place.textContent = [...new Set(news.splice(0))].join(" ")), 100);
}

/** Say at the top of the page how live it is; without words it is, and says nothing. */
function say(words, offer) {
  const place = document.getElementById("live-state");
  if (!place) return;
  place.hidden = !words;
  place.replaceChildren(words);
  if (offer) place.append(Object.assign(document.createElement("a"), { href: offer.to, textContent: offer.link }));
}

function clock(moment) {
  return moment.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
}

/** How old each fact is, in the same words as the server's. */
function tellAges(part = document) {
  for (const place of part.querySelectorAll("time[data-ago]")) {
    const seconds = (Date.now() - new Date(place.dateTime)) / 1000;
    place.textContent = ago(seconds);
  }
}

export function ago(seconds) {
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  const days = Math.floor(seconds / 86_400);
  return days === 1 ? "1 day ago" : `${days} days ago`;
}

if (frame && (frame.dataset.senior || marked().length)) {
  const live = new Live();
  document.addEventListener("htmx:afterSwap", () => live.watch());
  setInterval(tellAges, 20_000);
}

// The talk page: what is pressed, what is heard, and what is said of it. Without this file the page works by its forms.

import { addressee, watchUnseen, writeTo } from "./family-messages.js";
import { watch } from "./page.js";
import { Connection } from "./socket.js";
import * as turns from "./turns.js";
import { readAloud, setUpSpeaking, stopReading } from "./voice.js";

const DRAFT = "lilo-draft";
const GIVE_UP_AFTER = 4; // attempts, then a message goes by the form: some networks let no websocket through
const log = document.getElementById("log");
const form = document.getElementById("compose");
const field = document.getElementById("text");
const speak = document.getElementById("speak");
const status = document.getElementById("status");
const asked = new Map(); // message id -> { text, shown, to }, while unanswered
const turnOf = new Map(); // message id -> its turn

const scheme = location.protocol === "https:" ? "wss" : "ws";
const connection = new Connection(`${scheme}://${location.host}/ws/chat/`, Number(log.dataset.lastEventId), { onEvent, onState });

for (const [id, said] of connection.unanswered) {
  asked.set(id, said);
  if (!turns.hasSaid(id)) turns.addSaid(id, said.shown);
}
field.value ||= sessionStorage.getItem(draftKey()) ?? "";
wordsChanged();
watchUnseen();
for (const button of log.querySelectorAll("[data-reads]")) button.hidden = !("speechSynthesis" in window);
log.lastElementChild?.scrollIntoView({ block: "start" });

function tell(words, isTrouble = false) {
  if (status.textContent !== words) status.textContent = words;
  status.classList.toggle("trouble", isTrouble);
}

// What is pressed

/** Send words, or a button's value, which is shown by its label; `to` is one of the family, where not Lilo. */
function say(text, shown = text, to = null) {
  const words = text.trim();
  if (!words) return field.focus();
  stopReading();
  const id = crypto.randomUUID?.() ?? randomId();
  const said = { text: words, shown: to ? `To ${to.name}: ${words}` : shown.trim(), to };
  asked.set(id, said);
  turns.addSaid(id, said.shown);
  connection.say(id, said);
  if (connection.isOpen) tell(to ? `Sending it to ${to.name}` : "Lilo is answering");
  else turns.noteOnSaid(id, "Waiting for the connection. Your words are safe.");
}

/** `randomUUID` is only there on secure pages; at home Lilo may be served without. */
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte, place) => ([4, 6, 8, 10].includes(place) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const to = addressee();
  say(field.value, field.value, to);
  field.value = "";
  form.classList.remove("is-spoken");
  wordsChanged();
  if (to) switchTo(null); // the next words are for Lilo again
  if (matchMedia("(pointer: fine)").matches) field.focus();
  else field.blur(); // so that the keyboard of a phone does not cover the answer
});

field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
field.addEventListener("input", wordsChanged);

/** Each addressee has a draft of their own: words meant for Lilo never go to somebody else. */
function draftKey() {
  return DRAFT + (addressee()?.id ?? "");
}

function switchTo(person) {
  writeTo(person);
  field.value = sessionStorage.getItem(draftKey()) ?? "";
  wordsChanged();
}

function wordsChanged() {
  form.classList.toggle("has-words", field.value.trim() !== "");
  sessionStorage.setItem(draftKey(), field.value);
  speak.querySelector("span").textContent = form.classList.contains("is-spoken") ? "Say it again" : "Speak";
}

document.addEventListener("click", (event) => {
  const answer = event.target.closest("[data-answers]");
  if (!answer) return;
  event.preventDefault();
  const { answers: id, name } = answer.dataset;
  switchTo(id ? { id, name } : null);
  tell(id ? `You are writing to ${name} now.` : "You are talking with Lilo again.");
  field.focus();
});

log.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.reads !== undefined) readAloud(button);
  else if (button?.parentElement.matches(".choices") && !button.form) say(button.value, button.textContent);
});

log.addEventListener("submit", (event) => {
  const from = event.target;
  if (from.matches("[data-says]")) {
    event.preventDefault();
    say(event.submitter.value, event.submitter.textContent);
    const card = from.closest("[data-card]");
    if (card?.matches(".notice-card")) card.remove(); // answered: what was said stands below
    else if (card) from.remove();
  } else if (from.matches("[data-feedback]") && connection.isOpen) {
    event.preventDefault();
    connection.send({ type: "feedback", turn_id: from.elements.turn_id.value, helpful: event.submitter.value === "yes" });
  }
});

setUpSpeaking(speak, {
  onWords(text) {
    field.value = text;
    form.classList.add("is-spoken");
    wordsChanged();
  },
  onListening(isListening) {
    form.classList.toggle("is-listening", isListening);
    tell(isListening ? "I am listening" : field.value ? "Is that right? Press Send." : "");
    speak.querySelector("span").textContent = isListening ? "Done" : field.value ? "Say it again" : "Speak";
  },
  onTrouble: (words) => tell(words, true),
});

// What is heard

function onEvent(event) {
  const handle = {
    accepted: onAccepted,
    sources: () => turns.isShown(event.turn_id) || turns.setSources(event.turn_id, event.items),
    delta: () => turns.isShown(event.turn_id) || turns.addWords(event.turn_id, event.sequence, event.text),
    done: onDone,
    error: onError,
    emergency: onDanger,
    feedback: () => turns.showThanks(event),
    reminder: () => onReminder(event),
    family_message: () => onFamily(event),
    alert: () => turns.showNotice("Your call for help", event.text),
  }[event.type];
  handle?.(event);
}

function onAccepted(event) {
  turnOf.set(event.message_id, event.turn_id);
  turns.noteOnSaid(event.message_id, "");
  if (turns.isShown(event.turn_id)) return;
  tell("Lilo is answering");
  turns.begin(event.turn_id);
}

function onDone(event) {
  const isMine = asked.delete(event.message_id);
  connection.settle(event.message_id);
  if (turns.isShown(event.turn_id)) turns.forget(event.turn_id);
  else if (isMine || turns.hasSaid(event.message_id)) turns.finish(event);
  else refresh(event.turn_id);
  tell(asked.size ? "Lilo is answering" : event.kind === "aside" ? "" : "Answer ready");
}

function onDanger(event) {
  turns.forget(event.turn_id);
  if (!turns.isShown(event.turn_id) || turns.isGraver(event)) turns.showDanger(event);
}

function onError(event) {
  if (event.code === "resume_gap") return refresh();
  if (event.message_id) {
    connection.settle(event.message_id);
    const said = asked.get(event.message_id);
    asked.delete(event.message_id);
    turns.forget(turnOf.get(event.message_id));
    turns.noteOnSaid(event.message_id, "Not answered.");
    if (said?.to && !field.value) switchTo(said.to);
    if (said && (said.to || said.text === said.shown) && !field.value) field.value = said.text; // trying again is one press
    wordsChanged();
  }
  tell(event.message, true);
}

function onReminder(event) {
  const reads = turns.showNotice(event.title, event.detail, { key: event.reminder_id, choices: event.choices });
  tell(event.title);
  if (log.dataset.aloud !== undefined) readAloud(reads);
}

function onFamily(event) {
  if (!turns.showFamilyMessage(event)) return;
  watchUnseen();
  tell(`A message from ${event.sender}`);
  if (event.aloud && log.dataset.aloud !== undefined) readAloud(log.lastElementChild.querySelector("[data-reads]"));
}

/** Something was said elsewhere, in another tab or long ago: show the talk as the server keeps it. */
async function refresh(turnId) {
  const response = await fetch("/");
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById("log");
  if (!fresh || response.redirected) return;
  turns.forget(turnId);
  log.replaceChildren(...fresh.children);
  for (const [id, said] of asked) if (!turns.hasSaid(id)) turns.addSaid(id, said.shown);
  for (const button of log.querySelectorAll("[data-reads]")) button.hidden = !("speechSynthesis" in window);
  for (const opener of log.querySelectorAll("[data-opens]")) watch(opener);
  watchUnseen();
}

async function onState(state, attempts) {
  if (state === "open") return tell(asked.size ? "Lilo is answering" : "");
  if (state === "signed-out") return location.assign("/");
  if (state === "elsewhere") return tell("Lilo is open in many windows. Load this page again to talk here.", true);
  if (attempts < 2) return;
  tell("The connection is lost. I am trying again. Your words are safe.", true);
  if ((await isServerThere()) && attempts >= GIVE_UP_AFTER && asked.size) sendByForm();
}

async function isServerThere() {
  try {
    const response = await fetch("/settings/", { redirect: "manual" });
    if (response.type === "opaqueredirect") location.assign("/"); // signed out
    return response.ok;
  } catch {
    return false;
  }
}

function sendByForm() {
  const [[id, { text, to }]] = asked;
  connection.settle(id);
  writeTo(to);
  field.value = text;
  form.submit();
}

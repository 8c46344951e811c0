// How turns are shown. Markup comes from the page's patterns; the server renders the same for what was said before.

const TELL_ME_MORE = "Tell me more";
const MARK = /\s*\[(\d+)\]/g;
const log = document.getElementById("log");
const streaming = document.getElementById("streaming");
const drafts = new Map();

const pattern = (name) => document.getElementById(`pattern-${name}`).content.firstElementChild.cloneNode(true);

/** The person's own words, at once. */
export function addSaid(messageId, text) {
  const item = pattern("me");
  item.dataset.message = messageId;
  item.querySelector(".words").textContent = text;
  log.append(item);
  item.scrollIntoView({ block: "nearest" });
}

/** A quiet line under the person's words: that they wait, or what went wrong. Nothing takes it away again. */
export function noteOnSaid(messageId, words) {
  const line = log.querySelector(`[data-message="${CSS.escape(messageId)}"] .state-line`);
  if (!line) return;
  line.textContent = words;
  line.hidden = !words;
}

export const isShown = (turnId) => Boolean(log.querySelector(`.lilo[data-turn="${turnId}"], .danger-item[data-turn="${turnId}"]`));
const dangerOf = (turnId) => log.querySelector(`.danger-item[data-turn="${turnId}"]`);
export const isGraver = (event) => event.level === "E" && dangerOf(event.turn_id)?.dataset.level === "A";
export const hasSaid = (messageId) => Boolean(log.querySelector(`[data-message="${CSS.escape(messageId)}"]`));

function draft(turnId) {
  if (!drafts.has(turnId)) {
    const box = pattern("draft");
    streaming.append(box);
    drafts.set(turnId, { box, parts: [], sources: [] });
  }
  return drafts.get(turnId);
}

/** Room for the answer, before its first words. Screen readers do not hear it: they hear the whole answer, once. */
export function begin(turnId) {
  draft(turnId);
  makeRoom(draft(turnId).box);
}

export function setSources(turnId, items) {
  draft(turnId).sources = items;
}

export function addWords(turnId, sequence, text) {
  const current = draft(turnId);
  current.parts[sequence] = text;
  current.box.querySelector(".words").textContent = current.parts.join("").replace(MARK, "");
  current.box.querySelector(".dots").hidden = true;
  makeRoom(current.box);
}

export function forget(turnId) {
  drafts.get(turnId)?.box.remove();
  drafts.delete(turnId);
}

/** Put the whole answer into the log. */
export function finish(done) {
  const sources = drafts.get(done.turn_id)?.sources ?? [];
  forget(done.turn_id);
  const item = pattern("lilo");
  document.getElementById("latest")?.removeAttribute("id");
  item.id = "latest";
  item.dataset.turn = done.turn_id;
  writeWords(item.querySelector(".words"), done.text, sources);
  writeSources(item.querySelector(".sources"), sources);
  item.querySelector(".choices").append(...choiceButtons(done.choices ?? []));
  item.querySelector(".choices").hidden = !done.choices?.length;
  item.querySelector("[data-reads]").dataset.reads = done.text.replace(MARK, "");
  item.querySelector("[data-reads]").hidden = !("speechSynthesis" in window);
  const further = done.suggestions.filter((words) => words !== TELL_ME_MORE);
  item.querySelector(".more").hidden = further.length === done.suggestions.length;
  item.querySelector(".further").append(...further.map((words) => button("text", words, words, "button small")));
  item.querySelector(".further").hidden = !further.length;
  const feedback = item.querySelector("[data-feedback]");
  feedback.querySelector("[name=turn_id]").value = done.turn_id;
  feedback.hidden = !["answer", "abstention"].includes(done.kind);
  log.append(item);
  makeRoom(item);
}

/** What Lilo says to an opinion of an answer, in the place of its buttons; it may ask something. */
export function showThanks(event) {
  const from = log.querySelector(`[data-turn="${event.turn_id}"] [data-feedback]`);
  if (!from) return;
  const thanks = pattern("thanks");
  thanks.querySelector(".words").textContent = event.text;
  if (event.choices?.length) thanks.querySelector(".choices").append(...choiceButtons(event.choices));
  else thanks.querySelector(".choices").remove();
  const hadFocus = from.contains(document.activeElement);
  from.replaceWith(thanks);
  if (hadFocus) thanks.querySelector("button")?.focus();
  makeRoom(thanks);
}

function writeWords(place, text, sources) {
  const byNumber = new Map(sources.map((source) => [String(source.number), source]));
  let start = 0;
  for (const mark of text.matchAll(MARK)) {
    place.append(text.slice(start, mark.index));
    start = mark.index + mark[0].length;
    const source = byNumber.get(mark[1]);
    if (!source) continue;
    const link = Object.assign(document.createElement("a"), { href: entryAddress(source), textContent: source.number });
    link.setAttribute("aria-label", `Source ${source.number}`);
    const sup = document.createElement("sup");
    sup.append(link);
    place.append(sup);
  }
  place.append(text.slice(start));
}

function writeSources(place, sources) {
  place.replaceChildren(
    ...sources.map((source) => {
      const item = pattern("source");
      item.querySelector("a").href = entryAddress(source);
      item.querySelector(".number").textContent = source.number;
      item.querySelector(".name").textContent = source.title;
      item.querySelector(".quiet").textContent = [source.publisher, checked(source.checked)].filter(Boolean).join(", ");
      return item;
    }),
  );
}

function entryAddress(source) {
  return `/knowledge/${encodeURIComponent(source.key)}/?${new URLSearchParams(source.used.map((sentence) => ["used", sentence]))}`;
}

function checked(day) {
  if (!day) return "";
  const when = new Date(`${day}T12:00:00`);
  const options = { month: "long", ...(when.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" }) };
  return `as of ${when.toLocaleDateString("en-GB", options)}`;
}

/** Danger: fixed words, whom to ring, what to press, what to do meanwhile. */
export function showDanger(event) {
  dangerOf(event.turn_id)?.remove(); // a question that turned out graver
  const card = pattern("danger");
  card.dataset.turn = event.turn_id;
  card.dataset.level = event.level;
  card.querySelector(".name").textContent = event.level === "E" ? "This may be an emergency" : "Are you all right?";
  card.querySelector(".words").textContent = event.text;
  card.querySelector(".phones").append(
    ...event.phones.map((phone) => {
      const item = pattern("phone");
      item.querySelector("a").href = phone.tel;
      item.querySelector(".who").textContent = phone.label;
      item.querySelector(".number").textContent = phone.number;
      return item;
    }),
  );
  card.querySelector(".choices").append(...choiceButtons(event.choices));
  if (event.level === "A") card.querySelector(".choices").after(card.querySelector(".phones")); // first the question
  card.querySelector(".steps").append(...event.steps.map((step) => Object.assign(document.createElement("li"), { textContent: step })));
  log.append(card);
  card.scrollIntoView({ block: "start" });
}

/** A reminder, or news of an alert. The same reminder a second time takes the place of the first. */
export function showNotice(title, words, { key = "", choices = [] } = {}) {
  if (key) log.querySelector(`[data-card="${key}"]`)?.remove();
  const card = pattern("notice");
  card.dataset.card = key;
  card.querySelector(".name").textContent = title;
  card.querySelector(".words").textContent = words;
  if (choices.length) card.querySelector(".choices").append(...choiceButtons(choices));
  else card.querySelector(".choices").remove();
  const reads = card.querySelector("[data-reads]");
  reads.dataset.reads = `${title} ${words}`;
  reads.hidden = !("speechSynthesis" in window);
  log.append(card);
  makeRoom(card);
  return reads;
}

/** What one of the family writes, with its quick answers. False where it is shown already. */
export function showFamilyMessage(event) {
  if (log.querySelector(`[data-card="${event.message_id}"]`)) return false;
  const card = pattern("family");
  card.dataset.card = event.message_id;
  card.dataset.unseen = `/messages/${event.message_id}/seen/`;
  card.querySelector(".name").textContent = `${event.sender} writes`;
  card.querySelector(".words").textContent = event.text;
  if (event.choices.length) card.querySelector(".choices").append(...event.choices.map((choice) => button("text", choice.value, choice.label, "button tall")));
  else card.querySelector(".choices").remove();
  const answer = card.querySelector("a");
  answer.href += `?to=${event.sender_id}#compose`;
  Object.assign(answer.dataset, { answers: event.sender_id, name: event.sender });
  answer.querySelector("span").textContent = `Answer ${event.sender}`;
  const reads = card.querySelector("[data-reads]");
  reads.dataset.reads = `${event.sender} writes: ${event.text}`;
  reads.hidden = !("speechSynthesis" in window);
  log.append(card);
  if (event.aloud) makeRoom(card);
  return true;
}

const choiceButtons = (choices) => choices.map((choice, place) => button("text", choice.value, choice.label, place ? "button tall" : "button main tall"));

function button(name, value, words, classes) {
  return Object.assign(document.createElement("button"), { name, value, textContent: words, className: classes });
}

/** Bring an answer into view as it grows, but never push its own beginning off the page. */
function makeRoom(item) {
  const top = document.querySelector(".top").getBoundingClientRect().bottom + 12;
  const foot = document.querySelector(".foot").getBoundingClientRect().top - 12;
  const box = item.getBoundingClientRect();
  const wanted = Math.min(box.bottom - foot, box.top - top);
  if (wanted > 0) scrollBy(0, wanted);
}

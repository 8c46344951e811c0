// The board: rows that the server sends anew go where they belong, and every minute the page compares itself with the
// server's, so that whoever moves in, and how long ago things were, is never more than a minute old.

const MINUTE_MS = 60_000;
const board = document.getElementById("board");

if (board) {
  new MutationObserver(settle).observe(board, { childList: true, subtree: true });
  document.addEventListener("lilo:live", compare);
  setInterval(compare, MINUTE_MS);
}

/** Put each row that stands in the wrong part, or out of order, where it belongs. */
function settle() {
  for (const list of board.querySelectorAll(".residents")) {
    for (const row of [...list.children]) {
      if (row.dataset.level !== list.dataset.level) place(row);
    }
  }
  count();
}

function place(row) {
  const list = board.querySelector(`.residents[data-level="${CSS.escape(row.dataset.level)}"]`);
  if (!list) return;
  const focused = row.contains(document.activeElement) ? document.activeElement : null;
  const after = [...list.children].find((other) => other !== row && other.dataset.order > row.dataset.order);
  row.classList.add("has-moved");
  list.insertBefore(row, after ?? null);
  focused?.focus({ preventScroll: true });
}

/** How many stand in each part, and the headline. */
function count() {
  for (const list of board.querySelectorAll(".residents")) {
    const place = list.parentElement.querySelector(".level-count");
    const number = String(list.children.length);
    if (place.textContent !== number) place.textContent = number;
  }
  const title = document.getElementById("board-title");
  const of = (level) => board.querySelectorAll(`.residents[data-level="${level}"] > *`).length;
  const words = headline(of(0), of(1), board.querySelectorAll(".resident").length);
  if (words && title.textContent.trim() !== words) title.textContent = words;
}

/** In the same words as the server's. */
function headline(help, look, all) {
  if (help) return `${help} need${help === 1 ? "s" : ""} help now`;
  if (look) return `${look} to look in on`;
  return all ? `All ${all} are looked after` : "";
}

/** Take from a fresh reading of this page what is different, row by row. */
async function compare() {
  let fresh;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return; // without a network the page says so at its top, and the next minute tries again
  }
  const rows = new Map([...fresh.querySelectorAll(".resident")].map((row) => [row.id, row]));
  for (const old of board.querySelectorAll(".resident")) {
    const row = rows.get(old.id);
    rows.delete(old.id);
    if (!row) old.remove();
    else if (old.dataset.level !== row.dataset.level || wordsOf(old) !== wordsOf(row)) replace(old, row);
  }
  for (const row of rows.values()) {
    board.querySelector(".residents").append(document.adoptNode(row));
  }
  settle();
  if (rows.size) document.dispatchEvent(new Event("htmx:afterSwap"));
}

function replace(old, row) {
  const focused = old.contains(document.activeElement);
  const fresh = document.adoptNode(row);
  old.replaceWith(fresh);
  if (focused) (fresh.querySelector("button") ?? fresh.querySelector("a")).focus({ preventScroll: true });
}

/** What a row says, but how long ago: that grows by itself. */
function wordsOf(row) {
  return [...row.querySelectorAll(".who, .words, .button")].map((part) => [...part.childNodes].filter((node) => node.localName !== "time").map((node) => node.textContent).join("")).join("|");
}

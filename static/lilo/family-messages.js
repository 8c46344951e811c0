// Words from and to the senior's people, on the talk page: whom the next words go to, and what has been looked at.

const form = document.getElementById("compose");
const bar = document.getElementById("addressee");
const log = document.getElementById("log");
const inView = new Set();

/** Whom the words go to, or null: they are for Lilo. */
export function addressee() {
  return form.to.value ? { id: form.to.value, name: bar.querySelector(".name").textContent } : null;
}

/** From now on the words go to this person; without one, to Lilo again. */
export function writeTo(person) {
  form.to.value = person?.id ?? "";
  bar.hidden = !person;
  bar.querySelector(".name").textContent = person?.name ?? "";
  form.classList.toggle("to-family", Boolean(person));
  form.querySelector(".to-name").textContent = person?.name ?? "Lilo";
}

// A message counts as seen when it is in view and somebody touches the page: an open page alone has no eyes.

const eyes = new IntersectionObserver((changes) => {
  for (const change of changes) change.isIntersecting ? inView.add(change.target) : inView.delete(change.target);
});

/** Look out for messages that were not seen yet. */
export function watchUnseen() {
  for (const card of log.querySelectorAll("[data-unseen]")) eyes.observe(card.querySelector(".words"));
}

for (const touch of ["pointerdown", "keydown"]) {
  document.addEventListener(touch, () => inView.forEach((words) => see(words.closest("[data-unseen]"), words)), { passive: true });
}

async function see(card, words) {
  inView.delete(words);
  eyes.unobserve(words);
  if (!card) return;
  try {
    const token = form.elements.csrfmiddlewaretoken.value;
    const response = await fetch(card.dataset.unseen, { method: "POST", headers: { "X-CSRFToken": token }, mode: "cors" });
    if (response.ok) return card.removeAttribute("data-unseen");
  } catch {
    // no connection: it is noticed at the next touch
  }
  eyes.observe(words);
}

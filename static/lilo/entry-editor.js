// Hints while a curator writes an entry: the server's own rules, asked half a second after the last key.
(() => {
  "use strict";
  const FIELDS = ["question", "alternatives", "answer"];

  function start() {
    const form = document.getElementById("entry_form");
    const answer = document.getElementById("id_answer");
    if (!form || !answer) return;
    const address = new URL(window.location.pathname.replace(/(add|[^/]+\/change)\/$/, "check/"), window.location.origin);
    const hints = Object.fromEntries(FIELDS.map((name) => [name, placeFor(name)]));
    let timer = 0;
    let latest = 0;

    async function check() {
      const asked = ++latest;
      const body = new FormData();
      for (const name of [...FIELDS, "category"]) body.append(name, form.elements[name]?.value ?? "");
      body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      let reply;
      try {
        reply = await fetch(address, { method: "POST", body, credentials: "same-origin" });
      } catch {
        return; // no connection: the rules are asked again when the entry is saved
      }
      if (!reply.ok || asked !== latest) return;
      show(await reply.json());
    }

    function show(found) {
      for (const name of FIELDS) {
        const lines = found.problems.filter((problem) => problem.field === name).map((problem) => problem.message);
        const fine = lines.length === 0 && name === "answer";
        if (fine) lines.push(`${found.words} words, reading grade ${found.grade}.`);
        hints[name].classList.toggle("fine", fine);
        hints[name].replaceChildren(...lines.map(item));
      }
    }

    form.addEventListener("input", (event) => {
      if (![...FIELDS, "category"].includes(event.target.name)) return;
      window.clearTimeout(timer);
      timer = window.setTimeout(check, 500);
    });
    if (answer.value) check();
  }

  function placeFor(name) {
    const list = document.createElement("ul");
    list.className = "lilo-hints";
    list.setAttribute("aria-live", "polite");
    document.getElementById(`id_${name}`).after(list);
    return list;
  }

  function item(text) {
    const line = document.createElement("li");
    line.textContent = text;
    return line;
  }

  document.addEventListener("DOMContentLoaded", start);
})();

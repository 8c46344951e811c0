// Hints while a curator writes an entry, asked shortly after the last key: the server's own rules, and the entries like it.
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

    const near = nearOf(form);
    form.addEventListener("input", (event) => {
      if (![...FIELDS, "category"].includes(event.target.name)) return;
      window.clearTimeout(timer);
      timer = window.setTimeout(check, 500);
      near.soon();
    });
    if (answer.value) {
      check();
      near.now();
    }
  }

  // The entries like the words typed, in the panel beside the form. The model is asked later and less often than the rules.
  function nearOf(form) {
    const panel = document.getElementById("look-alikes");
    let timer = 0;
    let running = null;

    async function ask() {
      running?.abort();
      running = new AbortController();
      const body = new FormData();
      for (const name of ["question", "answer", "csrfmiddlewaretoken"]) body.append(name, form.elements[name]?.value ?? "");
      body.append("entry", panel.dataset.entry);
      try {
        const reply = await fetch(panel.dataset.address, { method: "POST", body, credentials: "same-origin", signal: running.signal });
        if (reply.ok) show((await reply.json()).near);
      } catch {
        return; // no connection, or newer words were typed: the entries are compared again when it is submitted
      }
    }

    function show(entries) {
      panel.hidden = entries.length === 0;
      panel.querySelector("ul").replaceChildren(...entries.map(other));
    }

    function other(entry) {
      const line = document.createElement("li");
      const link = document.createElement("a");
      link.href = entry.link;
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = entry.question;
      line.append(text("strong", entry.very_like ? "Very like" : "Like"), link, text("span", entry.status));
      line.lastChild.className = "lilo-quiet";
      for (const hint of entry.disagreements) {
        const block = document.createElement("div");
        block.className = "lilo-hint";
        block.append(text("strong", `They may disagree. ${hint.how}`), text("p", `Here: “${hint.ours}”`), text("p", `There: “${hint.theirs}”`));
        line.append(block);
      }
      return line;
    }

    return {
      now: ask,
      soon() {
        window.clearTimeout(timer);
        timer = window.setTimeout(ask, 1200);
      },
    };
  }

  function text(tag, words) {
    const element = document.createElement(tag);
    element.textContent = words;
    return element;
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

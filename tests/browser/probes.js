// What the browser tests measure on a page.
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)].filter((node) => node.checkVisibility());
  const name = (node) => node.outerHTML.slice(0, 100);
  const hasWords = (node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  const inSentence = (node) => node.closest("sup, .skip, p:not(:has(> .button))");

  window.probe = {
    smallType: () =>
      all("body *")
        .filter((node) => hasWords(node) && !node.closest("sup, .heard") && parseFloat(getComputedStyle(node).fontSize) < 16)
        .map(name),

    smallTargets: () =>
      all("a, button, input:not([type=hidden]), textarea, select, summary")
        .filter((node) => !inSentence(node))
        .map((node) => node.closest("label.option") ?? node) // the whole line is pressed
        .map((node) => [name(node), node.getBoundingClientRect(), node.matches(".help, .speak, .send, .tall") ? 85 : 56])
        .filter(([, box, least]) => box.width && (box.width < least || box.height < least))
        .map(([html, box]) => `${html} is ${Math.round(box.width)} x ${Math.round(box.height)}`),

    sidewaysScroll: () => document.documentElement.scrollWidth - document.documentElement.clientWidth,

    inTheWay: () => all("body *").filter((node) => ["sticky", "fixed"].includes(getComputedStyle(node).position)).map(name),

    thinEdges: () => all(".button").filter((node) => parseFloat(getComputedStyle(node).borderTopWidth) < 1).map(name),

    firstInTabOrder: () => document.querySelector("a, button, input:not([type=hidden])").textContent.trim(),

    textSize: () => getComputedStyle(document.body).fontSize,

    watch() {
      window.seen = { streamed: [], status: [], added: [] };
      const streaming = document.getElementById("streaming");
      const status = document.getElementById("status");
      const observe = (place, act, options) => new MutationObserver(act).observe(place, options);
      const deep = { childList: true, subtree: true, characterData: true };
      observe(streaming, () => seen.streamed.push(streaming.innerText.trim().length), deep);
      observe(status, () => seen.status.push(status.textContent), deep);
      observe(
        document.getElementById("log"),
        (changes) => changes.forEach((change) => change.addedNodes.forEach((node) => seen.added.push(node.className))),
        { childList: true },
      );
    },
  };
})();

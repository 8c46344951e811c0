// Landmarks that the admin's theme leaves out, so that a screen reader can jump to the page itself.
window.addEventListener("load", () => {
  "use strict";
  document.getElementById("main")?.setAttribute("role", "main");
  for (const badge of document.querySelectorAll("a > span + span:last-child")) badge.hidden = !badge.textContent.trim(); // nothing waits
  for (const icon of document.querySelectorAll(".material-symbols-outlined")) {
    if (icon.parentElement.textContent.trim() !== icon.textContent.trim()) icon.setAttribute("aria-hidden", "true"); // words stand beside it
  }
  document.querySelectorAll(".simplebar-content-wrapper").forEach((part, index) => {
    part.setAttribute("aria-label", `Scrolling part ${index + 1}`);
  });
});

// Pressed twice, a button acts once: the second press would find the page's words out of date.
document.addEventListener("submit", (event) => {
  "use strict";
  if (event.target.method !== "post" || event.defaultPrevented) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  "use strict";
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent; // come back to
});

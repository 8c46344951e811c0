// Landmarks that the admin's theme leaves out, so that a screen reader can jump to the page itself.
window.addEventListener("load", () => {
  "use strict";
  document.getElementById("main")?.setAttribute("role", "main");
  document.querySelectorAll(".simplebar-content-wrapper").forEach((part, index) => {
    part.setAttribute("aria-label", `Scrolling part ${index + 1}`);
  });
});

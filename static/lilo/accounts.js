// The account pages: passwords can be shown, and the time zone is the device's own. Each page works without this.
"use strict";

for (const input of document.querySelectorAll("[data-password]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small";
  button.setAttribute("aria-controls", input.id);
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    button.textContent = shown ? "Hide the password" : "Show the password";
  };
  button.addEventListener("click", () => show(input.type === "password"));
  input.form.addEventListener("submit", () => show(false));
  show(false);
  input.after(button);
}

const zones = document.querySelector("[data-time-zone] select[name=time_zone]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zones && [...zones.options].some((option) => option.value === own) && !zones.closest("form").querySelector("[aria-invalid=true]")) {
  zones.value = own;
}

// What every page of the senior has: help as a dialog, and a clock that keeps going.

for (const opener of document.querySelectorAll("[data-opens]")) watch(opener);

/** Open the dialog instead of following the link, so that the talk stays where it is. */
export function watch(opener) {
  const dialog = document.getElementById(opener.dataset.opens);
  if (!dialog?.showModal) return;
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
  });
}

for (const closer of document.querySelectorAll("[data-closes]")) {
  closer.addEventListener("click", () => closer.closest("dialog").close());
}

const clock = document.querySelector("[data-clock]");
if (clock) setInterval(() => tell(clock, new Date()), 10_000);

function tell(place, now) {
  const options = { timeZone: place.dataset.clock };
  const parts = (more) =>
    Object.fromEntries(new Intl.DateTimeFormat("en-US", { ...options, ...more }).formatToParts(now).map((part) => [part.type, part.value]));
  const date = parts({ weekday: "long", day: "numeric", month: "long" });
  const time = parts({ hour: "numeric", minute: "2-digit", hour12: true });
  const [weekday, day] = place.querySelectorAll(".day span");
  weekday.textContent = `${date.weekday},`;
  day.textContent = `${date.day} ${date.month}`;
  place.querySelector(".time").textContent = `${time.hour}:${time.minute} ${time.dayPeriod === "AM" ? "a.m." : "p.m."}`;
}

// Notices on this device: on the page "How Lilo reaches me".

const place = document.getElementById("push");
const press = place?.querySelector("button");
const state = place?.querySelector("[role=status]");

if (place) start();

async function start() {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return say(place.dataset.cannot);
  const how = await fetch(place.dataset.how).then((answer) => (answer.ok ? answer.json() : null));
  if (!how) return say(place.dataset.cannot);
  if (Notification.permission === "denied") return say(place.dataset.denied);
  const worker = await navigator.serviceWorker.register("/service-worker.js", { scope: "/" });
  const mine = await worker.pushManager.getSubscription();
  if (mine && how.known.includes(await fingerprint(mine.endpoint))) return say(place.dataset.on);
  press.hidden = false;
  press.addEventListener("click", () => turnOn(how.key));
}

async function turnOn(key) {
  press.disabled = true;
  try {
    if ((await Notification.requestPermission()) !== "granted") return say(place.dataset.denied);
    const worker = await navigator.serviceWorker.ready;
    // One that is not this person's was made by somebody else who used this browser: theirs must end here.
    await (await worker.pushManager.getSubscription())?.unsubscribe();
    const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
    const token = place.querySelector("[name=csrfmiddlewaretoken]").value;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    const answer = await fetch(place.dataset.subscribe, { method: "POST", headers, body: JSON.stringify(made) });
    if (!answer.ok) return say((await answer.json()).message ?? place.dataset.cannot);
    press.hidden = true;
    say(place.dataset.sent);
  } catch {
    say(place.dataset.failed);
  } finally {
    press.disabled = false;
  }
}

function say(words) {
  state.textContent = words;
}

async function fingerprint(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytes(base64url) {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0));
}

// Woken by the browser when a notice comes, also while no page of Lilo's is open. It keeps nothing and caches nothing.

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("push", (event) => {
  const notice = event.data?.json() ?? { title: "Lilo: please open", body: "", path: "/", tag: "lilo", urgent: false, token: "" };
  event.waitUntil(Promise.all([show(notice), notice.token && tellThatItArrived(notice.token)]));
});

function show({ title, body, path, tag, urgent }) {
  return registration.showNotification(title, {
    body,
    tag,
    renotify: urgent,
    requireInteraction: urgent,
    data: { path },
    icon: "{icon}",
    vibrate: urgent ? [400, 150, 400, 150, 400] : [200],
  });
}

async function tellThatItArrived(token) {
  try {
    await fetch("/push/arrived/", { method: "POST", body: new URLSearchParams({ token }) });
  } catch {
    // no connection just now: the next notice says it again
  }
}

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.path));
});

/** A page of Lilo's that shows this already is brought to the front; else a new one is opened. */
async function open(path) {
  const address = new URL(path, location.origin);
  if (address.origin !== location.origin) return;
  const pages = await clients.matchAll({ type: "window" });
  const there = pages.find((page) => new URL(page.url).pathname === address.pathname);
  await (there ? there.focus() : clients.openWindow(address.href));
}

// Shows an alert that the server has sent to this browser, and opens what it is about. It controls no page and fetches nothing.

self.addEventListener('push', (event) => event.waitUntil(show(pushedIn(event.data))));

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.link ?? '/'));
});

function pushedIn(data) {
  try {
    return data.json();
  } catch {
    return {};
  }
}

/** What came last about a matter takes the place of what came before; that it is settled is said without a sound. */
function show({ tag = 'bridge', title = 'bridge', text = 'An agent needs you.', link = null, isSettled = false }) {
  const sound = isSettled ? { silent: true } : { renotify: true };
  return self.registration.showNotification(title, { body: text, tag, data: { link }, ...sound });
}

// Shows an alert that the server has sent to this browser, and opens what it is about. It controls no page and fetches nothing.

self.addEventListener('push', (event) => event.waitUntil(show(pushedIn(event.data))));

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.link ?? '/'));
});

/** What the server sends. */
const fields = { tag: 'string', title: 'string', text: 'string', link: 'string', isSettled: 'boolean' };

/** Those fields that have come and are what they should be: whatever else comes, a person is called all the same. */
function pushedIn(data) {
  const isOurs = ([name, value]) => Object.hasOwn(fields, name) && typeof value === fields[name] && value !== '';
  return Object.fromEntries(Object.entries(Object(jsonIn(data))).filter(isOurs));
}

function jsonIn(data) {
  try {
    return data.json();
  } catch {
    return null;
  }
}

/** What came last about a matter takes the place of what came before; that it is settled is said without a sound. */
function show({ tag = 'bridge', title = 'bridge', text = 'An agent needs you.', link = null, isSettled = false }) {
  const sound = isSettled ? { silent: true } : { renotify: true };
  return self.registration.showNotification(title, { body: text, tag, data: { link }, ...sound });
}

// Shows alerts while no page is open. What comes was encrypted for this browser alone.
"use strict";

self.addEventListener("push", (event) => {
  const told = event.data.json();
  // A second copy of an alert takes the place of the first.
  event.waitUntil(self.registration.showNotification(told.title, { body: told.text, tag: told.tag, data: { link: told.link }, requireInteraction: true }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.link));
});

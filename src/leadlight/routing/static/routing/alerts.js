// The switch for alerts on this device. Without it the page lists the devices and says what is missing.
(() => {
  "use strict";
  const part = document.querySelector("[data-push]");
  const button = part.querySelector("button"), said = part.querySelector("[role=status]");
  if (!("serviceWorker" in navigator && "PushManager" in window)) {
    said.textContent = "This browser cannot show alerts. On an iPhone, first add Leadlight to the home screen and open it there.";
    return;
  }
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

  const turnOn = async () => {
    if (await Notification.requestPermission() !== "granted") {
      said.textContent = "This browser does not let Leadlight show alerts. Allow notifications for this address in its settings, then try again.";
      return;
    }
    await navigator.serviceWorker.register(part.dataset.worker);
    const { pushManager } = await navigator.serviceWorker.ready;
    const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(part.dataset.push) });
    const answer = await fetch(part.dataset.subscribe, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": part.querySelector("[name=csrfmiddlewaretoken]").value },
      body: JSON.stringify(subscription),
    });
    if (answer.ok) location.reload();
    else said.textContent = answer.headers.get("Content-Type")?.startsWith("text/plain") ? await answer.text() : "That did not work. Load the page again, and try once more.";
  };

  button.hidden = false;
  said.textContent = "";
  button.addEventListener("click", () => turnOn().catch(() => { said.textContent = "This browser could not be reached by its alert service. Try again in a while."; }));
})();

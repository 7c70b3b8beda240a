// Keyboard on lists: j and k move, enter opens, / searches, ? shows the keys, escape closes. All works without.
(() => {
  "use strict";
  const rows = () => [...document.querySelectorAll("[data-rows] tbody tr")];
  const writing = (node) => node.closest("input, select, textarea, [contenteditable]") !== null;

  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.classList.contains("at"));
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
    if (at >= 0) all[at].classList.remove("at");
    all[next].classList.add("at");
    all[next].querySelector("a")?.focus({ preventScroll: true });
    all[next].scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) {
      if (event.key === "Escape" && writing(event.target)) event.target.blur();
      return;
    }
    const search = document.querySelector("input[type=search]");
    const keys = document.querySelector("dialog[data-keys]");
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "/" && search) { search.focus(); search.select(); }
    else if (event.key === "?" && keys && !keys.open) keys.showModal();
    else return;
    event.preventDefault();
  });

  // A menu closes when one clicks elsewhere or presses escape.
  const close = (except) => document.querySelectorAll("details.me[open]").forEach((menu) => { if (!menu.contains(except)) menu.open = false; });
  document.addEventListener("click", (event) => close(event.target));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(null); });
})();

// Open pages keep themselves up to date: they ask whether the parts they show still hold (`data-key`, `data-mark`),
// and put in those that changed. Without this the page simply shows what it was made with.
(() => {
  "use strict";
  const live = document.querySelector("[data-live]");
  if (!live) return;
  const part = (name) => live.querySelector(`[data-${name}]`);
  const every = 1000 * Number(live.dataset.every);
  const ahead = Date.parse(live.dataset.now) - Date.now(); // of this machine's clock
  const SLOWEST = 60_000, SHOWN = 4_000, MOST = 100;
  let failures = 0, timer = 0, asking = false, over = false;

  const isPart = (node) => node.nodeType === Node.ELEMENT_NODE && node.dataset.key !== undefined;
  const alike = (one, other) => one.nodeName === other.nodeName && one.dataset?.key === other.dataset?.key;

  // Makes `old` like `fresh` and leaves alone whatever already is: what has the focus or is being read stays there.
  const become = (old, fresh) => {
    if (old.isEqualNode(fresh)) return;
    if (old.nodeType !== Node.ELEMENT_NODE) { old.data = fresh.data; return; }
    if (old.dataset.still !== undefined) return; // what somebody typed, and what names this page's forms
    const at = old.classList.contains("at");
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    if (at) old.classList.add("at");
    const rest = [...old.childNodes];
    for (const child of [...fresh.childNodes]) {
      const place = isPart(child) ? rest.findIndex((node) => alike(node, child)) : rest.length && alike(rest[0], child) ? 0 : -1;
      if (place < 0) { old.insertBefore(child, rest[0] ?? null); continue; }
      rest.splice(0, place).forEach((node) => node.remove());
      become(rest.shift(), child);
    }
    rest.forEach((node) => node.remove());
  };

  // The first thing in view that stands for something; nothing at the top of a page, where news may push.
  const firstInView = () => scrollY === 0 ? undefined
    : [...document.querySelectorAll("main [data-key]")].find((node) => node.getBoundingClientRect().top >= 0);

  const put = (text) => {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const anchor = firstInView(), top = anchor?.getBoundingClientRect().top;
    const changed = new Set();
    for (const found of fresh.querySelectorAll("[data-key]")) {
      if (found.parentElement.closest("[data-key]")) continue;
      for (const old of document.querySelectorAll(`main [data-key="${found.dataset.key}"]`)) {
        const before = old.querySelector(".score")?.textContent;
        become(old, found.cloneNode(true));
        if (old.dataset.mark !== undefined && found.dataset.key !== "new") changed.add(found.dataset.key);
        const score = old.querySelector(".score");
        if (score && score.textContent !== before) {
          score.classList.add("moved");
          setTimeout(() => score.classList.remove("moved"), SHOWN);
        }
      }
    }
    if (anchor?.isConnected) scrollBy(0, anchor.getBoundingClientRect().top - top);
    if (changed.has("head")) part("said").textContent = "This lead changed";
    else if (changed.has("queue")) part("said").textContent = "The queue changed";
    else if (changed.size) part("said").textContent = changed.size === 1 ? "1 lead changed" : `${changed.size} leads changed`;
  };

  const age = () => {
    for (const node of document.querySelectorAll("main time[data-ago]")) {
      const minutes = Math.max(0, Math.floor((Date.now() + ahead - Date.parse(node.dateTime)) / 60_000));
      if (minutes >= 24 * 60) continue; // days do not pass while one looks
      const said = minutes < 1 ? "now" : minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
      if (node.textContent !== said) node.textContent = said;
    }
  };

  // The five minutes run while one looks.
  const PROMISE = 300_000;
  const run = () => {
    for (const promise of document.querySelectorAll("main [data-due]")) {
      const left = Date.parse(promise.dataset.due) - Date.now() - ahead, timer = promise.querySelector("[role=timer]");
      if (left > PROMISE || !timer) continue;
      const seconds = Math.max(0, Math.floor(left / 1000)), late = Math.floor(-left / 60_000);
      promise.querySelector("rect:last-of-type").setAttribute("width", Math.min(100, 100 * (1 - left / PROMISE)).toFixed(1));
      if (left > 0) timer.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} left`;
      else if (late < 120) timer.textContent = `${late} min over`;
    }
  };
  setInterval(run, 1000);

  const ask = async () => {
    if (asking || over) return;
    asking = true;
    try {
      const seen = new Set([...document.querySelectorAll("main [data-mark]")].map((node) => `${node.dataset.key}.${node.dataset.mark}`));
      const asks = [live, ...document.querySelectorAll("main [data-asks]")].map((node) => node.dataset.ask ?? node.dataset.asks);
      const address = `${live.dataset.live}?${asks.join("&")}&seen=${[...seen].slice(0, MOST)}`;
      const answer = await fetch(address, { redirect: "manual", signal: AbortSignal.timeout(10_000) });
      // Sent to sign in, or not to be seen any more: asking again would be of no use.
      if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404) over = true;
      else if (answer.status === 200) put(await answer.text());
      else if (answer.status !== 204) throw new Error(`answered ${answer.status}`);
      failures = 0;
    } catch {
      failures += 1;
    }
    asking = false;
    part("over").hidden = !over;
    part("away").hidden = over || failures < 3;
    age();
    later();
  };

  const later = () => {
    clearTimeout(timer);
    if (over || document.hidden) return;
    const spread = 0.9 + 0.2 * Math.random(); // pages opened together do not ask together
    timer = setTimeout(ask, Math.min(SLOWEST, every * 2 ** failures) * spread);
  };

  document.addEventListener("visibilitychange", () => { if (document.hidden) clearTimeout(timer); else ask(); });
  later();
})();

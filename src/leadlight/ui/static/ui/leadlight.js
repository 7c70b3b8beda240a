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

// Comfort only: everything on the page works without this file.
"use strict";
document.documentElement.classList.add("js");

// Keys. Off while typing, while an input method composes (Japanese), and with any modifier held.
const STORE = "imprimatur-keys"; // {"a": "j"}: pressing j does what a does
let remapped = {};
try { remapped = JSON.parse(localStorage.getItem(STORE) || "{}"); } catch { remapped = {}; }
const meant = (pressed) => Object.keys(remapped).find((key) => remapped[key] === pressed) || (remapped[pressed] ? "" : pressed); // the old key of a moved one does nothing
const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target)) { if (event.key === "Escape") event.target.blur(); return; }
  const key = meant(event.key);
  if (!key) return;
  if (key === "Enter" && event.target.closest("a, button, summary")) return; // the focused thing answers itself
  if (key === "j" || key === "k") { if (move(key === "j" ? 1 : -1)) event.preventDefault(); return; }
  const found = [...document.querySelectorAll("[data-key]")].find((item) => item.dataset.key === key && !item.disabled);
  if (!found) return;
  event.preventDefault();
  if (found.matches("input, select, textarea")) found.focus(); else found.click();
});

// j and k walk through the pictures of a listing.
function move(step) {
  const links = [...document.querySelectorAll("[data-tile]")];
  if (!links.length) return false;
  const here = links.indexOf(document.activeElement);
  const next = links[Math.min(links.length - 1, Math.max(0, here + step))];
  next.focus();
  next.closest("li").scrollIntoView({ block: "nearest" });
  return true;
}

// Keys shown on buttons follow the reviewer's own choice.
for (const item of document.querySelectorAll("[data-key]")) {
  const shown = item.querySelector("kbd"), mine = remapped[item.dataset.key];
  if (shown && mine) shown.textContent = mine;
}

// Choosing keys, on the account page.
const chooser = document.querySelector("[data-keys]");
if (chooser) {
  chooser.hidden = false;
  for (const field of chooser.querySelectorAll("[data-remap]")) {
    field.value = remapped[field.dataset.remap] || "";
    field.addEventListener("change", () => {
      const typed = field.value.trim();
      if (typed && typed !== field.dataset.remap) remapped[field.dataset.remap] = typed;
      else delete remapped[field.dataset.remap];
      localStorage.setItem(STORE, JSON.stringify(remapped));
    });
  }
}

// Boxes over the picture.
const boxes = document.querySelector(".boxes"), toggle = document.querySelector("[data-toggle-boxes]");
if (boxes && toggle) {
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const off = boxes.classList.toggle("off");
    toggle.setAttribute("aria-pressed", String(!off));
  });
  for (const item of document.querySelectorAll("[data-finding]")) {
    const box = boxes.querySelector(`[data-box~="${item.dataset.finding}"]`);
    if (!box) continue;
    item.addEventListener("mouseenter", () => box.classList.add("strong"));
    item.addEventListener("mouseleave", () => box.classList.remove("strong"));
  }
}

// Many at once: the bar shows when something is picked.
const bulk = document.querySelector("[data-bulk]");
if (bulk) {
  const count = () => {
    const picked = bulk.querySelectorAll("[name=pick]:checked").length;
    bulk.querySelector(".bulk").classList.toggle("some", picked > 0);
    bulk.querySelector("[data-picked]").textContent = picked || "";
  };
  bulk.addEventListener("change", count);
  count();
}

// A form that was just opened takes the keyboard.
const first = document.querySelector("[data-focus]");
if (first) first.focus({ preventScroll: true });

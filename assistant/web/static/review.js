// Reading answers by keyboard: 1 to 4 give a verdict, n and p go on and back; the time it took.
"use strict";

const form = document.querySelector("form.opened");
const switched = document.querySelector("#shortcuts");
const OFF = "sourcier-shortcuts-off";
let dirty = false;

// A key that is typed into a field, or held with another one, is no shortcut.
function isTyped(event) {
  const typed = event.target.closest("textarea, select, input:not([type=radio])");
  return typed || event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
}

// The verdicts of what has the focus, else those on the whole answer.
function choicesAt(element) {
  const group = element.closest("fieldset.mark-of") ?? form.querySelector(".whole-mark fieldset");
  return [...group.querySelectorAll("input[type=radio]")].filter((each) => each.value);
}

function choose(number, element) {
  const choice = choicesAt(element)[number - 1];
  if (!choice) return;
  choice.checked = true;
  choice.focus();
  choice.dispatchEvent(new Event("change", { bubbles: true }));
}

function go(relation) {
  document.querySelector(`a[rel=${relation}]`)?.click();
}

document.addEventListener("keydown", (event) => {
  if (isTyped(event) || !switched.checked) return;
  if (/^[1-4]$/.test(event.key)) choose(Number(event.key), event.target);
  else if (event.key === "n") go("next");
  else if (event.key === "p") go("prev");
  else return;
  event.preventDefault();
});

// Single keys get in the way of some: they can be switched off, for good.
switched.checked = localStorage.getItem(OFF) === null;
switched.closest("p").hidden = false;
switched.addEventListener("change", () => {
  if (switched.checked) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
});

// Only the time during which the page can be seen counts.
let looked = 0;
let since = document.hidden ? null : performance.now();
document.addEventListener("visibilitychange", () => {
  if (since !== null) looked += performance.now() - since;
  since = document.hidden ? null : performance.now();
});

form.addEventListener("change", () => (dirty = true));
form.addEventListener("submit", () => {
  dirty = false;
  const now = since === null ? 0 : performance.now() - since;
  form.elements.seconds.value = Math.round((looked + now) / 1000);
});
addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});

// What the page does without the server: marks, viewer, keys, copying, opinions, saving a file.
"use strict";

const byId = (id) => document.getElementById(id);
const calm = matchMedia("(prefers-reduced-motion: reduce)");

// --- marks and passages -------------------------------------------------------------------

function show(target) {
  const turn = target.closest(".turn");
  const panel = target.closest(".evidence");
  const behavior = calm.matches ? "auto" : "smooth";
  if (panel && panel.scrollHeight > panel.clientHeight + 4) {
    const above = target.getBoundingClientRect().top - panel.getBoundingClientRect().top;
    panel.scrollTo({ top: panel.scrollTop + above - 8, behavior });
    const { top, bottom } = panel.getBoundingClientRect();
    if (top > innerHeight * 0.7 || bottom < 80) turn.scrollIntoView({ block: "start", behavior });
  } else {
    target.scrollIntoView({ block: "center", behavior });
  }
  target.focus({ preventScroll: true });
  target.classList.remove("flash");
  void target.offsetWidth; // the animation starts again
  target.classList.add("flash");
}

document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (!link) return;
  const target = link.classList.contains("skip") ? questionField() : byId(link.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  if (link.classList.contains("skip")) target.focus();
  else show(target);
});

// --- the document beside the answer ---------------------------------------------------------

async function openDocument(link) {
  const reply = await fetch(link.href);
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const dialog = document.createElement("dialog");
  dialog.className = "viewer";
  dialog.setAttribute("aria-label", link.getAttribute("aria-label"));
  const close = document.createElement("button");
  close.type = "button";
  close.className = "close";
  close.textContent = document.querySelector("[data-close]").dataset.close;
  close.addEventListener("click", () => dialog.close());
  dialog.append(close, ...page.body.childNodes);
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("#passage")?.scrollIntoView({ block: "center" });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.open-document");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openDocument(link).catch(() => window.open(link.href, "_blank", "noopener"));
});

// --- copying and opinions -------------------------------------------------------------------

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy"); // the only way outside of https and localhost
  field.remove();
  if (!done) throw new Error("copy refused");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button.copy");
  if (!button) return;
  const label = button.textContent;
  const said = await copy(button.dataset.text).then(
    () => button.dataset.done,
    () => button.dataset.failed,
  );
  button.textContent = said;
  announce(said);
  setTimeout(() => (button.textContent = label), 2500);
});

async function rate(form, comment) {
  const thumb = form.querySelector('[aria-pressed="true"]').dataset.thumb;
  const body = JSON.stringify({ record_id: form.dataset.record, thumb, comment });
  const headers = { "Content-Type": "application/json" };
  const reply = await fetch("/rate", { method: "POST", headers, body }).catch(() => ({ ok: false }));
  form.querySelector(".outcome").textContent = reply.ok ? form.dataset.done : form.dataset.failed;
  return reply.ok;
}

document.addEventListener("click", (event) => {
  const thumb = event.target.closest("[data-thumb]");
  if (!thumb) return;
  const form = thumb.form;
  for (const other of form.querySelectorAll("[data-thumb]")) {
    other.setAttribute("aria-pressed", String(other === thumb));
  }
  form.querySelector(".comment").hidden = false;
  rate(form, "");
});

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form.rate");
  if (!form) return;
  event.preventDefault();
  const comment = form.querySelector("input");
  if (comment.value.trim() && (await rate(form, comment.value.trim()))) {
    form.querySelector(".comment").hidden = true;
  }
});

// --- keys -------------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  const stop = byId("stop");
  if (stop?.offsetParent) stop.click();
});

// --- the state of the page, as Gradio redraws it ------------------------------------------------

const questionField = () => document.querySelector("#question-field textarea");
let language = "";
let announcer;

function announce(text) {
  if (announcer && announcer.textContent !== text) announcer.textContent = text;
}

function settle() {
  const masthead = document.querySelector(".masthead");
  if (masthead && masthead.dataset.language !== language) {
    language = masthead.dataset.language;
    document.documentElement.lang = language;
    document.title = masthead.dataset.title;
  }
  const date = document.querySelector("#as-of-field input");
  if (date && date.type !== "date") {
    date.type = "date";
    date.max = "9999-12-31"; // otherwise a year takes six figures
  }
  const question = questionField();
  if (question && !question.id) question.id = "question";
  const parcel = document.querySelector("#outbox a[download]:not([data-saved])");
  if (parcel) {
    parcel.dataset.saved = "";
    const saved = parcel.cloneNode();
    saved.click();
  }
  const status = byId("status");
  if (status) announce(status.textContent.trim());
}

// A new question goes to the top of the window and is held there while Gradio moves the rest,
// until the reader scrolls.
const HOLD = 1500; // milliseconds
let asked = 0;
let held = "";
let heldUntil = 0;

function follow() {
  const turns = document.querySelectorAll(".turn");
  if (turns.length > asked && turns[turns.length - 1].matches(".waiting, .reading")) {
    held = turns[turns.length - 1].id;
    heldUntil = Date.now() + HOLD;
  }
  asked = turns.length;
  if (held && Date.now() < heldUntil) byId(held)?.scrollIntoView({ block: "start" });
}

for (const gesture of ["wheel", "touchmove", "pointerdown", "keydown"]) {
  addEventListener(gesture, () => (held = ""), { passive: true });
}

addEventListener("DOMContentLoaded", () => {
  announcer = document.createElement("div");
  announcer.id = "announcer";
  announcer.className = "unseen";
  announcer.setAttribute("role", "status");
  announcer.setAttribute("aria-live", "polite");
  document.body.append(announcer);
  let planned = false;
  new MutationObserver(() => {
    if (planned) return;
    planned = true;
    requestAnimationFrame(() => {
      planned = false;
      settle();
      follow();
    });
  }).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["data-language", "download", "href"] });
});

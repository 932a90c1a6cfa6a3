// What the page does without the server: marks, viewer, keys, copying, opinions, saving a file.
"use strict";

const byId = (id) => document.getElementById(id);
const narrow = matchMedia("(max-width: 899px)");
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
  else if (link.classList.contains("mark") && narrow.matches) showSheet(target, link);
  else show(target);
});

// Where evidence stands under the answer, a passage comes over it, and leaves to the sentence again.
function showSheet(passage, mark) {
  const copy = passage.cloneNode(true);
  for (const each of [copy, ...copy.querySelectorAll("[id]")]) each.removeAttribute("id");
  copy.querySelector(".back").remove();
  const dialog = showDialog([copy], passage.getAttribute("aria-label"), mark);
  dialog.classList.add("sheet");
}

function showDialog(content, label, opener) {
  const dialog = document.createElement("dialog");
  dialog.className = "viewer";
  dialog.setAttribute("aria-label", label);
  const close = document.createElement("button");
  close.type = "button";
  close.className = "close";
  close.textContent = document.querySelector("[data-close]").dataset.close;
  close.addEventListener("click", () => dialog.close());
  dialog.append(close, ...content);
  dialog.addEventListener("close", () => {
    dialog.remove();
    opener.focus();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

// --- the document beside the answer ---------------------------------------------------------

async function openDocument(link) {
  const reply = await fetch(link.href);
  if (!reply.ok) return window.open(link.href, "_blank", "noopener"); // a page says why
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const main = page.querySelector("main"); // without the frame of the site
  const dialog = showDialog(main ? [main] : page.body.childNodes, link.getAttribute("aria-label"), link);
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

// The vote on an answer, by its number, stays in this browser so that a reload shows it.
const VOTES = "sourcier-votes";
const MOST_VOTES = 400;
const RATED = 60_000;
const votes = () => JSON.parse(localStorage.getItem(VOTES) ?? "{}");

function keepVote(record, thumb) {
  const kept = Object.entries(votes()).filter(([other]) => other !== record);
  const latest = [...kept, [record, thumb]].slice(-MOST_VOTES);
  localStorage.setItem(VOTES, JSON.stringify(Object.fromEntries(latest)));
}

function markVotes() {
  const forms = document.querySelectorAll("form.rate:not([data-marked])");
  if (!forms.length) return;
  const kept = votes();
  for (const form of forms) {
    form.dataset.marked = "";
    const thumb = kept[form.dataset.record];
    if (thumb) form.querySelector(`[data-thumb="${CSS.escape(thumb)}"]`)?.setAttribute("aria-pressed", "true");
  }
}

// Opinions on an answer go one after the other: the last that arrives is the one that counts.
const opinions = new Map();

async function rate(form, comment) {
  const thumb = form.querySelector('[aria-pressed="true"]').dataset.thumb;
  const body = JSON.stringify({ record_id: form.dataset.record, thumb, comment });
  const headers = { "Content-Type": "application/json" };
  const post = () =>
    fetch("/rate", { method: "POST", headers, body, signal: AbortSignal.timeout(RATED) }).catch(() => ({ ok: false }));
  const sent = (opinions.get(form.dataset.record) ?? Promise.resolve()).then(post);
  opinions.set(form.dataset.record, sent);
  const reply = await sent;
  if (reply.ok) keepVote(form.dataset.record, thumb);
  const { done, gone, failed } = form.dataset;
  form.querySelector(".outcome").textContent = reply.ok ? done : reply.status === 404 ? gone : failed;
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

// --- the same question, asked of something else ---------------------------------------------

// What a button holds is put into a field of Gradio that nobody sees, and sent by its button.
function send(value, into, by) {
  const field = document.querySelector(`#${into} :is(textarea, input)`);
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  setTimeout(() => byId(by).click());
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-again]");
  if (button) send(button.dataset.again, "again", "ask-again");
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-take]");
  if (button) send(button.dataset.take, "kept-chosen", "export-answer");
});

// --- what went wrong, in the words of the page -------------------------------------------------
// Gradio's own notices are hidden by the style sheet. Why one came is told by the last answer of the
// server that was a refusal, else by whether the server answers at all. Of a stream that breaks off
// Gradio may say nothing, so the streams are listened to as well.

const AGAIN = 3000; // milliseconds between two looks for the server
const requested = window.fetch.bind(window);
let refusal = null;
let leaving = false;
let isLost = false;

window.fetch = async (...request) => {
  const reply = await requested(...request);
  const address = String(request[0]?.url ?? request[0]);
  if (!reply.ok && address.includes("/gradio_api/")) refusal = reply.clone();
  else if (/\/gradio_api\/(queue\/data|heartbeat)/.test(address)) listen(reply.clone().body.getReader());
  return reply;
};

async function listen(stream) {
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await stream.read();
      if (done) return;
      if (decoder.decode(value, { stream: true }).includes('"msg":"unexpected_error"')) interrupted();
    }
  } catch (error) {
    if (error.name !== "AbortError") interrupted(); // else the page itself has heard enough
  }
}

async function interrupted() {
  if (leaving || isLost) return;
  if (!(await isThere())) lost();
  else if (document.querySelector(".turn.waiting, .turn.reading")) comeBack();
}

const isThere = () =>
  requested("/health", { cache: "no-store", signal: AbortSignal.timeout(AGAIN) }).then(
    (reply) => reply.status < 500,
    () => false,
  );
const saying = (key) => document.querySelector(".masthead")?.dataset[key] ?? "";

function notice(key, text, link) {
  const place = byId("trouble");
  place.replaceChildren();
  const told = document.createElement("span");
  told.textContent = text || saying(key);
  if (saying(`${key}Title`)) {
    const title = document.createElement("strong");
    title.textContent = saying(`${key}Title`);
    place.append(title, " ");
  }
  place.append(told);
  if (link) {
    const way = document.createElement("a");
    [way.href, way.textContent] = link;
    place.append(" ", way);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = saying("dismiss");
  close.addEventListener("click", () => place.replaceChildren());
  place.append(" ", close);
}

async function lost() {
  if (isLost) return;
  isLost = true;
  notice("lost");
  while (!(await isThere())) await new Promise((done) => setTimeout(done, AGAIN));
  comeBack();
}

// The page is loaded again as the conversation was kept, and with what is being written.
function comeBack() {
  isLost = true;
  location.reload();
}

addEventListener("pagehide", () => {
  leaving = true;
  const written = questionField()?.value;
  const isTold = isLost || byId("trouble")?.hasChildNodes();
  if (written && isTold) sessionStorage.setItem("sourcier-question", written);
});

function writeOn(field) {
  const kept = sessionStorage.getItem("sourcier-question");
  sessionStorage.removeItem("sourcier-question");
  if (!kept || field.value) return;
  field.value = kept;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

async function explain() {
  const refused = refusal;
  refusal = null;
  if (refused?.status === 401) return notice("over", "", ["/login?over=seen", saying("overLink")]);
  if (refused?.status === 503) return notice("full");
  const said = refused && (await refused.json().then((told) => told.detail, () => ""));
  if (refused?.status === 429 || refused?.status === 413) return notice("failed", said);
  if (!(await isThere())) return lost();
  notice("failed", "", ["/", saying("reloadLink")]);
}

const explained = new WeakSet();

function troubles() {
  for (const toast of document.querySelectorAll(".toast-body")) {
    if (explained.has(toast)) continue;
    explained.add(toast);
    explain();
  }
}

const ROOM = 260; // pixels below a term where its definition and the composer fit

for (const kind of ["pointerover", "focusin"]) {
  document.addEventListener(kind, (event) => {
    document.body.classList.remove("unexplained");
    const term = event.target.closest("dfn.term");
    term?.classList.toggle("above", term.getBoundingClientRect().bottom > innerHeight - ROOM);
  });
}

// --- keys -------------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  if (document.querySelector("dfn.term:is(:hover, :focus)")) {
    return document.body.classList.add("unexplained"); // until the pointer or the focus moves on
  }
  if (isDrawn()) {
    draw(false);
    return document.querySelector(".menu").focus();
  }
  if (isAnswering()) return byId("stop").click();
  if (!isChoosing()) return;
  choose(false);
  document.querySelector(".chips").focus();
});

// --- the state of the page, as Gradio redraws it ------------------------------------------------

const isAnswering = () => Boolean(byId("stop")?.offsetParent);
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
    document.cookie = `sourcier-language=${language}; path=/; SameSite=Lax; max-age=31536000`;
    if (location.search) history.replaceState(null, "", location.pathname); // it chose once
  }
  document.querySelector(".chips")?.setAttribute("aria-expanded", String(isChoosing()));
  markVotes();
  for (const button of document.querySelectorAll(".shelf button")) button.disabled = isAnswering();
  const date = document.querySelector("#as-of-field input");
  if (date && date.type !== "date") {
    date.type = "date";
    date.max = "9999-12-31"; // otherwise a year takes six figures
  }
  const question = questionField();
  if (question && !question.id) question.id = "question";
  if (question && language) writeOn(question);
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
  const trouble = document.createElement("div");
  trouble.id = "trouble";
  trouble.setAttribute("role", "alert");
  document.body.append(trouble);
  let planned = false;
  const plan = () => {
    if (planned) return;
    planned = true;
    requestAnimationFrame(() => {
      planned = false;
      settle();
      troubles();
      follow();
    });
  };
  new MutationObserver(plan).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["data-language", "download", "href"] });
  plan(); // the page may be drawn already: this script came late, over a slow line
});

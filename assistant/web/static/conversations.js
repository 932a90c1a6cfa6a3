// Beside the conversation: what the next question is asked of, the other conversations, the drawer.

// --- what the next question is asked of: a line that opens its fields ------------------------------

const isChoosing = () => document.body.classList.contains("choosing");

function choose(open) {
  document.body.classList.toggle("choosing", open);
  document.querySelector(".chips")?.setAttribute("aria-expanded", String(open));
}

document.addEventListener("click", (event) => event.target.closest(".chips") && choose(!isChoosing()));

// --- the conversations of this browser, and the drawer that they are in where there is no room ----

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-kept], [data-forget]");
  if (!button) return;
  const { kept, forget } = button.dataset;
  if (kept) send(kept, "kept-chosen", "reopen");
  else send(forget, "kept-chosen", "forget");
  if (kept) draw(false);
  (kept ? questionField() : byId("new")).focus(); // the button goes with the list
});

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function sift(search) {
  const words = plain(search.value).split(/\s+/);
  const lines = [...search.parentElement.querySelectorAll("li")];
  for (const line of lines) {
    line.hidden = !words.every((word) => plain(line.dataset.words).includes(word));
  }
  search.parentElement.querySelector(".none").hidden = lines.some((line) => !line.hidden);
}

document.addEventListener("input", (event) => event.target.id === "shelf-search" && sift(event.target));

const isDrawn = () => document.body.classList.contains("drawer");

function draw(open) {
  document.body.classList.toggle("drawer", open);
  document.querySelector(".menu")?.setAttribute("aria-expanded", String(open));
  if (open) byId("side").querySelector("a").focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest(".menu")) draw(!isDrawn());
  else if (event.target.closest("#new, #exports") || !event.target.closest("#side")) draw(false);
});

document.addEventListener("focusin", (event) => {
  if (isDrawn() && !event.target.closest("#side, .menu")) draw(false);
});

// Sending files to a dossier: dropping them, the progress of each, then the page with the report.
"use strict";

function rowsFor(form, files) {
  const list = form.querySelector(".sending");
  const rows = files.map((file) => {
    const row = document.createElement("li");
    const bar = document.createElement("progress");
    bar.max = Math.max(file.size, 1);
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    row.append(file.name, bar);
    return { row, bar, size: file.size };
  });
  list.replaceChildren(...rows.map(({ row }) => row));
  return rows;
}

// Files travel in their order: what has left tells how far each of them is.
function advance(rows, sent) {
  for (const { bar, size } of rows) {
    bar.value = sent >= size ? bar.max : Math.max(sent, 0);
    sent -= size;
  }
}

function refused(form, files) {
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  return files.length > Number(form.dataset.mostFiles) || bytes > Number(form.dataset.mostBytes);
}

// A refusal is JSON with a sentence in the reader's language, or comes from in front of Sourcier.
function said(request) {
  try {
    return JSON.parse(request.response).detail;
  } catch {
    return "";
  }
}

function loginLink(form) {
  const link = document.createElement("a");
  link.href = `/login?over=sent&next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = form.dataset.overLink;
  return link;
}

function send(form) {
  const files = [...form.querySelector("input[type=file]").files];
  const outcome = form.querySelector(".outcome");
  if (refused(form, files)) {
    outcome.textContent = form.dataset.tooMuch;
    return;
  }
  const rows = rowsFor(form, files);
  const request = new XMLHttpRequest();
  const failed = (...told) => {
    outcome.replaceChildren(...told);
    form.querySelector(".sending").replaceChildren();
    form.querySelector("button").disabled = false;
  };
  request.upload.addEventListener("progress", (event) => advance(rows, event.loaded));
  request.upload.addEventListener("load", () => (outcome.textContent = form.dataset.reading));
  request.addEventListener("error", () => failed(form.dataset.failed));
  request.addEventListener("load", () => {
    if (request.responseURL !== form.action) return location.assign(request.responseURL);
    const main = new DOMParser().parseFromString(request.response, "text/html").querySelector("main");
    if (request.status === 401) return failed(form.dataset.over, " ", loginLink(form));
    if (!main) return failed(said(request) || form.dataset.failed);
    document.querySelector("main").replaceWith(main);
    document.querySelector("#report, .alert")?.focus();
    document.querySelector("#report, .alert")?.scrollIntoView({ block: "center" });
  });
  const body = new FormData(form);
  form.querySelector("button").disabled = true;
  request.open("POST", form.action);
  request.send(body);
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form.upload");
  if (!form) return;
  event.preventDefault();
  send(form);
});

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.(".drop");
    document.querySelector(".drop")?.classList.toggle("over", Boolean(zone) && kind === "dragover");
    if (!zone || kind === "dragleave") return;
    event.preventDefault();
    if (kind !== "drop") return;
    zone.querySelector("input").files = event.dataTransfer.files;
    zone.closest("form").requestSubmit();
  });
}

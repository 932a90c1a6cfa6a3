// Sending files: dropping them, the progress of each, then the page with the report.

const LINES = "application/x-ndjson";

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
  if (form.querySelector("button").disabled) return; // what was sent before is on its way
  const files = [...form.querySelector("input[type=file]").files];
  const outcome = form.querySelector(".outcome");
  if (refused(form, files)) {
    outcome.textContent = form.dataset.tooMuch;
    return;
  }
  form.querySelector(".sending").replaceChildren(...files.map((file) => rowOf(file.name, file.size)));
  const request = new XMLHttpRequest();
  const heard = { until: 0, page: "", problem: "", refused: false };
  const failed = (...told) => {
    outcome.replaceChildren(...told);
    form.querySelector(".sending").replaceChildren();
    form.querySelector(".step").hidden = true;
    form.querySelector("button").disabled = false;
  };
  request.upload.addEventListener("progress", (event) => travelled(form, event.loaded));
  request.upload.addEventListener("load", () => {
    arrived(form);
    outcome.textContent = form.dataset.reading;
  });
  const isTold = () => request.getResponseHeader("Content-Type")?.startsWith(LINES);
  request.addEventListener("progress", () => isTold() && hear(request, heard, form));
  request.addEventListener("error", () => failed(form.dataset.failed));
  request.addEventListener("load", () => {
    if (request.responseURL !== form.action) return location.assign(request.responseURL);
    if (isTold()) hear(request, heard, form);
    if (heard.problem) return failed(heard.problem);
    const main = new DOMParser().parseFromString(heard.page || request.response, "text/html").querySelector("main");
    if (request.status === 401) return failed(form.dataset.over, " ", loginLink(form));
    if (!main) return failed(said(request) || form.dataset.failed);
    document.querySelector("main").replaceWith(main);
    document.querySelector("#report, .alert")?.focus();
    document.querySelector("#report, .alert")?.scrollIntoView({ block: "center" });
  });
  const body = new FormData(form);
  form.querySelector("button").disabled = true;
  request.open("POST", form.action);
  request.setRequestHeader("Accept", `${LINES}, text/html`);
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

// Files dropped on the page become a dossier: what is sent, what is read, the time that is left.

const intake = () => byId("intake");
let parcels = [];
let sending = null;

function offer(files) {
  const dialog = intake();
  if (!dialog || sending) return;
  parcels = [...files];
  dialog.querySelector("form").reset();
  tell("");
  dialog.querySelector(".open").hidden = true;
  dialog.querySelector(".step").hidden = true;
  listParcels();
  if (!dialog.open) dialog.showModal();
}

function listParcels() {
  const rows = parcels.map((file) => rowOf(file.name, file.size));
  intake().querySelector(".sending").replaceChildren(...rows);
  intake().querySelector("[type=submit]").disabled = !parcels.length;
}

function rowOf(name, size) {
  const row = document.createElement("li");
  row.dataset.name = name;
  const named = document.createElement("span");
  named.textContent = name;
  const bar = document.createElement("progress");
  bar.max = Math.max(size, 1);
  bar.value = 0;
  bar.setAttribute("aria-label", name);
  row.append(named, bar);
  return row;
}

function stateOf(text) {
  const state = document.createElement("span");
  state.className = "fate";
  state.textContent = text;
  return state;
}

function tell(text) {
  intake().querySelector(".outcome").textContent = text;
}

// Files travel in their order: what has left tells how far each of them is.
function travelled(sent) {
  for (const bar of intake().querySelectorAll(".sending progress")) {
    bar.value = Math.min(Math.max(sent, 0), bar.max);
    sent -= bar.max;
  }
}

function sendParcels() {
  const { mostFiles, mostBytes, tooMuch, failed, reading } = intake().dataset;
  const bytes = parcels.reduce((sum, file) => sum + file.size, 0);
  if (parcels.length > Number(mostFiles) || bytes > Number(mostBytes)) return tell(tooMuch);
  const body = new FormData();
  for (const file of parcels) body.append("files", file, file.webkitRelativePath || file.name);
  const team = intake().querySelector("[name=team]");
  if (team) body.append("team", team.value);
  const request = new XMLHttpRequest();
  const heard = { until: 0, dossier: undefined, problem: "", refused: false };
  sending = request;
  intake().querySelector("[type=submit]").disabled = true;
  tell(intake().dataset.sending);
  request.upload.addEventListener("progress", (event) => travelled(event.loaded));
  request.upload.addEventListener("load", () => {
    for (const bar of intake().querySelectorAll(".sending progress")) bar.replaceWith(stateOf(intake().dataset.waiting));
    tell(`${reading}…`);
  });
  request.addEventListener("progress", () => hear(request, heard));
  request.addEventListener("abort", () => (sending = null));
  request.addEventListener("error", () => ended({ problem: failed }));
  request.addEventListener("load", () => {
    hear(request, heard);
    if (request.status !== 200) heard.problem = detailOf(request) || failed;
    ended(heard);
  });
  request.open("POST", `/dossiers/-/pieces?lang=${document.documentElement.lang}`);
  request.send(body);
}

function detailOf(request) {
  try {
    return JSON.parse(request.responseText).detail;
  } catch {
    return "";
  }
}

function hear(request, heard) {
  if (request.status !== 200) return;
  const lines = request.responseText.split("\n");
  const whole = lines.slice(heard.until, -1);
  heard.until += whole.length;
  for (const line of whole) {
    const told = JSON.parse(line);
    if ("file" in told) received(told, heard);
    else if ("step" in told) advanced(told);
    else Object.assign(heard, told);
  }
}

function received({ file, fate, told, kept }, heard) {
  const list = intake().querySelector(".sending");
  let row = [...list.children].find((each) => each.dataset.name === file);
  if (!row) {
    row = rowOf(file, 1); // out of an archive
    list.append(row);
  }
  row.querySelector("progress, .fate").replaceWith(stateOf(fate));
  row.classList.toggle("refused", !kept);
  for (const text of told) {
    const line = document.createElement("small");
    line.textContent = text;
    row.append(line);
  }
  heard.refused ||= !kept;
}

function advanced({ step, done, total, left }) {
  const bar = intake().querySelector(".step");
  bar.hidden = false;
  bar.max = Math.max(total, 1);
  bar.value = done;
  const minutes = Math.floor(left / 60);
  const time = minutes ? `${minutes} min ${String(left % 60).padStart(2, "0")} s` : `${left} s`;
  const words = { step, done, total, left: time };
  if (left === null || done >= total) tell(`${step}…`);
  else tell(intake().dataset.left.replace(/\{(\w+)\}/g, (_, name) => words[name]));
}

function ended({ dossier, problem, refused }) {
  sending = null;
  const dialog = intake();
  dialog.querySelector(".step").hidden = true;
  if (problem) {
    dialog.querySelector("[type=submit]").disabled = false;
    return tell(problem);
  }
  if (!dossier) return tell(dialog.dataset.none);
  tell(dialog.dataset.done);
  const open = dialog.querySelector(".open");
  open.dataset.dossier = dossier;
  open.hidden = false;
  if (!dialog.open) return announce(dialog.dataset.done);
  if (refused) open.focus(); // what was refused is read first
  else openDossier(dossier);
}

function openDossier(dossier) {
  intake().close();
  send(dossier, "kept-chosen", "open-dossier");
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-intake]")) {
    draw(false);
    if (sending) intake().showModal();
    else offer([]);
  } else if (event.target.closest("#intake .open")) {
    openDossier(event.target.closest(".open").dataset.dossier);
  } else if (event.target.closest("#intake .close")) {
    intake().close();
  }
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("#intake input[type=file]")) return;
  parcels = [...event.target.files];
  listParcels();
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.intake")) return;
  event.preventDefault();
  sendParcels();
});

const bringsFiles = (event) => Boolean(intake()) && [...(event.dataTransfer?.types ?? [])].includes("Files");

for (const kind of ["dragover", "dragleave", "drop"]) {
  addEventListener(
    kind,
    (event) => {
      if (!bringsFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      const isLeaving = kind === "drop" || (kind === "dragleave" && !event.relatedTarget);
      document.body.classList.toggle("dropping", !isLeaving);
      if (kind === "drop") offer(event.dataTransfer.files);
    },
    true, // before the fields of Gradio, which would take them
  );
}

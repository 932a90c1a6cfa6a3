// What becomes of files that are sent: how far each is, what is read of it, the time that is left.
"use strict";

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

// Files travel in their order: what has left tells how far each of them is.
function travelled(box, sent) {
  for (const bar of box.querySelectorAll(".sending progress")) {
    bar.value = Math.min(Math.max(sent, 0), bar.max);
    sent -= bar.max;
  }
}

function arrived(box) {
  for (const bar of box.querySelectorAll(".sending progress")) bar.replaceWith(stateOf(box.dataset.waiting));
}

// The server tells in a line of JSON of each file, of each step, and of the end, which `heard` keeps.
function hear(request, heard, box) {
  const lines = request.responseText.split("\n");
  const whole = lines.slice(heard.until, -1);
  heard.until += whole.length;
  for (const line of whole) {
    const told = JSON.parse(line);
    if ("file" in told) received(told, heard, box);
    else if ("step" in told) advanced(told, box);
    else Object.assign(heard, told);
  }
}

function received({ file, fate, told, kept }, heard, box) {
  const list = box.querySelector(".sending");
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

function advanced({ step, done, total, left }, box) {
  const bar = box.querySelector(".step");
  bar.hidden = false;
  bar.max = Math.max(total, 1);
  bar.value = done;
  const minutes = Math.floor(left / 60);
  const time = minutes ? `${minutes} min ${String(left % 60).padStart(2, "0")} s` : `${left} s`;
  const words = { step, done, total, left: time };
  const outcome = box.querySelector(".outcome");
  if (left === null || done >= total) outcome.textContent = `${step}…`;
  else outcome.textContent = box.dataset.left.replace(/\{(\w+)\}/g, (_, name) => words[name]);
}

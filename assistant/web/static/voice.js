// Speaking a question, and hearing an answer; only where this machine hears (the button is there).

const HEARD_RATE = 16000; // samples a second that the machine hears
const MOST_SPOKEN = 60000; // milliseconds
const MOST_TOLD = 20000;
let recorder = null;
let isStarting = false; // the reader is asked for the microphone
let silence = 0;

const mic = () => document.querySelector(".mic");

function spoken(text) {
  const status = mic();
  if (!status) return;
  announce(text);
  status.title = text;
  const told = byId("voice-told") ?? document.createElement("p");
  told.id = "voice-told";
  told.textContent = text;
  clearTimeout(silence);
  if (text) silence = setTimeout(() => (told.textContent = ""), MOST_TOLD);
  status.after(told);
}

function mark(button, isOn) {
  button.setAttribute("aria-pressed", String(isOn));
  const label = button.querySelector("span") ?? button;
  label.textContent = isOn ? button.dataset.listening : button.dataset.idle;
}

async function dictate() {
  if (recorder) return recorder.stop();
  if (isStarting) return;
  isStarting = true;
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    return spoken(mic().dataset.refused);
  } finally {
    isStarting = false;
  }
  const pieces = [];
  const own = new MediaRecorder(stream);
  recorder = own;
  const end = setTimeout(() => own.stop(), MOST_SPOKEN);
  own.addEventListener("dataavailable", (event) => pieces.push(event.data));
  own.addEventListener("stop", () => {
    clearTimeout(end);
    if (recorder === own) recorder = null;
    for (const track of stream.getTracks()) track.stop();
    mark(mic(), false);
    hearSound(new Blob(pieces)).catch(() => spoken(mic().dataset.failed));
  });
  own.start();
  mark(mic(), true);
  spoken("");
}

async function hearSound(blob) {
  spoken(mic().dataset.hearing);
  const headers = { "Content-Type": "audio/wav" };
  const body = wavOf(await samplesOf(blob));
  const reply = await fetch(`/voice?lang=${document.documentElement.lang}`, { method: "POST", headers, body });
  const told = await reply.json();
  if (!reply.ok) return spoken(told.detail || mic().dataset.failed);
  if (!told.heard) return spoken(mic().dataset.nothing);
  const field = questionField();
  field.value = `${field.value} ${told.heard}`.trim();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
  spoken(mic().dataset.heard);
}

// What the browser recorded, in one channel at the rate that the machine hears.
async function samplesOf(blob) {
  const context = new AudioContext();
  const recorded = await context.decodeAudioData(await blob.arrayBuffer());
  context.close();
  const length = Math.max(1, Math.ceil(recorded.duration * HEARD_RATE));
  const offline = new OfflineAudioContext(1, length, HEARD_RATE);
  const source = offline.createBufferSource();
  source.buffer = recorded;
  source.connect(offline.destination);
  source.start();
  return (await offline.startRendering()).getChannelData(0);
}

function wavOf(samples) {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const write = (at, text) => [...text].forEach((letter, n) => view.setUint8(at + n, letter.charCodeAt(0)));
  write(0, "RIFF");
  view.setUint32(4, 36 + samples.length * 2, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, HEARD_RATE, true);
  view.setUint32(28, HEARD_RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, n) => view.setInt16(44 + n * 2, Math.max(-1, Math.min(1, sample)) * 32767, true));
  return view.buffer;
}

function readAloud(button) {
  const isReading = button.getAttribute("aria-pressed") === "true";
  speechSynthesis.cancel();
  for (const other of document.querySelectorAll('.listen[aria-pressed="true"]')) mark(other, false);
  if (isReading) return;
  mark(button, true);
  const pieces = JSON.parse(button.dataset.listen);
  pieces.forEach(([language, text], n) => {
    const speech = new SpeechSynthesisUtterance(text);
    speech.lang = language;
    if (n === pieces.length - 1) speech.addEventListener("end", () => mark(button, false));
    speech.addEventListener("error", () => {
      speechSynthesis.cancel();
      mark(button, false);
    });
    speechSynthesis.speak(speech);
  });
}

document.addEventListener("click", (event) => {
  if (event.target.closest(".mic")) dictate();
  const button = event.target.closest(".listen");
  if (button) readAloud(button);
});

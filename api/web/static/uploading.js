"use strict";
// Files go in one at a time, each by itself: one that is lost on the way is sent again, and one that is refused stops
// none of the others. Without this the form sends them all at once, and nothing else differs.

const WAITS = [2, 4, 8, 15, 30, 60];
const LEFT = "uppladdning-kvar";
const form = document.querySelector("form[data-upload]");
const rows = document.getElementById("uppladdning");
const waiting = [];
let busy = false;

const row = (name) => {
  const made = document.getElementById("uppladdning-rad").content.firstElementChild.cloneNode(true);
  made.querySelector("strong").textContent = name;
  made.querySelector("progress").setAttribute("aria-label", `Så mycket av ${name} är skickat`);
  rows.append(made);
  return made;
};

const tell = (line, text, tone = "") => {
  line.querySelector("span").textContent = text;
  line.dataset.tone = tone;
};

const remember = () => {
  const names = waiting.map(({ file }) => file.name);
  if (names.length) sessionStorage.setItem(LEFT, JSON.stringify(names));
  else sessionStorage.removeItem(LEFT);
};

const pause = (seconds) =>
  new Promise((done) => {
    const timer = setTimeout(done, seconds * 1000);
    window.addEventListener("online", () => (clearTimeout(timer), done()), { once: true });
  });

const post = ({ file, fields, line }) =>
  new Promise((done) => {
    const body = new FormData();
    body.append("file", file);
    fields.forEach(([name, value]) => body.append(name, value));
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => {
      line.querySelector("progress").value = event.total ? event.loaded / event.total : 0;
    };
    request.onload = () => done(request);
    request.onerror = request.onabort = request.ontimeout = () => done(null);
    request.open("POST", "/api/v1/documents");
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
  });

const said = (request) => {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
};

// Tells whether the file needs no more: it is in, or it is refused for good.
const settle = (line, request) => {
  const answer = said(request);
  if (request.status === 202) tell(line, answer.unchanged ? "Finns redan. Inget har ändrats." : "Tagen emot. Den läses in nu.", "good");
  else if (request.status === 401) window.location.assign("/logga-in?nasta=/dokument");
  else if (request.status >= 500 || request.status === 429) return false;
  else tell(line, answer.detail || "Filen togs inte emot.", "bad");
  return true;
};

const send = async (one) => {
  tell(one.line, "Skickas …");
  for (const wait of [...WAITS, null]) {
    const request = await post(one);
    if (request && settle(one.line, request)) break;
    if (wait === null) return tell(one.line, "Gick inte att skicka. Kontrollera nätet och välj filen igen.", "bad");
    const asked = Number(request?.getResponseHeader("Retry-After")) || wait;
    tell(one.line, request ? "Väntar på sin tur …" : "Ingen kontakt. Försöker igen av sig själv …");
    await pause(asked);
  }
  one.line.querySelector("progress").hidden = true;
};

const refreshed = async () => {
  const answer = await fetch("/dokument");
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("lista");
  if (!answer.ok || !fresh) return;
  document.getElementById("lista").replaceWith(fresh);
  window.htmx.process(fresh);
};

const work = async () => {
  if (busy) return;
  busy = true;
  while (waiting.length) {
    await send(waiting[0]);
    waiting.shift();
    remember();
    if (waiting.length % 10 === 0) await refreshed();
  }
  busy = false;
  document.getElementById("uppladdning-besked").textContent = "Alla filer är behandlade.";
};

const take = (files) => {
  const chosen = new FormData(form);
  const fields = [["visibility", chosen.get("synlighet")], ...chosen.getAll("dela").map((town) => ["shared_with", town])];
  rows.hidden = false;
  waiting.push(...[...files].map((file) => ({ file, fields, line: row(file.name) })));
  remember();
  work();
};

if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    take(form.elements.filer.files);
    form.elements.filer.value = "";
  });
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.toggle("over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) take(event.dataTransfer.files);
    });
  }
  window.addEventListener("beforeunload", (event) => {
    if (waiting.length) event.preventDefault();
  });
  const left = JSON.parse(sessionStorage.getItem(LEFT) || "[]");
  if (left.length) {
    rows.hidden = false;
    left.forEach((name) => tell(row(name), "Hann inte skickas. Välj eller släpp filen här igen.", "bad"));
    sessionStorage.removeItem(LEFT);
  }
}

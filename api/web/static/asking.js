"use strict";
// An answer on its way: htmx draws it in #strom and connects again when the connection is lost; when the answer is
// whole it moves up among the others. Without this the form is sent and the answer comes as a page.

const stream = byId("strom");
const asking = document.querySelector(".ask");
const [askButton, stopButton] = asking.querySelectorAll("button");
const AGAIN = "Anslutningen bröts. Försöker igen …";
let busy = false;
let connection = null;
let place = "";
let wantsStop = false;

const asks = (element) => element instanceof Element && element.closest(".ask, .examples") !== null;

const setBusy = (now) => {
  const held = document.activeElement === (now ? askButton : stopButton);
  busy = now;
  stream.setAttribute("aria-busy", String(now));
  askButton.hidden = now;
  stopButton.hidden = !now;
  stopButton.removeAttribute("aria-disabled");
  if (held) (now ? stopButton : asking.elements.fraga).focus();
};

const begin = () => {
  connection = null;
  place = "";
  wantsStop = false;
  setBusy(true);
  announce("Söker svar i materialet.");
};

const end = (message) => {
  setBusy(false);
  announce(message);
};

const showInstead = (id, message) => {
  stream.replaceChildren(byId(id).content.cloneNode(true));
  end(message);
};

const breakOff = () => showInstead("avbrott", "Svaret kom inte fram. Anslutningen bröts.");

const wordsOf = (answer) => {
  const copy = answer.cloneNode(true);
  copy.querySelectorAll(".cite").forEach((mark) => mark.remove());
  return copy.textContent.trim();
};

const keepTurn = (turn) => {
  const stopped = "stopped" in turn.dataset;
  document.querySelector(".card > .examples")?.remove();
  document.querySelectorAll("#samtal .related, #samtal .onward").forEach((earlier) => earlier.remove());
  byId("samtal").append(turn);
  byId("nytt").hidden = false;
  asking.elements.samtal.value = turn.dataset.conversation;
  if (!stopped) asking.elements.fraga.value = "";
  asking.elements.fraga.placeholder = asking.dataset.nextPlaceholder;
  asking.querySelector("label").textContent = asking.dataset.nextLabel;
  history.replaceState(null, "", `/samtal/${turn.dataset.conversation}`);
  turn.scrollIntoView({ block: "start" });
  const said = [...turn.querySelectorAll(".answer")].map(wordsOf).join(" ");
  end(stopped ? `Avbrutet. ${said}` : `Svaret är klart. ${said}`);
};

// --- Stopping: the server ends its work and sends what it had; if it cannot be told, nobody listens any more.

const leave = () => {
  if (connection) {
    connection.config.reconnect = false;
    connection.delayCanceller?.();
    connection.abortController.abort();
  }
  showInstead("stoppat", "Svaret avbröts.");
};

const stop = async () => {
  wantsStop = true;
  stopButton.setAttribute("aria-disabled", "true"); // A button that is disabled loses the focus.
  if (!place) return;
  try {
    const told = await fetch(`/fraga/${place.split(".")[0]}/avbryt`, { method: "POST" });
    if (!told.ok && busy) leave();
  } catch {
    if (busy) leave();
  }
};

stopButton.addEventListener("click", (event) => {
  if (event.detail < 2 && !wantsStop) stop(); // The second click of a double click was meant for the button that stood here.
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && busy && !wantsStop && !document.querySelector(".who[open]")) stop();
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches(".ask textarea")) return;
  event.preventDefault();
  if (!busy) asking.requestSubmit();
}, true);

// --- What htmx tells

document.addEventListener("htmx:before:request", (event) => {
  if (!asks(event.target)) return;
  if (busy) event.preventDefault();
  else begin();
});

document.addEventListener("htmx:sse:before:connection", (event) => {
  if (!asks(event.target)) return;
  connection = event.detail.connection;
  const words = stream.querySelector(".working");
  if (!connection.attempt || !words) return;
  words.dataset.words ??= words.textContent;
  words.textContent = AGAIN;
  announce(AGAIN);
});

document.addEventListener("htmx:sse:after:connection", (event) => {
  const words = stream.querySelector(".working");
  if (asks(event.target) && words?.dataset.words) words.textContent = words.dataset.words;
});

document.addEventListener("htmx:sse:after:message", (event) => {
  if (!asks(event.target) || !busy) return;
  const first = !place;
  place = event.detail.message.id || place;
  const turn = stream.querySelector(".turn[data-conversation]");
  if (turn) keepTurn(turn);
  else if (stream.querySelector("[data-failed]")) end("Svaret kom inte fram.");
  else {
    stopButton.scrollIntoView({ block: "nearest" }); // What is under way stands above it and has pushed it down.
    if (first && wantsStop) stop();
  }
});

document.addEventListener("htmx:sse:close", (event) => {
  if (asks(event.target) && busy) breakOff();
});

document.addEventListener("htmx:error", (event) => {
  if (asks(event.target) && busy) breakOff();
});

document.addEventListener("htmx:before:response", (event) => {
  const { status } = event.detail.ctx.response;
  if (asks(event.target) && status >= 400 && status !== 401) breakOff();
});

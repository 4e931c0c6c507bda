// Comfort only: every page is complete without this file.

/** Times in the reader's zone; the title keeps UTC. */
function localTimes(root) {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
  for (const time of root.querySelectorAll("time[datetime]:not([title])")) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    time.title = time.textContent.trim();
    time.textContent = format.format(moment);
  }
}

/** Times of a filter in the reader's zone; what is sent stays UTC, so that addresses can be shared. */
function localFilters() {
  const inputs = [...document.querySelectorAll("input[type=datetime-local]")];
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const input of inputs) {
    const moment = new Date(`${input.value}Z`);
    if (!Number.isNaN(moment.getTime())) {
      const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60000);
      input.value = local.toISOString().slice(0, 16);
    }
    const hint = document.getElementById(`${input.name}-hint`);
    if (hint && zone) hint.textContent = zone;
  }
  inputs[0]?.form.addEventListener("formdata", (event) => {
    for (const input of inputs) {
      const moment = new Date(input.value);
      if (Number.isNaN(moment.getTime())) continue;
      event.formData.set(input.name, moment.toISOString().slice(0, 16));
    }
  });
}

/** Buttons that copy the text of another element, shown only where the clipboard can be written. */
function copyButtons(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      const label = button.lastChild;
      const before = label.textContent;
      try {
        await navigator.clipboard.writeText(source.textContent);
        label.textContent = "Copied";
      } catch {
        label.textContent = "Copying was refused";
      }
      announce(label.textContent);
      setTimeout(() => { label.textContent = before; }, 2000);
    });
  }
}

/** Says a sentence to screen readers, where the page has a place for it. */
function announce(sentence) {
  const live = document.getElementById("live");
  if (live) live.textContent = sentence;
}

/** Links of the error summary put the cursor into the field, also where the anchor is a group. */
function errorLinks() {
  const summary = document.getElementById("problems");
  if (!summary) return;
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    const field = target.matches("input, select, textarea")
      ? target
      : target.querySelector("input:checked, input:not([type=hidden]), select, textarea") ?? target;
    target.scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  });
}

/** Warns before leaving a form whose values are not saved. */
function unsavedChanges() {
  for (const form of document.querySelectorAll("form[data-guard]")) {
    const note = form.querySelector("[data-unsaved-note]");
    let unsaved = form.hasAttribute("data-unsaved");
    form.addEventListener("input", (event) => {
      if (event.target.name === "recipient") return;
      unsaved = true;
      if (note) note.hidden = false;
    });
    form.addEventListener("submit", () => { unsaved = false; });
    for (const link of form.querySelectorAll(".save-bar a")) {
      link.addEventListener("click", () => { unsaved = false; });
    }
    addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  }
}

/** The port follows the TLS choice until the person types one; Default makes it follow again. */
function portDefault() {
  const port = document.querySelector("input[data-follows]");
  if (!port) return;
  const form = port.form;
  const choices = [...form.elements[port.dataset.follows]];
  const usual = () => choices.find((choice) => choice.checked)?.dataset.port ?? "";
  const follow = () => {
    port.value = usual();
    port.dispatchEvent(new Event("input", { bubbles: true }));
  };
  let follows = port.value === "" || port.value === usual();
  if (port.value === "") port.value = usual();
  port.addEventListener("input", () => { follows = port.value === "" || port.value === usual(); });
  for (const choice of choices) {
    choice.addEventListener("change", () => { if (follows) follow(); });
  }
  form.querySelector("[data-default-for]")?.addEventListener("click", (event) => {
    event.preventDefault();
    follows = true;
    follow();
  });
}

/** Draws the bars of all steps to one scale. */
function scaleBars(list) {
  const steps = [...list.children].map((item) => ({
    bar: item.querySelector(".bar rect"),
    start: Number(item.dataset.start),
    length: Number(item.dataset.length),
  }));
  const whole = Math.max(1, ...steps.map((step) => step.start + step.length));
  for (const { bar, start, length } of steps) {
    const width = Math.max(8, Math.round((length / whole) * 1000));
    bar?.setAttribute("width", String(width));
    bar?.setAttribute("x", String(Math.min(1000 - width, Math.round((start / whole) * 1000))));
  }
}

/** A fragment that this server rendered and escaped, as nodes. */
function nodes(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

/** Puts a step at its place: in the stead of its former self, or at the end. */
function placeStep(list, html) {
  const item = nodes(html).firstElementChild;
  if (!item) return;
  const former = document.getElementById(item.id);
  const details = item.querySelector("details");
  if (details && former?.querySelector("details")?.open) details.open = true;
  if (former) former.replaceWith(item); else list.append(item);
  document.getElementById("waiting")?.remove();
  localTimes(item);
  scaleBars(list);
  announce(item.dataset.announce);
}

/** Shows the end of a test; the focus stays where it was. */
function placeOutcome(html) {
  const region = document.getElementById("outcome");
  region.replaceChildren(nodes(html));
  localTimes(region);
  copyButtons(region);
  const panel = region.querySelector("[data-title]");
  if (panel) document.title = `${panel.dataset.title} · Sendproof`;
  announce(region.querySelector("#outcome-title")?.textContent ?? "");
}

/** Shows the steps of a running test as they happen; the browser reconnects by itself. */
function liveTest() {
  const test = document.querySelector("[data-events]");
  if (!test) return;
  const list = document.getElementById("steps");
  const stream = new EventSource(test.dataset.events);
  stream.addEventListener("step", (event) => placeStep(list, event.data));
  stream.addEventListener("outcome", (event) => {
    placeOutcome(event.data);
    if (document.querySelector("#outcome [data-ended]")) stream.close();
  });
}

localTimes(document);
localFilters();
copyButtons(document);
errorLinks();
unsavedChanges();
portDefault();
liveTest();

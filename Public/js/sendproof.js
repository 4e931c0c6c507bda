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
    tabs.reveal(target);
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

/** A second click on a button that sends a form is not a second form. */
function sendOnce() {
  for (const form of document.querySelectorAll("form[method=post]")) {
    let sent = false;
    form.addEventListener("submit", (event) => {
      if (sent) event.preventDefault();
      sent = true;
    });
    addEventListener("pageshow", () => { sent = false; });
  }
}

/** A port follows another choice until the person types one; Default makes it follow again. */
function portDefaults() {
  for (const port of document.querySelectorAll("input[data-follows]")) {
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
    form.querySelector(`[data-default-for="${port.name}"]`)?.addEventListener("click", (event) => {
      event.preventDefault();
      follows = true;
      follow();
    });
  }
}

/** The sections of a long form as tabs; the address keeps which one is open. */
const tabs = {
  list: document.querySelector("[data-tabs]"),
  links: [],
  setUp() {
    if (!this.list) return;
    this.links = [...this.list.querySelectorAll("a")];
    this.list.setAttribute("role", "tablist");
    for (const link of this.links) {
      const panel = this.panel(link);
      link.setAttribute("role", "tab");
      link.id = `${panel.id}-tab`;
      link.setAttribute("aria-controls", panel.id);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", link.id);
      link.addEventListener("click", (event) => { event.preventDefault(); this.open(link, true); });
    }
    this.list.addEventListener("keydown", (event) => this.move(event));
    addEventListener("hashchange", () => this.reveal(document.getElementById(location.hash.slice(1))));
    const wrong = document.querySelector("[role=tabpanel] .has-error");
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    this.open(this.linkOf(target) ?? this.linkOf(wrong) ?? this.links[0], false);
    if (target) target.scrollIntoView({ block: "center" });
  },
  panel(link) { return document.getElementById(link.hash.slice(1)); },
  linkOf(element) {
    const panel = element?.closest?.("[role=tabpanel]");
    return panel && this.links.find((link) => this.panel(link) === panel);
  },
  open(chosen, keep) {
    for (const link of this.links) {
      const isChosen = link === chosen;
      link.setAttribute("aria-selected", String(isChosen));
      link.tabIndex = isChosen ? 0 : -1;
      this.panel(link).hidden = !isChosen;
    }
    if (keep) history.replaceState(null, "", chosen.hash);
  },
  reveal(element) {
    const link = this.linkOf(element);
    if (link) this.open(link, false);
  },
  move(event) {
    const at = this.links.indexOf(document.activeElement);
    const last = this.links.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    this.open(this.links[to], true);
    this.links[to].focus();
  },
};

/** What was typed is kept on the server, so that a reload or a closed window loses nothing. */
function keepDraft() {
  const form = document.querySelector("form[data-keeps]");
  if (!form) return;
  let timer = 0;
  let changed = false;
  const keep = () => {
    clearTimeout(timer);
    if (!changed) return;
    changed = false;
    const data = new FormData(form);
    for (const input of form.querySelectorAll("input[type=password]")) data.delete(input.name);
    data.set("action", "keep");
    // Not form.action: that is its buttons of this name.
    fetch(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(data), keepalive: true })
      .catch(() => { changed = true; });
  };
  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(keep, 1000);
  });
  form.addEventListener("submit", () => { changed = false; clearTimeout(timer); });
  for (const link of form.querySelectorAll(".save-bar a")) {
    link.addEventListener("click", () => { changed = false; clearTimeout(timer); });
  }
  addEventListener("pagehide", keep);
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

/** Fills an ID as it is typed into the commands beside the form, and says when a value looks like
 * an ID where none belongs. */
function typedIDs() {
  const isID = (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text.trim());
  for (const place of document.querySelectorAll("[data-typed]")) {
    const input = document.getElementById(place.dataset.typed);
    const before = place.textContent;
    input?.addEventListener("input", () => {
      place.textContent = isID(input.value) ? input.value.trim() : before;
    });
  }
  for (const notice of document.querySelectorAll("[data-id-of]")) {
    const input = document.getElementById(notice.dataset.idOf);
    input?.addEventListener("input", () => { notice.hidden = !isID(input.value); });
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

/** Looks again at what waits, and shows what changed; for ten minutes, so that a window that
 * somebody forgot keeps no session alive. */
function watch() {
  const regions = [...document.querySelectorAll("[data-watched]")];
  if (!document.querySelector("[data-watching]")) return;
  const shown = new Map(regions.map((region) => [region, region.innerHTML]));
  const end = Date.now() + 600_000;
  const show = (page) => {
    for (const region of regions) {
      const html = page.getElementById(region.id)?.innerHTML;
      // What somebody is using stays until they are done.
      if (html === undefined || html === shown.get(region) || region.contains(document.activeElement)) continue;
      shown.set(region, html);
      if (region.id === "outcome") { placeOutcome(html); continue; }
      region.replaceChildren(nodes(html));
      localTimes(region);
      copyButtons(region);
    }
  };
  const look = async () => {
    if (Date.now() > end) return;
    let goesOn = true;
    if (!document.hidden) {
      try {
        const answer = await fetch(location.href);
        if (!answer.ok || answer.redirected) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        show(page);
        goesOn = page.querySelector("[data-watching]") !== null;
      } catch {
        // The next look may find the network again.
      }
    }
    if (goesOn) setTimeout(look, 3000);
  };
  setTimeout(look, 3000);
}

watch();
localTimes(document);
localFilters();
copyButtons(document);
tabs.setUp();
errorLinks();
unsavedChanges();
sendOnce();
portDefaults();
typedIDs();
keepDraft();
liveTest();

// The view of mirrordesk.notebook.MirrorDesk. What was recorded is data: it is set as text and
// never parsed as HTML, no link is made of it, and nothing is loaded from anywhere.

const NO_REPLY_MS = 8000;
const FIRST = "Ask about what you saw or heard";
const FOLLOW = "Ask a follow-up, or something else";
const KERNEL_BUSY = "The kernel is busy with another cell, or it was restarted.";

function make(tag, name, text = "") {
  const node = document.createElement(tag);
  if (name) node.className = name;
  node.textContent = text;
  return node;
}

function button(name, text, onClick) {
  const node = make("button", name, text);
  node.type = "button";
  node.addEventListener("click", onClick);
  return node;
}

/** The whole frame of a citation over the page, its cited lines outlined. */
class FrameDialog {
  #node = make("dialog", "md-dialog");
  #title = make("span", "md-dialog-title");
  #size = button("md-plain", "", () => this.#zoom(!this.#node.classList.contains("md-actual")));
  #scroller = make("div", "md-scroller");
  #number = null;
  #url = null;

  constructor(parent) {
    const close = button("md-plain", "Close", () => this.#node.close());
    const bar = make("div", "md-dialog-bar");
    bar.append(this.#title, this.#size, close);
    this.#node.append(bar, this.#scroller);
    this.#node.dataset.lmSuppressShortcuts = "true"; // no key may change the notebook behind it
    this.#node.addEventListener("click", (event) => {
      if (event.target === this.#node) this.#node.close();
    });
    this.#node.addEventListener("close", () => this.#forget());
    parent.append(this.#node);
  }

  open(citation) {
    this.#number = citation.number;
    const where = [citation.app, citation.title, citation.when].filter(Boolean).join(" · ");
    this.#title.textContent = where;
    this.#node.setAttribute("aria-label", `Evidence ${citation.number}: ${where}`);
    this.say("Fetching the picture");
    this.#node.showModal();
  }

  shows(number) {
    return this.#node.open && this.#number === number;
  }

  say(words) {
    this.#size.hidden = true;
    this.#scroller.replaceChildren(make("p", "md-quiet", words));
  }

  async show(buffer, citation) {
    this.#url = URL.createObjectURL(new Blob([buffer], { type: "image/webp" }));
    const image = make("img");
    image.alt = citation.text;
    image.src = this.#url;
    try {
      await image.decode();
    } catch {
      this.say("This picture cannot be shown.");
      return;
    }
    if (!this.shows(citation.number)) return; // closed, or another opened, while it was decoded
    const sheet = make("div", "md-sheet");
    sheet.style.setProperty("--md-width", `${image.naturalWidth}px`);
    sheet.append(image, ...citation.boxes.map((box) => this.#outline(box, image)));
    this.#scroller.replaceChildren(sheet);
    this.#size.hidden = false;
    this.#zoom(false);
  }

  #outline([x, y, width, height], image) {
    const mark = make("div", "md-outline");
    const percent = (part, whole) => `${(100 * part) / whole}%`;
    mark.style.left = percent(x, image.naturalWidth);
    mark.style.top = percent(y, image.naturalHeight);
    mark.style.width = percent(width, image.naturalWidth);
    mark.style.height = percent(height, image.naturalHeight);
    return mark;
  }

  #zoom(actual) {
    this.#node.classList.toggle("md-actual", actual);
    this.#size.textContent = actual ? "Fit to window" : "Actual size";
    this.#scroller
      .querySelector(".md-outline")
      ?.scrollIntoView({ block: "center", inline: "center" });
  }

  #forget() {
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = null;
    this.#scroller.replaceChildren();
  }

  close() {
    this.#node.close();
  }
}

/** One citation: its picture or sound, the words that count, and where they come from. */
class Card {
  node;
  #citation;
  #evidence = null;

  constructor(citation, onOpen) {
    this.#citation = citation;
    this.node = make("article", "md-card");
    this.node.tabIndex = -1;
    if (citation.media) {
      this.#evidence =
        citation.kind === "speech"
          ? make("div", "md-sound")
          : button("md-thumb", "", () => onOpen(citation));
      this.#evidence.setAttribute("aria-label", `Enlarge evidence ${citation.number}`);
      this.node.append(this.#evidence);
    }
    const source = make("div", "md-source");
    source.title = citation.title;
    source.append(
      make("span", "md-number", String(citation.number)),
      make("span", "md-app", citation.app),
      make("span", "md-title", citation.title),
    );
    const quote = make("blockquote", "md-quote", citation.text);
    this.node.append(source, quote, make("div", "md-when", citation.when));
  }

  picture(url) {
    const image = make("img");
    image.alt = this.#citation.text;
    image.src = url;
    this.#evidence.replaceChildren(image);
  }

  sound(url) {
    const audio = make("audio");
    audio.controls = true;
    audio.preload = "metadata";
    audio.src = url;
    this.#evidence.replaceChildren(audio);
  }

  gone(words) {
    this.#evidence.replaceWith(make("p", "md-quiet md-gone", words));
  }

  mark(on) {
    this.node.classList.toggle("md-marked", on);
  }

  point() {
    this.node.scrollIntoView({ block: "nearest", behavior: "smooth" });
    this.node.focus({ preventScroll: true });
  }
}

class View {
  #model;
  #id = Math.random().toString(36).slice(2);
  #root = make("section", "mirrordesk");
  #field = make("input", "md-field");
  #go = make("button", "md-go", "Ask");
  #fresh = button("md-plain md-fresh", "New conversation", () => this.#begin());
  #earlier = make("div", "md-earlier");
  #question = make("h3", "md-question");
  #stage = make("p", "md-stage");
  #text = make("div", "md-text");
  #meta = make("div", "md-meta");
  #cards = make("div", "md-cards");
  #hint = make("p", "md-quiet", "Answers come from this computer's own memory, with the evidence.");
  #dialog;
  #shown = new Map(); // citation number -> { citation, card }
  #urls = [];
  #busy = false;
  #replayed = false;
  #noReply = null;
  #listen = (message, buffers) => this.#receive(message, buffers);

  constructor(model, host) {
    this.#model = model;
    this.#root.setAttribute("aria-label", "MirrorDesk");
    const answer = make("div", "md-answer");
    answer.setAttribute("aria-live", "polite");
    answer.append(this.#earlier, this.#question, this.#stage, this.#text, this.#meta);
    this.#root.append(this.#head(), this.#form(), this.#hint, answer, this.#cards);
    this.#dialog = new FrameDialog(this.#root);
    host.append(this.#root);
    this.#stage.hidden = true;
    model.on("msg:custom", this.#listen);
    this.#send({ type: "hello" });
  }

  close() {
    this.#model.off("msg:custom", this.#listen);
    clearTimeout(this.#noReply);
    this.#dialog.close();
    this.#clear();
    this.#root.remove();
  }

  #head() {
    const head = make("header", "md-head");
    this.#fresh.hidden = true;
    head.append(make("span", "md-mark"), make("span", "md-name", "MirrorDesk"), this.#fresh);
    return head;
  }

  #form() {
    const form = make("form", "md-form");
    this.#field.type = "text";
    this.#field.placeholder = FIRST;
    this.#field.setAttribute("aria-label", "Question");
    this.#field.autocomplete = "off";
    this.#field.addEventListener("input", () => this.#settle());
    this.#field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault(); // JupyterLab keeps Enter from submitting by itself
      if (!this.#busy) form.requestSubmit();
    });
    this.#go.type = "submit";
    form.append(this.#field, this.#go);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#busy) this.#send({ type: "stop" });
      else this.#ask();
    });
    this.#settle();
    return form;
  }

  #ask() {
    const question = this.#field.value.trim();
    if (!question) return;
    this.#send({ type: "ask", question });
    this.#noReply = setTimeout(() => this.#wait(KERNEL_BUSY), NO_REPLY_MS);
  }

  #begin() {
    this.#send({ type: "begin" });
    this.#field.focus();
  }

  #send(message) {
    this.#model.send({ ...message, view: this.#id });
  }

  #settle() {
    this.#go.textContent = this.#busy ? "Stop" : "Ask";
    this.#go.classList.toggle("md-stop", this.#busy);
    this.#go.disabled = !this.#busy && !this.#field.value.trim();
    this.#fresh.disabled = this.#busy;
  }

  #receive(message, buffers) {
    if (message.view && message.view !== this.#id) return;
    if (message.type === "replay") {
      this.#replayed = true;
      for (const part of message.messages) this.#apply(part, buffers[part.buffer]);
    } else if (this.#replayed) {
      this.#apply(message, buffers[0]);
    }
  }

  #apply(message, buffer) {
    const shown = this.#shown.get(message.number);
    const apply = {
      asked: () => this.#asked(message),
      begun: () => this.#begun(),
      stage: () => this.#wait(message.words),
      piece: () => this.#append(message.text),
      answer: () => this.#answered(message),
      failed: () => this.#failed(message.words),
      refused: () => this.#refused(message.words),
      picture: () => shown.card.picture(this.#keep(buffer, "image/webp")),
      sound: () => shown.card.sound(this.#keep(buffer, "audio/ogg")),
      gone: () => shown.card.gone(message.words),
      frame: () => this.#dialog.shows(message.number) && this.#dialog.show(buffer, shown.citation),
      lost: () => this.#dialog.shows(message.number) && this.#dialog.say(message.words),
    }[message.type];
    apply();
  }

  #asked({ question, words, earlier }) {
    clearTimeout(this.#noReply);
    this.#clear();
    this.#talking(true);
    if (this.#field.value.trim() === question) this.#field.value = "";
    this.#earlier.replaceChildren(...earlier.map((turn) => this.#turn(turn)));
    this.#earlier.scrollTop = this.#earlier.scrollHeight; // the last is what it may follow on from
    this.#question.textContent = question;
    this.#busy = true;
    this.#wait(words);
    this.#settle();
  }

  #begun() {
    this.#clear();
    this.#talking(false);
    this.#settle();
  }

  /** Whether there is a conversation, which the next question may follow on from. */
  #talking(on) {
    this.#hint.hidden = on;
    this.#fresh.hidden = !on;
    this.#field.placeholder = on ? FOLLOW : FIRST;
  }

  #turn({ question, text }) {
    const turn = make("div", "md-turn");
    turn.append(make("p", "md-asked", question), make("p", "md-said", text));
    return turn;
  }

  #clear() {
    this.#dialog.close();
    this.#urls.splice(0).forEach((url) => URL.revokeObjectURL(url));
    this.#shown.clear();
    for (const part of [this.#earlier, this.#question, this.#text, this.#meta, this.#cards]) {
      part.replaceChildren();
    }
    this.#text.className = "md-text";
  }

  #wait(words) {
    this.#stage.textContent = words;
    this.#stage.hidden = !words;
  }

  #append(text) {
    this.#wait("");
    this.#text.classList.add("md-streaming");
    this.#text.append(text);
  }

  #end() {
    this.#busy = false;
    this.#wait("");
    this.#text.classList.remove("md-streaming");
    this.#settle();
  }

  #failed(words) {
    this.#end();
    this.#meta.replaceChildren(make("p", "md-error", words));
  }

  #refused(words) {
    clearTimeout(this.#noReply);
    this.#meta.append(make("p", "md-error", words));
  }

  #answered({ claims, citations, label, note, nothing }) {
    this.#end();
    for (const citation of citations) {
      const card = new Card(citation, () => this.#open(citation.number));
      this.#shown.set(citation.number, { citation, card });
      this.#cards.append(card.node);
    }
    this.#text.replaceChildren(...claims.map((claim) => this.#claim(claim)));
    if (nothing) this.#text.append(make("p", "md-nothing", nothing));
    if (label) this.#meta.append(make("span", "md-label", label));
    if (note) this.#meta.append(make("span", "md-note", note));
  }

  #claim({ text, sources }) {
    const line = make("p", "md-claim", text);
    for (const number of sources) line.append(this.#chip(number));
    return line;
  }

  #chip(number) {
    const { card } = this.#shown.get(number);
    const chip = button("md-chip", String(number), () => this.#open(number));
    chip.setAttribute("aria-label", `Evidence ${number}`);
    for (const [event, on] of [["pointerenter", true], ["pointerleave", false]]) {
      chip.addEventListener(event, () => card.mark(on));
    }
    return chip;
  }

  /** Enlarge a frame; of anything else point to its card. */
  #open(number) {
    const { citation, card } = this.#shown.get(number);
    if (citation.kind !== "frame" || !citation.media) {
      card.point();
      return;
    }
    this.#dialog.open(citation);
    this.#send({ type: "enlarge", number });
  }

  #keep(buffer, type) {
    const url = URL.createObjectURL(new Blob([buffer], { type }));
    this.#urls.push(url);
    return url;
  }
}

function render({ model, el }) {
  const view = new View(model, el);
  return () => view.close();
}

export default { render };

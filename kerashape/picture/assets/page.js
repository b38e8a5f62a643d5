"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (tag, text, name) => {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    if (name) node.className = name;
    return node;
  };

  // -- dark and light ------------------------------------------------------------------
  const remember = {
    get() { try { return localStorage.getItem("kerashape-theme"); } catch { return null; } },
    set(value) { try { localStorage.setItem("kerashape-theme", value); } catch { /* a file:// page without storage */ } },
  };
  const kept = remember.get();
  if (kept === "dark" || kept === "light") root.dataset.theme = kept;
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  const button = document.getElementById("theme");
  const say = () => button && button.setAttribute("aria-pressed", String(isDark()));
  if (button) button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember.set(root.dataset.theme);
    say();
  });
  say();

  // -- the layers of each model --------------------------------------------------------
  const known = new Map();
  const factsOf = (key) => {
    if (!known.has(key)) known.set(key, JSON.parse(document.getElementById(key + "-data").textContent));
    return known.get(key);
  };
  const textOf = (fact) => `${fact.name} ${fact.kind} ${fact.output} ${fact.place || ""} ${fact.source || ""} ${(fact.marks || []).join(" ")}`.toLowerCase();
  const tabulate = (details) => {
    if (details.querySelector("table")) return;
    const drawn = Boolean(details.closest(".model").querySelector(".viewer"));
    const table = make("table"), head = make("tr"), body = make("tbody");
    table.append(make("caption", "The layers of " + details.dataset.title, "hidden"));
    for (const name of ["Layer", "Class", "Input", "Output", "Parameters", "Line"]) {
      const cell = make("th", name, name === "Parameters" ? "number" : "");
      cell.scope = "col";
      head.append(cell);
    }
    const top = make("thead");
    top.append(head);
    for (const [id, fact] of Object.entries(factsOf(details.dataset.of))) {
      const row = make("tr", undefined, fact.marks ? "bad" : ""), first = make("th");
      first.scope = "row";
      if (drawn) {
        const link = make("a", fact.name);
        link.href = "#";
        link.dataset.box = id;
        first.append(link);
      } else first.textContent = fact.name;
      row.dataset.words = textOf(fact);
      row.append(first, make("td", fact.kind), make("td", fact.input.join(", ")), make("td", fact.output),
        make("td", fact.params, "number"), make("td", fact.place || ""));
      body.append(row);
    }
    table.append(top, body);
    const wide = make("div", undefined, "wide");
    wide.append(table);
    details.append(wide);
  };
  for (const details of all(".layers")) details.addEventListener("toggle", () => {
    if (details.open) { tabulate(details); find(); }
  });

  // -- graphs ----------------------------------------------------------------------------
  const viewers = new Map();

  class Viewer {
    constructor(element) {
      this.element = element;
      this.key = element.dataset.key;
      this.scene = element.querySelector(".scene");
      this.card = element.querySelector(".card");
      this.hint = this.card.firstElementChild;
      this.facts = factsOf(this.key);
      this.size = [Number(element.dataset.width), Number(element.dataset.height)];
      this.boxes = new Map(all(".box", element).map((box) => [box.id.slice(this.key.length + 1), box]));
      this.arrows = all(".arrow", element);
      this.places = new Map();
      for (const [id, box] of this.boxes) {
        const at = box.transform.baseVal.consolidate().matrix;
        const body = box.querySelector(".body");
        this.places.set(id, [at.e, at.f, Number(body.getAttribute("width")), Number(body.getAttribute("height"))]);
      }
      this.pointers = new Map();
      this.chosen = null;
      this.listen();
      this.start();
    }

    view() { return [this.element.clientWidth, this.element.clientHeight]; }

    draw() {
      this.scene.setAttribute("transform", `translate(${this.x.toFixed(1)} ${this.y.toFixed(1)}) scale(${this.zoom.toFixed(4)})`);
    }

    fit() {
      const [width, height] = this.view();
      this.zoom = Math.min(width / this.size[0], height / this.size[1], 1.25);
      this.x = (width - this.size[0] * this.zoom) / 2;
      this.y = (height - this.size[1] * this.zoom) / 2;
      this.draw();
    }

    start() {
      this.fit();
      if (this.zoom >= 0.6) return;
      const faulty = [...this.boxes].find(([, box]) => box.classList.contains("error") || box.classList.contains("warning"));
      const first = faulty ? faulty[0] : this.boxes.keys().next().value;
      if (first === undefined) return;
      this.zoom = 0.9;
      this.centre(first, faulty ? 0.5 : 0.12);
    }

    centre(id, share = 0.5) {
      const [x, y, width, height] = this.places.get(id);
      const [across, down] = this.view();
      this.x = across / 2 - (x + width / 2 + 16) * this.zoom;
      this.y = down * share - (y + height / 2 + 16) * this.zoom;
      this.draw();
    }

    scale(factor, cx = this.view()[0] / 2, cy = this.view()[1] / 2) {
      const zoom = Math.min(4, Math.max(0.02, this.zoom * factor));
      this.x = cx - (cx - this.x) * (zoom / this.zoom);
      this.y = cy - (cy - this.y) * (zoom / this.zoom);
      this.zoom = zoom;
      this.draw();
    }

    show(id, keep = false) {
      if (keep) this.chosen = id;
      for (const box of all(".on", this.element)) box.classList.remove("on");
      if (!id) { this.card.replaceChildren(this.hint); return; }
      this.boxes.get(id).classList.add("on");
      for (const arrow of this.arrows)
        if (arrow.dataset.from === id || arrow.dataset.to === id) arrow.classList.add("on");
      this.card.replaceChildren(...this.describe(this.facts[id]));
    }

    describe(fact) {
      const head = make("h4", fact.name + " ");
      head.append(make("small", fact.kind));
      const list = make("dl");
      const row = (term, text) => { if (text) list.append(make("dt", term), make("dd", text)); };
      row("input", fact.input.join(", "));
      row("output", fact.output);
      row("parameters", fact.params);
      row("trained", fact.trained);
      row("inside", fact.note);
      row("at", fact.place);
      const parts = [head, list];
      if (fact.source) parts.push(make("pre", fact.source));
      for (const [severity, code, message, help] of fact.marks || []) {
        const told = make("p", undefined, "told");
        told.append(make("span", code, "badge " + severity), " " + message);
        parts.push(told);
        if (help) parts.push(make("p", "help: " + help, "told"));
      }
      return parts;
    }

    go(id) {
      this.show(id, true);
      const [x, y, width, height] = this.places.get(id);
      const [across, down] = this.view();
      const left = this.x + (x + 16) * this.zoom, top = this.y + (y + 16) * this.zoom;
      const inside = left >= 0 && top >= 0 && left + width * this.zoom <= across && top + height * this.zoom <= down;
      if (!inside) { if (this.zoom < 0.5) this.zoom = 0.8; this.centre(id); }
    }

    step(key) {
      const ids = [...this.boxes.keys()];
      if (!ids.length) return;
      if (!this.chosen) { this.go(ids[0]); return; }
      const here = this.chosen;
      const near = (list) => list.sort((a, b) => Math.abs(this.places.get(a)[0] - this.places.get(here)[0]) - Math.abs(this.places.get(b)[0] - this.places.get(here)[0]))[0];
      if (key === "ArrowDown" || key === "ArrowUp") {
        const [mine, other] = key === "ArrowDown" ? ["from", "to"] : ["to", "from"];
        const next = near(this.arrows.filter((a) => a.dataset[mine] === here).map((a) => a.dataset[other]));
        if (next) { this.go(next); return; }
      }
      const at = ids.indexOf(here) + (key === "ArrowDown" || key === "ArrowRight" ? 1 : -1);
      if (ids[at]) this.go(ids[at]);
    }

    listen() {
      const element = this.element;
      const boxOf = (event) => {
        const box = event.target.closest && event.target.closest(".box");
        return box ? box.id.slice(this.key.length + 1) : null;
      };
      const at = (event) => {
        const area = element.getBoundingClientRect();
        return [event.clientX - area.left, event.clientY - area.top];
      };
      element.addEventListener("wheel", (event) => {
        const alone = document.body.classList.contains("graphs") && all(".viewer").length === 1;
        if (event.target.closest(".card")) return;
        if (!alone && !event.ctrlKey && !event.metaKey && document.activeElement !== element) return;
        event.preventDefault();
        this.scale(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0018)), ...at(event));
      }, { passive: false });
      element.addEventListener("pointerdown", (event) => {
        if (event.target.closest(".tools, .card")) return;
        element.focus({ preventScroll: true });
        this.pointers.set(event.pointerId, [event.clientX, event.clientY]);
        this.moved = 0;
        element.setPointerCapture(event.pointerId);
      });
      element.addEventListener("pointermove", (event) => {
        const before = this.pointers.get(event.pointerId);
        if (!before) { if (!this.chosen) this.show(boxOf(event)); return; }
        const now = [event.clientX, event.clientY];
        this.pointers.set(event.pointerId, now);
        if (this.pointers.size === 2) {
          const other = [...this.pointers].find(([id]) => id !== event.pointerId)[1];
          const gap = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]) || 1;
          this.scale(gap(now) / gap(before), ...at(event));
          return;
        }
        this.moved += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
        element.classList.add("moving");
        this.x += now[0] - before[0];
        this.y += now[1] - before[1];
        this.draw();
      });
      const up = (event) => {
        if (!this.pointers.delete(event.pointerId)) return;
        element.classList.remove("moving");
        if (event.type === "pointerup" && this.moved < 5) {
          const hit = document.elementFromPoint(event.clientX, event.clientY);
          const box = hit && hit.closest(".box");
          const id = box && element.contains(box) ? box.id.slice(this.key.length + 1) : null;
          this.show(id, true);
        }
      };
      element.addEventListener("pointerup", up);
      element.addEventListener("pointercancel", up);
      element.addEventListener("pointerleave", () => { if (!this.chosen) this.show(null); });
      element.addEventListener("keydown", (event) => {
        if (event.target !== element || event.ctrlKey || event.metaKey || event.altKey) return;
        const act = {
          "+": () => this.scale(1.25), "=": () => this.scale(1.25), "-": () => this.scale(0.8),
          "0": () => this.fit(), Escape: () => this.show(null, true),
          Home: () => this.go(this.boxes.keys().next().value),
          End: () => this.go([...this.boxes.keys()].pop()),
        }[event.key] || (event.key.startsWith("Arrow") ? () => this.step(event.key) : null);
        if (!act) return;
        event.preventDefault();
        act();
      });
      for (const tool of all("[data-do]", element)) tool.addEventListener("click", () => {
        ({ in: () => this.scale(1.25), out: () => this.scale(0.8), fit: () => this.fit() })[tool.dataset.do]();
      });
    }

    search(words) {
      let hits = 0, first = null;
      for (const [id, box] of this.boxes) {
        const text = textOf(this.facts[id]);
        const hit = words.length > 0 && words.every((word) => text.includes(word));
        box.classList.toggle("hit", hit);
        if (hit) { hits += 1; first = first || id; }
      }
      this.element.classList.toggle("searching", words.length > 0 && hits > 0);
      if (first && document.body.classList.contains("graphs")) this.go(first);
      else if (!words.length) this.show(null, true);
      return hits;
    }
  }

  const open = (element) => {
    if (!viewers.has(element.dataset.key)) viewers.set(element.dataset.key, new Viewer(element));
    return viewers.get(element.dataset.key);
  };
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) { open(entry.target); watch.unobserve(entry.target); }
  }, { rootMargin: "300px" });
  all(".viewer").forEach((element) => watch.observe(element));

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-box]");
    if (!link) return;
    event.preventDefault();
    const element = link.closest(".model").querySelector(".viewer");
    if (!element) return;
    const viewer = open(element);
    element.scrollIntoView({ block: "center" });
    element.focus({ preventScroll: true });
    viewer.go(link.dataset.box);
  });

  // -- search --------------------------------------------------------------------------
  const field = document.getElementById("search");
  const hits = document.getElementById("hits");
  const find = () => {
    if (!field) return;
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of all("[data-search]:not(.model)")) {
      row.hidden = !words.every((word) => row.dataset.search.includes(word));
      count += row.hidden ? 0 : 1;
    }
    for (const model of all(".model")) {
      const element = model.querySelector(".viewer");
      const has = (text) => words.every((word) => text.includes(word));
      const layers = Object.values(factsOf(model.id)).filter((fact) => has(textOf(fact))).length;
      if (element && (layers || viewers.has(model.id))) open(element).search(words);
      for (const row of all("tr[data-words]", model)) row.hidden = !has(row.dataset.words);
      const named = words.every((word) => model.dataset.search.includes(word));
      model.hidden = words.length > 0 && !named && layers === 0;
      count += layers || (named ? 1 : 0);
    }
    for (const group of all("[data-group]"))
      group.hidden = words.length > 0 && !group.querySelector("[data-search]:not([hidden])");
    hits.textContent = words.length ? `${count} found` : "";
  };
  if (field) {
    let timer = 0;
    field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(find, 120); });
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && !/^(input|textarea|select)$/i.test(event.target.tagName)) {
        event.preventDefault();
        field.focus();
        field.select();
      } else if (event.key === "Escape" && event.target === field) {
        field.value = "";
        find();
      }
    });
  }
})();

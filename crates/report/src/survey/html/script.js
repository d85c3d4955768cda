"use strict";
// Panel, search, filters, pan and zoom. Everything is set as text, never as markup; the state worth sharing is in the address.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const map = document.getElementById("map");
  const stage = document.getElementById("stage");
  const panel = document.getElementById("panel");
  const find = document.getElementById("find");
  const owner = document.getElementById("owner");
  const environment = document.getElementById("environment");
  const nodes = new Map([...document.querySelectorAll("[data-component]")].map((g) => [Number(g.dataset.component), g]));
  const edges = new Map([...document.querySelectorAll("[data-edge]")].map((g) => [Number(g.dataset.edge), g]));
  const kinds = new Set([...document.querySelectorAll("[data-kind]")].map((button) => button.dataset.kind));
  let opener = null;

  // Building blocks
  const make = (tag, options = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(options)) {
      if (key === "class") element.className = value;
      else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else element.setAttribute(key, value);
    }
    for (const child of children.flat()) if (child !== null && child !== undefined) element.append(child);
    return element;
  };
  const counted = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;
  const place = (index) => {
    const [basis, where, note, via] = data.evidence[index];
    const item = make("li", {}, make("code", {}, where), ` ${basis}${note ? ` · ${note}` : ""}`);
    for (const step of via) item.append(make("div", {}, "through ", make("code", {}, step)));
    return item;
  };
  const proof = (indices) => make("ul", { class: "proof" }, indices.map(place));
  const shown = (claim) => claim.value === null ? "none" : claim.value;
  const fact = (row) => {
    const disagree = row.others.filter((other) => other.value !== row.claim.value);
    const summary = make("summary", { title: row.doc }, make("span", { class: "key" }, row.field),
      make("span", { class: "value" }, shown(row.claim), disagree.length ? make("span", { class: "drift" }, ` ≠ ${disagree.map(shown).join(", ")}`) : null));
    const rest = row.others.map((other) => [make("p", {}, `also: ${shown(other)}`), proof([other.evidence])]);
    return make("details", { class: "fact" }, summary, proof([row.claim.evidence]), rest.flat());
  };
  const known = (key, value, indices) => value ? make("details", { class: "fact" },
    make("summary", {}, make("span", { class: "key" }, key), make("span", { class: "value" }, value)), proof(indices)) : null;
  const part = (title, remark, ...children) => {
    const content = children.flat().filter((child) => child !== null);
    return content.length ? [make("h3", {}, title, remark ? make("small", {}, remark) : null), ...content] : [];
  };
  const link = (index) => make("a", { href: `#component=${encodeURIComponent(data.components[index].id)}` }, data.components[index].id);

  // Which environment a thing is in
  const chosenEnvironment = () => environment && environment.value !== "" ? Number(environment.value) : null;
  const isHere = (environments) => chosenEnvironment() === null || environments.length === 0 || environments.includes(chosenEnvironment());

  // The panel
  const callItem = (index, end) => {
    const edge = data.edges[index];
    const arrow = edge.waits ? "→" : "⇢";
    const said = `${arrow} ${edge.speaks}`;
    const open = make("button", { type: "button", "aria-label": `the call from ${data.components[edge.from].id} to ${data.components[edge.to].id}, ${edge.speaks}`, onclick: () => go("call", callName(edge)) }, said);
    return make("li", { class: "call" }, open, link(end));
  };
  const callName = (edge) => `${data.components[edge.from].id}>${data.components[edge.to].id}`;
  const callList = (index, own, other) => {
    const all = data.edges.map((edge, at) => [edge, at]).filter(([edge]) => edge[own] === index);
    const rows = all.filter(([edge]) => isHere(edge.environments));
    const rest = all.length - rows.length;
    return [rows.length ? make("ul", {}, rows.map(([edge, at]) => callItem(at, edge[other]))) : null,
      rest ? make("p", {}, `${rest} more in other environments`) : null];
  };
  const deployments = (component) => {
    const first = (row) => row.environment === chosenEnvironment() ? 0 : 1;
    const rows = [...component.deployments].sort((a, b) => first(a) - first(b));
    const facts = (row) => [known("stated in", counted(row.evidence.length, "place"), row.evidence), ...row.facts.map(fact)];
    const name = (row) => data.environments[row.environment];
    const folded = (row) => make("details", { class: "fact" },
      make("summary", {}, make("span", { class: "key" }, "runs in"), make("span", { class: "value" }, name(row))), facts(row));
    return [...rows.slice(0, 1).flatMap((row) => part(`Runs in ${name(row)}`, "", facts(row))),
      ...part("Elsewhere", "", rows.slice(1).map(folded))];
  };
  const interfaceRow = (row) => make("details", { class: "fact" },
    make("summary", {}, make("span", { class: "key" }, `${row.kind} ${row.operations.length}`), make("span", { class: "value" }, row.name, row.version ? ` ${row.version}` : "")),
    proof(row.evidence), make("ul", { class: "proof" }, row.operations.map((operation) =>
      make("li", {}, make("code", {}, operation.name), " ", make("small", {}, data.evidence[operation.evidence][1]), operation.facts.map(fact)))));
  const topicRow = (topic) => make("details", { class: "fact" },
    make("summary", {}, make("span", { class: "key" }, topic.role), make("span", { class: "value" }, topic.id)), proof(topic.evidence), topic.facts.map(fact));
  const topics = (index) => data.topics.flatMap((topic) => {
    const roles = [["producers", "sends"], ["consumers", "receives"], ["users", "names"]].filter(([key]) => topic[key].includes(index)).map(([, word]) => word);
    if (topic.broker === index) roles.push("carries");
    return roles.length ? [{ ...topic, role: roles.join(", ") }] : [];
  });
  const head = (title) => make("header", {}, make("h2", { id: "panel-title", tabindex: "-1" }, title),
    make("button", { type: "button", class: "close", "aria-label": "Close", onclick: close }, "✕"));
  const componentPanel = (index) => {
    const row = data.components[index];
    panel.replaceChildren(head(row.id),
      make("span", { class: `kind kind-${row.kind}` }, row.supports ? `${row.kind}, for ${row.supports}` : row.kind),
      ...part("What it is", "", known("built with", row.built, row.evidence), known("owner", row.owner, row.evidence),
        row.aliases.map(([name, evidence]) => known("also named", name, [evidence])),
        row.facts.filter((one) => !["technology", "language", "owner"].includes(one.field)).map(fact), known("known from", counted(row.evidence.length, "place"), row.evidence)),
      ...part("Calls", "", callList(index, "from", "to")),
      ...part("Called by", "", callList(index, "to", "from")),
      ...part("Can be asked", counted(row.interfaces.reduce((sum, one) => sum + one.operations.length, 0), "operation"), row.interfaces.map(interfaceRow)),
      ...part("Topics", "", topics(index).map(topicRow)),
      ...deployments(row));
  };
  const edgePanel = (indices) => {
    const edge = data.edges[indices[0]];
    panel.replaceChildren(head(`${data.components[edge.from].id} ${edge.waits ? "→" : "⇢"} ${data.components[edge.to].id}`),
      make("p", {}, link(edge.from), " calls ", link(edge.to), "."),
      ...indices.flatMap((index) => data.edges[index].calls).flatMap((index) => {
        const call = data.calls[index];
        const where = call.environments.map((one) => data.environments[one]).join(", ");
        return part(call.protocol, call.waits ? "waits for the answer" : "does not wait",
          known("shown by", counted(call.evidence.length, "place"), call.evidence), where ? make("p", {}, `only in ${where}`) : null, call.facts.map(fact));
      }));
    for (const details of panel.querySelectorAll("details")) details.open = true;
  };
  const light = (near, lit) => {
    map?.classList.toggle("choosing", lit !== null);
    for (const [index, g] of nodes) { g.classList.toggle("near", near.has(index)); g.classList.remove("chosen"); }
    for (const [index, g] of edges) {
      const on = lit !== null && lit.has(index);
      g.classList.toggle("lit", on);
      g.setAttribute("tabindex", on ? "0" : "-1");
    }
  };
  const open = (focus) => {
    panel.hidden = false;
    document.body.classList.add("open");
    panel.scrollTop = 0;
    if (focus) panel.querySelector("h2").focus({ preventScroll: true });
  };
  const close = () => {
    if (panel.hidden) return;
    panel.hidden = true;
    document.body.classList.remove("open");
    light(new Set(), null);
    go(null);
    opener?.focus?.({ preventScroll: true });
  };

  // The address
  const state = () => new Map(location.hash.slice(1).split("&").filter((one) => one.includes("=")).map((one) => {
    const at = one.indexOf("=");
    try { return [one.slice(0, at), decodeURIComponent(one.slice(at + 1))]; } catch { return ["", ""]; }
  }));
  const go = (key, name) => {
    const parts = key ? [`${key}=${encodeURIComponent(name)}`] : [];
    const usual = data.environment === null ? "" : String(data.environment);
    if (environment && environment.value !== usual) parts.push(`environment=${encodeURIComponent(environment.value === "" ? "" : data.environments[environment.value])}`);
    history.replaceState(null, "", parts.length ? `#${parts.join("&")}` : location.pathname + location.search);
    show(true);
  };
  const show = (focus) => {
    const now = state();
    if (environment && now.has("environment")) {
      const at = data.environments.indexOf(now.get("environment"));
      environment.value = at < 0 ? "" : String(at);
    }
    filter();
    const component = data.components.findIndex((row) => row.id === now.get("component"));
    const calls = data.edges.flatMap((edge, index) => callName(edge) === now.get("call") ? [index] : []);
    if (component >= 0) {
      const lit = new Set(data.edges.flatMap((edge, index) => (edge.from === component || edge.to === component) && isHere(edge.environments) ? [index] : []));
      const near = new Set([component, ...[...lit].flatMap((index) => [data.edges[index].from, data.edges[index].to])]);
      componentPanel(component);
      light(near, lit);
      nodes.get(component)?.classList.add("chosen");
      open(focus);
      if (nodes.has(component)) reveal(nodes.get(component));
    } else if (calls.length) {
      edgePanel(calls);
      light(new Set([data.edges[calls[0]].from, data.edges[calls[0]].to]), new Set(calls));
      open(focus);
    } else if (!panel.hidden) {
      close();
    }
  };

  // What stands below a name, and the head line, follow the environment
  const below = (row) => {
    const here = row.deployments.find((one) => one.environment === chosenEnvironment());
    const copies = here && !["?", "none"].includes(here.copies) ? `× ${here.copies}` : "";
    const away = chosenEnvironment() !== null && !here && row.deployments.length > 0 ? "not here" : "";
    return [row.product, copies, away].filter(Boolean).join(" · ");
  };
  const relabel = () => {
    for (const [index, g] of nodes) {
      const text = below(data.components[index]), room = Number(g.dataset.room);
      g.querySelector(".below").textContent = [...text].length > room ? `${[...text].slice(0, room - 1).join("").trimEnd()}…` : text;
    }
    const pairs = new Set(data.edges.filter((edge) => isHere(edge.environments)).map((edge) => `${edge.from} ${edge.to}`));
    document.getElementById("flows").textContent = counted(pairs.size, "flow");
    const where = document.getElementById("where");
    if (where) where.textContent = chosenEnvironment() === null ? "all environments" : data.environments[chosenEnvironment()];
  };

  // Search and filters
  const matches = (row) => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const text = [row.id, row.built, row.owner ?? "", row.kind, ...row.aliases.map(([name]) => name)].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const filter = () => {
    relabel();
    const visible = new Set();
    data.components.forEach((row, index) => {
      const ofKind = kinds.has(row.kind) || !document.querySelector(`[data-kind="${row.kind}"]`);
      if (ofKind && (!owner?.value || row.owner === owner.value) && matches(row)) visible.add(index);
    });
    for (const [index, g] of nodes) {
      g.classList.toggle("out", !visible.has(index));
      g.setAttribute("tabindex", visible.has(index) ? "0" : "-1");
    }
    document.getElementById("edges")?.classList.toggle("filtered", [...data.edges].some((edge) => !(visible.has(edge.from) && visible.has(edge.to) && isHere(edge.environments))));
    for (const [index, g] of edges) {
      const edge = data.edges[index];
      g.classList.toggle("out", !(visible.has(edge.from) && visible.has(edge.to) && isHere(edge.environments)));
    }
    for (const row of document.querySelectorAll("tbody tr[data-components], tbody tr[data-environments]")) {
      const numbers = (text) => text ? text.split(" ").map(Number) : [];
      const components = numbers(row.dataset.components);
      row.hidden = !(isHere(numbers(row.dataset.environments)) && (components.length === 0 || components.some((index) => visible.has(index))));
    }
    const own = [...nodes.keys()].filter((index) => visible.has(index)).length;
    document.getElementById("shown").textContent = own === nodes.size ? "" : `${own} of ${counted(nodes.size, "component")} shown`;
    return visible;
  };
  find.addEventListener("input", filter);
  owner?.addEventListener("change", filter);
  environment?.addEventListener("change", () => {
    const now = state();
    if (now.has("component")) go("component", now.get("component"));
    else if (now.has("call")) go("call", now.get("call"));
    else go(null);
  });
  for (const button of document.querySelectorAll("button[data-kind]")) {
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      if (on) kinds.add(button.dataset.kind); else kinds.delete(button.dataset.kind);
      filter();
    });
  }
  document.querySelector(".tools").addEventListener("submit", (event) => {
    event.preventDefault();
    const [first] = [...filter()].filter((index) => nodes.has(index));
    if (first !== undefined) { opener = find; go("component", data.components[first].id); }
  });

  // Pan and zoom: the view is the viewBox
  const full = map ? { width: Number(map.dataset.width), height: Number(map.dataset.height) } : null;
  const margin = map ? map.viewBox.baseVal.x : 0;
  const view = { x: margin, y: margin, scale: 1 };
  let touched = false;
  const smallest = 0.72, largest = 3;
  const size = () => ({ width: stage.clientWidth, height: map.clientHeight });
  const apply = () => {
    const { width, height } = size();
    map.setAttribute("viewBox", `${view.x} ${view.y} ${width / view.scale} ${height / view.scale}`);
    // A map that goes on beyond an edge fades out there, so that nobody takes it for the whole.
    stage.classList.toggle("more-left", view.x > margin + 1);
    stage.classList.toggle("more-right", view.x + width / view.scale < margin + full.width - 1);
  };
  const fit = () => {
    touched = false;
    const width = stage.clientWidth;
    const tall = Math.max(360, window.innerHeight - 190);
    const whole = Math.min(width / full.width, tall / full.height);
    view.scale = Math.min(1.2, whole >= smallest ? whole : Math.max(smallest, Math.min(width / full.width, 1)));
    map.style.maxHeight = "none";
    map.style.height = `${Math.min(Math.max(full.height * view.scale, 220), 1800)}px`;
    view.x = margin + Math.min(0, (full.width - width / view.scale) / 2);
    view.y = margin + Math.min(0, (full.height - map.clientHeight / view.scale) / 2);
    apply();
  };
  const zoom = (factor, at) => {
    const { width, height } = size();
    const point = at ?? { x: width / 2, y: height / 2 };
    const scale = Math.min(largest, Math.max(0.2, view.scale * factor));
    view.x += point.x / view.scale - point.x / scale;
    view.y += point.y / view.scale - point.y / scale;
    view.scale = scale;
    touched = true;
    apply();
  };
  const pan = (dx, dy) => { touched = true; view.x += dx / view.scale; view.y += dy / view.scale; apply(); };
  const reveal = (g) => {
    const box = g.transform.baseVal.consolidate().matrix;
    const { width, height } = size();
    const margins = 40, boxWidth = g.getBBox().width;
    const left = (box.e - view.x) * view.scale, top = (box.f - view.y) * view.scale;
    if (left < margins || left + boxWidth * view.scale > width - margins) view.x = box.e + boxWidth / 2 - width / view.scale / 2;
    if (top < 0 || top + 60 > height) view.y = box.f + 22 - height / view.scale / 2;
    apply();
  };
  if (map) {
    const activate = (g) => {
      opener = g;
      if (g.dataset.component) go("component", data.components[Number(g.dataset.component)].id);
      else go("call", callName(data.edges[Number(g.dataset.edge)]));
    };
    let drag = null;
    map.addEventListener("pointerdown", (event) => {
      if (event.button === 0) drag = { x: event.clientX, y: event.clientY, moved: false, id: event.pointerId };
    });
    map.addEventListener("pointermove", (event) => {
      if (!drag) return;
      const dx = drag.x - event.clientX, dy = drag.y - event.clientY;
      if (!drag.moved && Math.hypot(dx, dy) < 4) return;
      if (!drag.moved) { drag.moved = true; map.setPointerCapture(drag.id); map.classList.add("dragged"); }
      pan(dx, event.pointerType === "touch" ? 0 : dy);
      drag.x = event.clientX;
      drag.y = event.clientY;
    });
    const drop = () => { setTimeout(() => { drag = null; }, 0); map.classList.remove("dragged"); };
    map.addEventListener("pointerup", drop);
    map.addEventListener("pointercancel", drop);
    map.addEventListener("click", (event) => {
      if (drag?.moved) return;
      const g = event.target.closest("[data-component], [data-edge]");
      if (g) activate(g); else close();
    });
    document.querySelector("main").addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const g = event.target.closest("[data-component], [data-edge]");
      const step = 60;
      const keys = {
        Enter: () => g && activate(g), " ": () => g && activate(g), "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), "0": fit,
        ArrowLeft: () => pan(-step, 0), ArrowRight: () => pan(step, 0), ArrowUp: () => pan(0, -step), ArrowDown: () => pan(0, step),
      };
      const onMap = stage.contains(event.target) || event.target.matches(".zoom button");
      const isButton = event.target.matches(".zoom button") && (event.key === "Enter" || event.key === " ");
      if (onMap && keys[event.key] && !isButton) { event.preventDefault(); keys[event.key](); }
    });
    map.addEventListener("focusin", (event) => { if (event.target.matches(".node:focus-visible")) reveal(event.target); });
    map.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = map.getBoundingClientRect();
      zoom(Math.exp(-event.deltaY / 400), { x: event.clientX - box.left, y: event.clientY - box.top });
    }, { passive: false });
    for (const button of document.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => ({ in: () => zoom(1.25), out: () => zoom(0.8), fit })[button.dataset.zoom]());
    }
    let lastWidth = stage.clientWidth;
    new ResizeObserver(() => {
      if (stage.clientWidth === lastWidth) return;
      lastWidth = stage.clientWidth;
      if (touched) apply(); else fit();
    }).observe(stage);
    window.addEventListener("beforeprint", () => map.setAttribute("viewBox", `${margin} ${margin} ${full.width} ${full.height}`));
    window.addEventListener("afterprint", apply);
    fit();
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  document.addEventListener("click", (event) => { if (event.target.matches("a[href^='#component=']")) opener = event.target; });
  window.addEventListener("hashchange", () => show(true));
  show(false);
})();

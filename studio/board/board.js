// Values as chips that are dragged into groups; or picked with a click or the space bar, and put into a group by its
// button. Nothing is kept here but what is picked and the filter: every change goes to Python and comes back as data.
// Texts are only ever set as textContent: values come from people's files.

const MOST = 400; // chips drawn in one box; the filter narrows the rest down
const kept = new WeakMap();

function make(tag, name, text, attributes = {}) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".board");
  const words = data.words;
  const state = kept.get(root) || { picked: new Set(), filter: "", naming: null };
  kept.set(root, state);
  if (state.level !== data.level) Object.assign(state, { picked: new Set(), filter: "", naming: null, level: data.level });
  const all = new Set([...data.alone, ...data.groups.flatMap((g) => g.members)].map((m) => m.id));
  state.picked = new Set([...state.picked].filter((id) => all.has(id)));

  const move = (group, id) => {
    const members = id !== undefined && !state.picked.has(id) ? [id] : [...state.picked];
    if (!members.length) return;
    state.picked.clear();
    setTriggerValue("moved", { members, group });
  };
  const fits = (member) => member.label.toLowerCase().includes(state.filter.toLowerCase());

  function pick(id) {
    state.picked.has(id) ? state.picked.delete(id) : state.picked.add(id);
    const chip = [...root.querySelectorAll(".chip")].find((c) => c.dataset.id === id);
    if (chip) chip.setAttribute("aria-pressed", state.picked.has(id));
    said();
  }

  function said() {
    const count = state.picked.size;
    root.querySelector(".picked").textContent = words.picked.replace("{count}", count);
    for (const button of root.querySelectorAll(".put")) button.hidden = !count;
  }

  function chip(member) {
    const node = make("button", "chip", member.label, { type: "button", draggable: "true", "aria-pressed": state.picked.has(member.id) });
    node.dataset.id = member.id;
    node.append(make("small", "", ` ${member.rows}`));
    node.onclick = () => pick(member.id);
    node.ondragstart = (event) => {
      event.dataTransfer.setData("text/plain", member.id);
      event.dataTransfer.effectAllowed = "move";
    };
    return node;
  }

  function box(name, members, group) {
    const node = make("section", "box", undefined, { "aria-label": name });
    const head = make("div", "head");
    head.append(make("b", "", name), make("span", "", words.holds.replace("{count}", members.length)));
    if (group !== null) {
      const put = make("button", "put", words.put, { type: "button", "aria-label": `${words.put}: ${name}` });
      put.onclick = () => move(group);
      const rename = make("button", "", words.rename, { type: "button", "aria-label": `${words.rename}: ${name}` });
      rename.onclick = () => { state.naming = group; draw(); root.querySelector(".naming")?.focus(); };
      const apart = make("button", "", words.apart, { type: "button", "aria-label": `${words.apart}: ${name}` });
      apart.onclick = () => setTriggerValue("apart", { group });
      head.append(put, rename, apart);
    }
    node.append(head);
    if (group !== null && state.naming === group) node.append(naming(group));
    const chips = make("div", "chips");
    const shown = members.filter(fits);
    chips.append(...shown.slice(0, MOST).map(chip));
    if (shown.length > MOST) chips.append(make("span", "", words.more.replace("{count}", shown.length - MOST)));
    node.append(chips);
    if (group !== null) target(node, group);
    return node;
  }

  function naming(group) {
    const field = make("input", "naming", undefined, { type: "text", "aria-label": words.name });
    field.value = group;
    field.onkeydown = (event) => {
      if (event.key === "Escape") { state.naming = null; draw(); }
      if (event.key !== "Enter" || !field.value.trim()) return;
      state.naming = null;
      setTriggerValue("renamed", { group, name: field.value });
    };
    return field;
  }

  function target(node, group) {
    node.ondragover = (event) => { event.preventDefault(); node.classList.add("over"); };
    node.ondragleave = () => node.classList.remove("over");
    node.ondrop = (event) => {
      event.preventDefault();
      node.classList.remove("over");
      const name = typeof group === "function" ? group() : group;
      if (name) move(name, event.dataTransfer.getData("text/plain"));
    };
  }

  function fresh() {
    const node = make("section", "box new", undefined, { "aria-label": words.fresh });
    const field = make("input", "", undefined, { type: "text", placeholder: words.name, "aria-label": words.fresh });
    const put = make("button", "put", words.put, { type: "button", "aria-label": `${words.put}: ${words.fresh}` });
    const free = () => {
      const taken = new Set([...data.groups.map((g) => g.name), ...all]);
      let number = 1;
      while (taken.has(`${words.unnamed} ${number}`)) number += 1;
      return field.value.trim() || `${words.unnamed} ${number}`;
    };
    put.onclick = () => move(free());
    field.onkeydown = (event) => { if (event.key === "Enter") move(free()); };
    node.append(make("b", "", words.fresh), field, put);
    target(node, free);
    return node;
  }

  function draw() {
    const bar = make("div", "bar");
    const filter = make("input", "filter", undefined, { type: "search", placeholder: words.filter, "aria-label": words.filter });
    filter.value = state.filter;
    const every = make("button", "", words.every, { type: "button" });
    every.onclick = () => {
      for (const m of [...data.alone, ...data.groups.flatMap((g) => g.members)]) if (fits(m)) state.picked.add(m.id);
      draw();
    };
    const none = make("button", "", words.none, { type: "button" });
    none.onclick = () => { state.picked.clear(); draw(); };
    bar.append(filter, every, none, make("span", "picked", "", { role: "status" }));
    const boxes = make("div", "boxes");
    const fill = () => boxes.replaceChildren(
      fresh(),
      ...data.groups.map((g) => box(g.name, g.members, g.name)),
      ...(data.alone.length ? [box(words.alone, data.alone, null)] : []),
    );
    filter.oninput = () => { state.filter = filter.value; fill(); said(); };
    fill();
    root.replaceChildren(bar, boxes);
    said();
  }

  draw();
}

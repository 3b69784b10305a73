// The graph of kernels, or of values: layers from the inputs down, in each layer in the order of the mean of their operands' places, which keeps
// edges short. The wheel zooms, dragging moves.

const graphs = {
  kernels(program) {
    const maker = new Map();
    program.kernels.forEach((kernel, i) => kernel.stores.forEach(id => maker.set(id, i)));
    return program.kernels.map((kernel, i) => ({
      label: kernel.method, note: kernel.domain, colour: colour(kernel.kind), text: `${kernel.method} ${kernel.kind} ${kernel.title}`,
      hint: `${kernel.title}\n${kernel.kind}, ${kernel.members.length} operations fused, ${short(kernel.operations)} operations, ${bytes(kernel.bytes)} bytes`,
      clicked: () => detailOfKernel(program, kernel),
      inputs: [...new Set(kernel.reads.filter(id => maker.has(id)).map(id => maker.get(id)))].filter(j => j < i),
    }));
  },
  values(program) {
    const place = new Map(program.values.map((value, i) => [value.id, i]));
    return program.values.map((value, i) => ({
      label: value.name && value.space !== "Arena" ? value.name : value.op, note: value.shape, colour: colour(value.op),
      text: `${value.op} ${value.name ?? ""} ${value.origin ?? ""}`, hint: `${value.origin ?? value.op}\n%${value.id} = ${value.op}, ${value.type} ${value.shape}`,
      clicked: () => show(`%${value.id}`, facts([["Operation", value.op], ["Type", value.type], ["Shape", value.shape], ["Expression", value.origin ?? ""],
        ["Lies in", value.space ?? "registers"]])),
      inputs: value.inputs.filter(id => place.has(id)).map(id => place.get(id)).filter(j => j !== i),
    }));
  },
};

const mostHeight = 1000, boxWidth = 236, boxHeight = 40, gapX = 24, gapY = 46;

const layOut = nodes => {
  const depth = [];
  nodes.forEach((node, i) => depth[i] = node.inputs.reduce((deepest, j) => Math.max(deepest, (depth[j] ?? 0) + 1), 0));
  // What nothing is computed for, such as a parameter, lies right above its first reader.
  const readers = nodes.map(() => []);
  nodes.forEach((node, i) => node.inputs.forEach(j => readers[j].push(i)));
  nodes.forEach((node, i) => { if (node.inputs.length === 0 && readers[i].length > 0) depth[i] = Math.max(0, Math.min(...readers[i].map(j => depth[j])) - 1); });
  const layers = [];
  nodes.forEach((_, i) => (layers[depth[i]] ??= []).push(i));
  const place = [];
  const settle = () => layers.forEach(layer => layer.forEach((i, at) => place[i] = (at - (layer.length - 1) / 2) * (boxWidth + gapX)));
  const mean = (list, otherwise) => list.length === 0 ? otherwise : list.reduce((sum, j) => sum + place[j], 0) / list.length;
  settle();
  for (let sweep = 0; sweep < 4; sweep++) {
    for (const layer of sweep % 2 === 0 ? layers : [...layers].reverse()) {
      const wanted = new Map(layer.map(i => [i, mean(sweep % 2 === 0 ? nodes[i].inputs : readers[i], place[i])]));
      layer.sort((a, b) => wanted.get(a) - wanted.get(b));
    }
    settle();
  }
  return nodes.map((_, i) => ({ x: place[i], y: depth[i] * (boxHeight + gapY) }));
};

/// A picture that is zoomed and moved by its view box.
/// What is higher than a height is shown from its top.
const movable = (picture, box, mostHeight = Infinity) => {
  let [x, y, width, height] = box;
  height = Math.min(height, mostHeight);
  const apply = () => picture.setAttribute("viewBox", [x, y, width, height].join(" "));
  const zoom = (factor, atX = .5, atY = .5) => {
    x += width * atX * (1 - factor);
    y += height * atY * (1 - factor);
    width *= factor;
    height *= factor;
    apply();
  };
  picture.addEventListener("wheel", event => {
    event.preventDefault();
    const frame = picture.getBoundingClientRect();
    zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, (event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height);
  }, { passive: false });
  let from = null;
  picture.addEventListener("pointerdown", event => from = [event.clientX, event.clientY]);
  picture.addEventListener("pointermove", event => {
    if (!from) return;
    const scale = Math.max(width / picture.clientWidth, height / picture.clientHeight);
    x -= (event.clientX - from[0]) * scale;
    y -= (event.clientY - from[1]) * scale;
    from = [event.clientX, event.clientY];
    apply();
  });
  addEventListener("pointerup", () => from = null);
  apply();
  return { zoom, fit: () => { [x, y, width, height] = box; apply(); }, centre: (toX, toY) => { width = 1400; height = 900; x = toX - 700; y = toY - 450; apply(); } };
};

const cut = (text, letters) => text.length <= letters ? text : text.slice(0, letters - 1) + "…";

const drawGraph = (program, kind) => {
  const nodes = graphs[kind](program), places = layOut(nodes);
  const left = Math.min(...places.map(place => place.x)), right = Math.max(...places.map(place => place.x)) + boxWidth;
  const bottom = Math.max(...places.map(place => place.y)) + boxHeight;
  const picture = shape("svg", { class: "canvas", role: "img" });
  nodes.forEach((node, i) => node.inputs.forEach(j => {
    const x1 = places[j].x + boxWidth / 2, y1 = places[j].y + boxHeight, x2 = places[i].x + boxWidth / 2, y2 = places[i].y;
    picture.append(shape("path", { class: "edge", d: `M${x1} ${y1} C${x1} ${y1 + gapY} ${x2} ${y2 - gapY} ${x2} ${y2}` }));
  }));
  nodes.forEach((node, i) => {
    const group = shape("g", { class: "node", transform: `translate(${places[i].x} ${places[i].y})` },
      shape("rect", { class: "box", width: boxWidth, height: boxHeight, rx: 6, fill: node.colour }));
    const title = shape("text", { x: 8, y: 17 }), note = shape("text", { x: 8, y: 33, opacity: .65 });
    title.textContent = cut(node.label, 31);
    note.textContent = cut(node.note, 31);
    group.append(title, note);
    group.dataset.text = node.text.toLowerCase();
    group.addEventListener("click", node.clicked);
    picture.append(hinted(group, node.hint));
  });
  const view = movable(picture, [left - 20, -20, right - left + 40, bottom + 40], mostHeight);
  picture.centreOn = group => {
    const [, x, y] = group.getAttribute("transform").match(/\(([-\d.e]+) ([-\d.e]+)\)/).map(Number);
    view.centre(x + boxWidth / 2, y);
  };
  return { picture, view };
};

parts.graph = program => {
  const holder = element("div");
  let view;
  const draw = kind => {
    const drawn = drawGraph(program, kind);
    view = drawn.view;
    holder.replaceChildren(drawn.picture);
    search();
  };
  const choose = element("select", { onchange: () => draw(choose.value) },
    element("option", { value: "kernels", textContent: `${program.kernels.length} kernels` }), element("option", { value: "values", textContent: `${program.values.length} values` }));
  const tools = element("div", { className: "tools" }, choose,
    element("button", { textContent: "+", title: "Nearer", onclick: () => view.zoom(1 / 1.4) }), element("button", { textContent: "−", title: "Farther", onclick: () => view.zoom(1.4) }),
    element("button", { textContent: "Whole", onclick: () => view.fit() }), element("span", { className: "dim", textContent: "Wheel zooms, dragging moves, a click tells all, Enter in the search goes there." }));
  draw("kernels");
  return [tools, holder];
};

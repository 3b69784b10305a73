// The arena over the schedule: a buffer is as wide as it is live, in kernels, and as high as it is long, at the place where it lies.

parts.memory = program => {
  const steps = Math.max(1, program.kernels.length), total = Math.max(1, program.arenaBytes);
  const width = Math.max(900, Math.min(6000, steps * 14)), height = 640, left = 90, top = 14;
  const toX = step => left + step / steps * (width - left - 10), toY = offset => top + (1 - offset / total) * (height - top - 30);
  const picture = shape("svg", { class: "canvas", role: "img" });
  for (let part = 0; part <= 4; part++) {
    const offset = total * part / 4;
    const label = shape("text", { x: left - 6, y: toY(offset) + 4, "text-anchor": "end" });
    label.textContent = short(offset);
    picture.append(shape("line", { class: "axis", x1: left, x2: width - 10, y1: toY(offset), y2: toY(offset) }), label);
  }
  for (const buffer of program.buffers) {
    const box = { x: toX(buffer.first), y: toY(buffer.offset + buffer.bytes), width: toX(buffer.end) - toX(buffer.first), height: toY(buffer.offset) - toY(buffer.offset + buffer.bytes) };
    const group = shape("g", { class: "node" }, shape("rect", { class: "box", ...box, fill: colour(buffer.name.split(" ")[0]) }));
    if (box.height > 13 && box.width > 60) {
      const label = shape("text", { x: box.x + 4, y: box.y + 12 });
      label.textContent = cut(buffer.name, Math.floor(box.width / 7.4));
      group.append(label);
    }
    group.dataset.text = `${buffer.name} ${buffer.origin ?? ""}`.toLowerCase();
    const text = `${buffer.name}${buffer.origin ? "\n" + buffer.origin : ""}\n${bytes(buffer.bytes)} bytes at ${bytes(buffer.offset)}, kernels ${buffer.first} to ${buffer.end - 1}`;
    group.addEventListener("click", () => show(buffer.name, facts([["Expression", buffer.origin ?? ""], ["Bytes", bytes(buffer.bytes)], ["Offset", bytes(buffer.offset)],
      ["Written by", program.kernels[buffer.first].method], ["Live", `from kernel ${buffer.first} to ${buffer.end - 1}`]])));
    picture.append(hinted(group, text));
  }
  const axis = shape("text", { x: left, y: height - 8 });
  axis.textContent = `kernels 0 to ${steps - 1}, in their order →   bytes of the arena ↑`;
  picture.append(axis);
  const view = movable(picture, [0, 0, width, height]);
  return [
    facts([["Arena", `${bytes(program.arenaBytes)} bytes`], ["Least possible", `${bytes(program.leastArenaBytes)} bytes, the most that is live at once`], ["Buffers", `${program.buffers.length}`]]),
    element("div", { className: "tools" }, element("button", { textContent: "Whole", onclick: () => view.fit() }), element("span", { className: "dim", textContent: "Wheel zooms, dragging moves." })),
    picture];
};

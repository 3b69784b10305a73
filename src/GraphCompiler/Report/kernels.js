// The kernels in their order, and, where a profile measured them, how near each comes to what the machine can do: the roofline model of Williams,
// Waterman and Patterson (2009), by which a kernel takes at least the longer of what its arithmetic and what its memory traffic take.

const roofOf = (measured, kernel) => Math.max(kernel.operations / measured.operationsPerSecond, kernel.bytes / measured.bytesPerSecond) * 1e9;

parts.kernels = program => {
  const measured = measuredOf(program);
  const longest = measured ? Math.max(...measured.kernels.map(kernel => kernel.nanoseconds)) : 0;
  const all = measured ? measured.kernels.reduce((sum, kernel) => sum + kernel.nanoseconds + kernel.waitNanoseconds, 0) : 0;
  const timeOf = kernel => measured.kernels[kernel.index].nanoseconds;
  const columns = [
    { title: "#", number: whole.format, value: kernel => kernel.index },
    { title: "Kernel", name: true, value: kernel => kernel.method },
    { title: "Kind", value: kernel => kernel.kind },
    { title: "Computes", code: true, value: kernel => kernel.title },
    { title: "Fused", number: whole.format, value: kernel => kernel.members.length },
    { title: "Operations", number: short, value: kernel => kernel.operations },
    { title: "Bytes", number: short, value: kernel => kernel.bytes },
  ];
  if (measured)
    columns.push(
      { title: "Time", number: microseconds, value: timeOf },
      { title: "Share", number: share => element("span", {}, `${(100 * share / all).toFixed(1)} % `, barOf(share / longest)), value: timeOf },
      { title: "Waits", number: microseconds, value: kernel => measured.kernels[kernel.index].waitNanoseconds },
      { title: "FLOP/s", number: short, value: kernel => kernel.operations / timeOf(kernel) * 1e9 },
      { title: "B/s", number: short, value: kernel => kernel.bytes / timeOf(kernel) * 1e9 },
      { title: "Of the roof", number: part => `${(100 * part).toFixed(0)} %`, value: kernel => roofOf(measured, kernel) / timeOf(kernel) });
  return [
    ...(measured ? [roofline(program, measured)] : [element("p", { className: "dim",
      textContent: "Nothing is measured here: trainer.Profile(steps), and its WriteReport after so many steps, add times and the roofline of the machine." })]),
    table(columns, program.kernels, kernel => detailOfKernel(program, kernel))];
};

const barOf = part => {
  const bar = element("span", { className: "bar" });
  bar.style.width = `${Math.max(1, 60 * part)}px`;
  return bar;
};

/// Operations a second over operations a byte, both logarithmic, under what the machine can do.
const roofline = (program, measured) => {
  const width = 900, height = 380, margin = 60;
  const points = program.kernels.filter(kernel => kernel.operations > 0 && kernel.bytes > 0)
    .map(kernel => ({ kernel, x: kernel.operations / kernel.bytes, y: kernel.operations / measured.kernels[kernel.index].nanoseconds * 1e9 }));
  const ridge = measured.operationsPerSecond / measured.bytesPerSecond;
  const decades = numbers => [Math.floor(Math.log10(Math.min(...numbers))), Math.ceil(Math.log10(Math.max(...numbers)))];
  const [x0, x1] = decades([...points.map(point => point.x), ridge]), [y0, y1] = decades([...points.map(point => point.y), measured.operationsPerSecond]);
  const toX = x => margin + (Math.log10(x) - x0) / (x1 - x0) * (width - 2 * margin);
  const toY = y => height - margin / 2 - (Math.log10(y) - y0) / (y1 - y0) * (height - margin);
  const picture = shape("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img" });
  const write = (x, y, text, anchor = "middle") => {
    const label = shape("text", { x, y, "text-anchor": anchor });
    label.textContent = text;
    picture.append(label);
  };
  for (let decade = x0; decade <= x1; decade++) {
    picture.append(shape("line", { class: "axis", x1: toX(10 ** decade), x2: toX(10 ** decade), y1: toY(10 ** y0), y2: toY(10 ** y1) }));
    write(toX(10 ** decade), height - 2, `${10 ** decade}`);
  }
  for (let decade = y0; decade <= y1; decade++) {
    picture.append(shape("line", { class: "axis", x1: toX(10 ** x0), x2: toX(10 ** x1), y1: toY(10 ** decade), y2: toY(10 ** decade) }));
    write(margin - 6, toY(10 ** decade) + 4, short(10 ** decade), "end");
  }
  write(width - margin, toY(10 ** y0) - 6, "operations a byte", "end");
  write(6, 12, "FLOP/s", "start");
  const start = Math.max(10 ** x0, 10 ** y0 / measured.bytesPerSecond);
  picture.append(shape("path", { class: "roof", d: `M${toX(start)} ${toY(start * measured.bytesPerSecond)} L${toX(ridge)} ${toY(measured.operationsPerSecond)} L${toX(10 ** x1)} ${toY(measured.operationsPerSecond)}` }));
  for (const { kernel, x, y } of points) {
    const radius = 3 + 9 * Math.sqrt(measured.kernels[kernel.index].nanoseconds / Math.max(...measured.kernels.map(each => each.nanoseconds)));
    const dot = shape("circle", { class: "box", cx: toX(x), cy: toY(y), r: radius, fill: colour(kernel.kind) });
    dot.addEventListener("click", () => detailOfKernel(program, kernel));
    picture.append(hinted(dot, `${kernel.method}\n${kernel.title}\n${microseconds(measured.kernels[kernel.index].nanoseconds)}, ${short(y)}FLOP/s, ${short(x)} operations a byte`));
  }
  return element("div", {}, element("h2", { textContent: "Roofline: the larger a dot, the longer its kernel takes" }), picture);
};

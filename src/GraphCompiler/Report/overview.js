// What the model and the chosen program are, in numbers; its parameters; and what each pass of the compiler did.

parts.overview = program => {
  const operations = program.kernels.reduce((sum, kernel) => sum + kernel.operations, 0);
  const moved = program.kernels.reduce((sum, kernel) => sum + kernel.bytes, 0);
  const count = report.parameters.reduce((sum, parameter) => sum + parameter.count, 0);
  const measured = measuredOf(program);
  return [
    element("h2", { textContent: "Model" }),
    facts([
      ["Parameters", `${whole.format(count)} in ${report.parameters.length} tensors, ${bytes(report.parameterBytes)} bytes`],
      ["Gradients", `${bytes(report.gradientBytes)} bytes`],
      ["State", `${bytes(report.stateBytes)} bytes of the model, ${bytes(report.sessionBytes)} of a session`],
      ["Precision", report.precision],
    ]),
    element("h2", { textContent: program.training ? `${program.method} and its gradients` : program.method }),
    facts([
      ["Kernels", `${program.kernels.length}, of ${program.values.length} values`],
      ["Arithmetic", `${short(operations)} operations`],
      ["Memory moved", `${bytes(moved)} bytes at least: ${short(operations / moved)} operations a byte`],
      ["Arena", `${bytes(program.arenaBytes)} bytes; no arena has less than ${bytes(program.leastArenaBytes)}${program.optimal ? "; proven optimal" : ""}`],
      ["Rows and classes", `${bytes(program.indexBytes)} bytes`],
      ["Shared", program.alone ? "one worker runs it" : "by a team of workers"],
      ...(measured ? [
        ["Measured", `${microseconds(measured.stepNanoseconds)} a step, of which ${microseconds(measured.updateNanoseconds)} the update; median of ${measured.steps} steps`],
        ["Machine", `${measured.threads} threads, ${short(measured.operationsPerSecond)}FLOP/s, ${short(measured.bytesPerSecond)}B/s, measured`],
      ] : []),
    ]),
  ];
};

parts.parameters = () => [table([
  { title: "Name", name: true, value: parameter => parameter.name },
  { title: "Shape", code: true, value: parameter => parameter.shape },
  { title: "Type", value: parameter => parameter.packed ? "packed" : parameter.type },
  { title: "Learns", value: parameter => parameter.frozen ? "no" : "yes" },
  { title: "Numbers", number: whole.format, value: parameter => parameter.count },
  { title: "Bytes", number: bytes, value: parameter => parameter.bytes },
  { title: "Offset", number: bytes, value: parameter => parameter.offset },
], report.parameters)];

parts.passes = program => {
  const total = record => Object.values(record.nodes).reduce((sum, count) => sum + count, 0);
  const changes = (before, after) => [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map(op => [op, (after[op] ?? 0) - (before[op] ?? 0)]).filter(([, change]) => change !== 0)
    .sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])).map(([op, change]) => `${op} ${change > 0 ? "+" : "−"}${Math.abs(change)}`).join(", ");
  const rows = program.passes.map((record, i) => ({
    pass: record.pass, nodes: total(record), change: i === 0 ? changes({}, record.nodes) : changes(program.passes[i - 1].nodes, record.nodes) || "nothing to do",
  }));
  rows.push({ pass: "KernelFusion", nodes: program.values.length, change: `${program.kernels.length} kernels` },
    { pass: "Planning", nodes: program.values.length, change: `${program.buffers.length} buffers in an arena of ${bytes(program.arenaBytes)} bytes` });
  return [table([
    { title: "Pass", name: true, value: row => row.pass },
    { title: "Nodes after it", number: whole.format, value: row => row.nodes },
    { title: "What it changed", code: true, value: row => row.change },
  ], rows)];
};

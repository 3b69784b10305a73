// The page's life: which program and which part are shown, and what is searched for.

const chosen = { program: 0, part: "overview" };
const titles = { overview: "Overview", graph: "Graph", kernels: "Kernels", memory: "Memory", parameters: "Parameters", passes: "Passes" };

report.programs.forEach(program => program.kernels.forEach((kernel, i) => kernel.index = i));

const showPart = () => {
  for (const [part, title] of Object.entries(titles)) {
    document.getElementById("part-" + part).classList.toggle("chosen", part === chosen.part);
    document.getElementById("tab-" + part).classList.toggle("chosen", part === chosen.part);
  }
  document.getElementById("part-" + chosen.part).replaceChildren(...parts[chosen.part](report.programs[chosen.program]));
  search();
};

function search(goes = false) {
  const text = document.getElementById("search").value.trim().toLowerCase();
  const section = document.getElementById("part-" + chosen.part);
  const items = [...section.querySelectorAll("[data-text]")];
  for (const item of items) {
    const isFound = text !== "" && item.dataset.text.includes(text);
    item.classList.toggle("found", isFound);
    item.classList.toggle("missed", text !== "" && !isFound);
  }
  const first = items.find(item => item.classList.contains("found"));
  if (!goes || !first) return;
  if (first.ownerSVGElement?.centreOn) first.ownerSVGElement.centreOn(first);
  else first.scrollIntoView({ block: "center" });
}

document.title = report.model;
document.getElementById("model").textContent = report.model;
document.getElementById("tabs").append(...Object.entries(titles).map(([part, title]) =>
  element("button", { id: "tab-" + part, textContent: title, onclick: () => { chosen.part = part; location.hash = part; showPart(); } })));
const programs = document.getElementById("program");
programs.append(...report.programs.map((program, i) => element("option", { value: i, textContent: program.training ? `training of ${program.method}` : program.method })));
programs.onchange = () => { chosen.program = Number(programs.value); showPart(); };
document.getElementById("search").addEventListener("input", () => search());
document.getElementById("search").addEventListener("keydown", event => { if (event.key === "Enter") search(true); });

// What is measured is shown first, else what trains, which is where most happens.
const first = report.programs.findIndex(program => measuredOf(program) ?? (times === null && program.training));
chosen.program = Math.max(0, first);
programs.value = chosen.program;
if (titles[location.hash.slice(1)]) chosen.part = location.hash.slice(1);
showPart();
document.body.dataset.ready = "true";

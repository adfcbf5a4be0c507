// The page's own script: figures in the reader's colours and width, the ranking sorted and filtered.
const dark = matchMedia("(prefers-color-scheme: dark)"), paper = matchMedia("print"), narrow = matchMedia("(max-width: 40rem)");
const PAPER_WIDTH = 680, figures = new Map();

/** A copy with a dark page's colours in place of a light one's. */
function colored(value) {
  if (typeof value === "string") return DARK[value] ?? value;
  if (Array.isArray(value)) return value.map(colored);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, colored(one)]));
}

/** The panels of a grid in as many columns as there is room for, each column's first with the title of the values. */
function stacked(layout) {
  const { panels, row } = layout.meta, columns = layout.grid.columns, rows = Math.ceil(panels / columns);
  const title = layout.yaxis.title.text;
  layout.grid = { ...layout.grid, columns: 1, rows: panels, ygap: 0.36 };
  layout.height += row * (panels - rows);
  for (let place = 1; place <= panels; place++) layout[`yaxis${place > 1 ? place : ""}`].title.text = title;
}

/** What Plotly draws in place of a figure that was made for a wide, light page. */
function fitted({ data, layout }) {
  const copy = dark.matches && !paper.matches ? colored : structuredClone;
  [data, layout] = [copy(data), copy(layout)];
  if (paper.matches) layout.width = PAPER_WIDTH;
  if (!narrow.matches || paper.matches) return [data, layout];
  // A finger that scrolls the page must not zoom into a figure.
  Object.assign(layout, { dragmode: false, margin: { ...layout.margin, l: 50, r: 8 } });
  layout.font.size = 12;
  if (data.length > 1) {
    const named = data.filter((one) => one.showlegend ?? true).length;
    layout.legend = { ...layout.legend, font: { size: 11 } };
    layout.height += 14 * named;
  }
  if (layout.grid) stacked(layout);
  if (layout.meta?.width) layout.width = Math.max(layout.meta.width, innerWidth - 32);
  return [data, layout];
}

/** The arguments of `Plotly.newPlot` for a figure, which is kept to be drawn anew. */
function prepared(id, figure) {
  figures.set(id, figure);
  const [data, layout] = fitted(figure);
  // Without a height of its own the place of a figure collapses whenever Plotly measures it.
  document.getElementById(id).style.height = `${layout.height}px`;
  return [id, data, layout, { responsive: !paper.matches, displaylogo: false }];
}

function redraw() {
  for (const [id, figure] of figures) Plotly.react(...prepared(id, figure));
}

/** Numbers before words, and both before cells without anything. */
function compared(one, other) {
  const values = [one, other].map((cell) => cell.dataset.sort);
  if (values.includes("")) return (values[0] === "") - (values[1] === "");
  const [first, second] = values.map(Number);
  return first - second || values[0].localeCompare(values[1], undefined, { numeric: true });
}

function sortable(table) {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => head.firstElementChild.addEventListener("click", () => {
    const down = head.ariaSort === "ascending", rows = [...body.rows];
    rows.sort((one, other) => {
      const [first, second] = [one, other].map((row) => row.cells[column]), order = compared(first, second);
      return down && first.dataset.sort !== "" && second.dataset.sort !== "" ? -order : order;
    });
    for (const one of heads) one.ariaSort = one === head ? (down ? "descending" : "ascending") : null;
    body.append(...rows);
  }));
}

function filterable(field, table, count) {
  const rows = [...table.tBodies[0].rows], texts = rows.map((row) => row.textContent.toLowerCase());
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/);
    rows.forEach((row, place) => { row.hidden = !words.every((word) => texts[place].includes(word)); });
    count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} runs`;
  });
}

for (const query of [dark, paper, narrow]) query.addEventListener("change", redraw);
paper.addEventListener("change", () => {
  for (const part of document.querySelectorAll("details.printed")) part.open = paper.matches;
});
document.addEventListener("DOMContentLoaded", () => {
  const table = document.querySelector("#ranking table");
  if (!table) return;
  sortable(table);
  filterable(document.querySelector("#filter"), table, document.querySelector("#filtered"));
});

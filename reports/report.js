// The page recalculates: FUNCTIONS are the estimates' own arithmetic, generated from the graph that costmodel traced;
// DATA says what goes in and what comes out. What stands on the page before is the same, written by costmodel.

const DATA = JSON.parse(document.getElementById("data").textContent);
const sum = values => values.reduce((a, b) => a + b);
const largest = values => values.reduce((a, b) => Math.max(a, b));
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

const numbers = DATA.inputs.map(input => input.number); // as people write them, in each input's unit
const results = []; // of each model: the values of its graph, and what follows from them
const first = {}; // the scenario and the pattern that are shown where only one can be, at first
const front = {}; // and now

// Inputs

const isChanged = n => numbers[n] !== DATA.inputs[n].number;
const textOf = n => isChanged(n) ? String(numbers[n]) + DATA.inputs[n].suffix : DATA.inputs[n].text;
const inBaseUnits = n => numbers[n] * DATA.inputs[n].scale / DATA.inputs[n].per;

function allowed(n, value) {
  const {least, most, above, below, scale, per} = DATA.inputs[n], base = value * scale / per;
  const isAbsurd = !Number.isFinite(value) || (value > 0 && base < DATA.smallest);
  return !isAbsurd && (above ? value > least : value >= least) && (below ? value < most : value <= most);
}

// Estimates

function evaluated(model, times = 1) {
  const inputs = model.inputs.map(inBaseUnits);
  inputs[model.times] *= times;
  return FUNCTIONS[model.function](inputs, sum, largest);
}

function estimate(model) {
  const v = evaluated(model), total = v[model.total], records = v[model.records];
  const services = DATA.patterns[model.pattern].services.map(() => 0);
  for (const charge of model.charges) services[charge.service] += v[charge.cost];
  const fixed = evaluated(model, 0)[model.total];
  const listed = model.charges.reduce((sum, charge) => sum + v[charge.list_cost ?? charge.cost], 0);
  return {v, total, records, services, fixed, listed, limits: model.checks.map(check => held(check, v))};
}

function recalculate(changed) {
  DATA.models.forEach((model, n) => {
    if (!results[n] || !changed || model.inputs.includes(changed)) results[n] = estimate(model);
  });
}

// Texts

const DERIVED = {
  total: r => money(r.total),
  listed: r => money(r.listed),
  each: r => r.records ? money(r.total / r.records * 1e6, 4) + " per million records" : "no records",
  each_million: r => r.records ? money(r.total / r.records * 1e6, 4) : "no records",
  year: r => money(r.total * 12),
  fixed: r => money(r.fixed),
  grows: r => money(r.total - r.fixed),
  outcome: r => outcomeSaid(r.limits),
  held: (r, model) => limitsSaid(r.limits, model),
  driver: (r, model) => {
    if (!r.total) return "nothing is charged";
    const most = r.services.indexOf(Math.max(...r.services));
    return `${percent(r.services[most] / r.total)} of it is ${DATA.patterns[model.pattern].services[most]}`;
  },
};

function isUsed(charge, v) {
  return v[charge.quantity] + (charge.free === null ? 0 : v[charge.free]) > 0;
}

function usage(charge, v) {
  const priced = v[charge.quantity], free = charge.free === null ? 0 : v[charge.free], consumed = v[charge.consumed];
  const said = value => counted(number(value), value, charge.unit, charge.units);
  const billedFor = said(consumed) === said(priced + free) ? "" : ` billed for ${said(consumed)}`;
  return said(priced) + billedFor + (free ? ` after ${number(free)} free` : "");
}

function writeValues(element, model, v) {
  for (const value of all("i[data-v]", element)) {
    const [slot, period] = value.dataset.v.split(".");
    const form = value.dataset.f || model.forms[slot];
    const one = period === undefined ? v[slot] : v[slot][period];
    const n = form === "g" ? model.inputs[model.given[slot]] : undefined;
    value.textContent = n === undefined ? inForm(form, one) : textOf(n);
    value.classList.toggle("changed", n !== undefined && isChanged(n));
    if (n !== undefined) value.dataset.was = `(changed here; it says ${DATA.inputs[n].text})`;
  }
}

function writeTexts() {
  for (const element of all("[data-model]")) {
    const n = Number(element.dataset.model), model = DATA.models[n], result = results[n];
    for (const derived of element.matches("[data-d]") ? [element] : all("[data-d]:not([data-d=usage])", element)) {
      if (DERIVED[derived.dataset.d]) derived.textContent = DERIVED[derived.dataset.d](result, model);
    }
    if (element.matches(".explained") && element.closest("details").open) writeValues(element, model, result.v);
  }
  for (const section of all("section.pattern")) writeLines(section);
  for (const limits of all(".limits")) writeLimits(limits);
  for (const note of all(".as-made")) note.hidden = !DATA.models[note.closest("[data-model]").dataset.model].inputs.some(isChanged);
  writeNow();
}

function writeLines(section) {
  const used = new Set();
  DATA.models.forEach((model, n) => {
    if (model.pattern !== section.dataset.pattern) return;
    const {v, services} = results[n];
    services.forEach((cost, s) => { section.querySelector(`[data-service="${s}"] [data-model="${n}"]`).textContent = money(cost); });
    for (const charge of model.charges) {
      const row = section.querySelector(`[data-row="${charge.row}"]`), isOn = isUsed(charge, v);
      row.querySelector(`summary [data-model="${n}"]`).textContent = isOn ? money(v[charge.cost]) : "-";
      row.querySelector(`.explained[data-model="${n}"] [data-d="usage"]`).textContent = isOn ? usage(charge, v) : "nothing";
      if (isOn) used.add(charge.row);
    }
  });
  for (const row of all("[data-row]", section)) row.hidden = !used.has(Number(row.dataset.row));
}

// The model of a pattern that is shown where only one can be: under the scenario in front, or what else the pattern has.
const inFront = pattern => {
  const n = DATA.models.findIndex(m => m.pattern === pattern && m.scenario === front.scenario);
  return n >= 0 ? n : DATA.models.findIndex(m => m.pattern === pattern);
};

// What the reader of the page should know now, one text for each reason.
const notes = {};

function note(reason, words) {
  notes[reason] = words;
  const place = document.getElementById("notes");
  place.textContent = Object.values(notes).filter(Boolean).join(" ");
  place.hidden = !place.textContent;
}

// Settings for the peak stay with the periods that were the busiest; a file would give them to those that are now.
function isPeakElsewhere(model, v) {
  if (!model.busiest) return false;
  const rates = v[model.rate], most = Math.max(...rates);
  return most > 0 && rates.some((rate, period) => (rate === most) !== model.busiest[period]);
}

function writeNow() {
  const n = inFront(front.pattern), model = DATA.models[n];
  const several = Object.keys(DATA.patterns).length > 1 ? DATA.patterns[model.pattern].title + ", " : "";
  document.getElementById("now").textContent = `${several}${model.title}: ${money(results[n].total)} a month`;
  note("peak", isPeakElsewhere(model, results[n].v) ? "Another period is the busiest now. The page leaves settings for the peak " +
    "where they were; costmodel estimate gives them to the new peak, so its figures differ, or it asks for them." : "");
}

// Charts

function draw() {
  for (const section of all("section.pattern")) {
    const pattern = section.dataset.pattern, n = inFront(pattern), model = DATA.models[n];
    const chart = (name, of) => {
      const figure = section.querySelector(`[data-chart="${name}"]`);
      let place = figure.querySelector(".drawn");
      if (!place) { place = document.createElement("div"); place.className = "drawn"; figure.append(place); }
      place.innerHTML = of(Math.max(260, Math.min(640, figure.clientWidth - 26)));
    };
    const scenarios = DATA.models.map((m, k) => ({m, k})).filter(({m}) => m.pattern === pattern)
      .map(({m, k}) => ({title: m.title, total: results[k].total, costs: results[k].services}));
    chart("cost", width => costChart(width, DATA.patterns[pattern].services, scenarios));
    chart("traffic", width => trafficChart(width, model.title, model.timeline.axis, ...stepsOf(model, results[n].v), limitsOf(model, n)));
    chart("growth", width => growthChart(width, model.title, ...growthOf(model, n)));
    section.querySelector('[data-d="front"]').textContent = model.title + ", records a second at peak";
    for (const [edge, slot] of Object.entries(model.flows)) writeFlow(`${pattern}-diagram-flow-${edge}-`, edge, model, results[n].v[slot]);
  }
}

// What flows on an edge of the diagram, and what happens on the way.
function writeFlow(id, edge, model, rate) {
  const write = (kind, words) => { document.getElementById(id + kind).querySelector("text").textContent = words; };
  write("rate", rateSaid(rate));
  for (const n of model.inputs) {
    const share = exact(inBaseUnits(n) * 100, 5) + "%";
    if (DATA.inputs[n].path === edge + ".share") write("share", share + " of records");
    if (DATA.inputs[n].path === edge + ".size") write("size", "size " + share);
    if (DATA.inputs[n].path === edge + ".aggregate") write("aggregate", exact(inBaseUnits(n), 5) + " in one");
  }
}

function stepsOf(model, v) {
  const durations = v[model.duration], month = sum(durations), hours = model.timeline.length / 3600000;
  let at = 0;
  const steps = model.timeline.steps.map(([period, share]) => {
    const start = at;
    at += share * durations[period] / month * hours;
    return {start, end: at, rate: v[model.rate][period] * 1000};
  });
  return [hours, steps];
}

// The limits that the traffic reaches, at how many records a second at the peak, the lowest first (charting.traffic_limits).
function limitsOf(model, n) {
  const peak = Math.max(...results[n].v[model.rate]) * 1000, doubled = evaluated(model, 2);
  return model.checks.flatMap((check, c) => {
    const {load, limit} = results[n].limits[c], twice = held(check, doubled), other = check.other === undefined ? 0 : valueAt(check.other, results[n].v, 0);
    const own = load - other, doubles = Math.abs(twice.load - other - 2 * own) <= 2e-9 * own && twice.limit === limit;
    const isRate = check.unit.endsWith("/s") || check.unit === "executions";
    return own > 0 && doubles && isRate ? [{what: check.what, rate: Math.max(0, peak * (limit - other) / own)}] : [];
  }).sort((a, b) => a.rate - b.rate);
}

function growthOf(model, n) {
  const points = Array.from({length: 41}, (_, k) => {
    const v = evaluated(model, k / 4);
    return {times: k / 4, peak: Math.max(...v[model.rate]) * 1000, total: v[model.total]};
  });
  const {v, total, fixed} = results[n];
  return [points, {times: 1, peak: Math.max(...v[model.rate]) * 1000, total}, fixed];
}

// Controls

const rounded = (value, step) => Number((Math.round(value / step) * step).toPrecision(12));

// A slider goes to the bound where there is one in reach, else to ten times what the file says.
function sliderOf(n) {
  const {number: own, least, most} = DATA.inputs[n];
  const top = most <= 1000 || most <= 10 * own ? most : own > 0 ? 10 * own : 100;
  const step = 10 ** Math.floor(Math.log10((top - least) / 100));
  return {least, top, step};
}

// The number that a text says, with or without the field's unit and separators of thousands; else NaN.
function numberIn(text, unit) {
  const bare = unit && text.endsWith(unit) ? text.slice(0, -unit.length).trim() : text;
  const plainly = /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(bare) ? bare.replaceAll(",", "") : bare;
  return NUMBER.test(plainly) ? Number(plainly) : NaN;
}

const NUMBER = /^\+?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function addControls(element) {
  const n = Number(element.dataset.input), {unit, least} = DATA.inputs[n];
  const {top, step} = sliderOf(n);
  const given = element.querySelector(".given");
  given.hidden = true;
  given.insertAdjacentHTML("afterend", `<span><input type="text" id="input-${n}" inputmode="decimal" autocomplete="off" aria-describedby="wrong-${n}"> <span class="unit"></span></span>`);
  given.parentElement.insertAdjacentHTML("afterend", `<input type="range" min="${least}" max="${top}" step="${step}" aria-labelledby="label-${n}"><p class="wrong" id="wrong-${n}" role="alert" hidden></p>`);
  element.querySelector("label").id = "label-" + n;
  element.querySelector(".unit").textContent = unit;
  element.querySelector(".source").dataset.was = `(changed here; it says ${DATA.inputs[n].text})`;
  const [field, slider] = controlsOf(n);
  let before = numbers[n]; // what holds while what is being typed is no number that is allowed
  field.addEventListener("focus", () => { before = numbers[n]; });
  field.addEventListener("input", () => {
    const text = field.value.trim(), value = numberIn(text, unit);
    const wrong = value > DATA.inputs[n].most ? "is too large" : Number.isNaN(value) ? "is no number" : "is not allowed";
    tell(n, allowed(n, value) ? "" : `${text || "nothing"} ${wrong}: ${DATA.inputs[n].allowed}. It stays ${before}.`);
    set(n, allowed(n, value) ? value : before, field);
  });
  field.addEventListener("blur", () => { field.value = numbers[n]; field.setCustomValidity(""); });
  slider.addEventListener("input", () => {
    let value = rounded(Number(slider.value), step);
    if (!allowed(n, value)) value = value <= least ? rounded(least + step, step) : rounded(top - step, step);
    tell(n, "");
    if (allowed(n, value)) set(n, value, slider);
  });
  show(n);
}

const controlsOf = n => all("input", document.querySelector(`.input[data-input="${n}"]`));

// Says what is wrong with an input's text, or nothing.
function tell(n, words) {
  const place = document.getElementById("wrong-" + n);
  place.textContent = words;
  place.hidden = !words;
  controlsOf(n)[0].setCustomValidity(words);
}

// Writes an input's number into its field and slider, but for the one that is being moved.
function show(n, moved) {
  const element = document.querySelector(`.input[data-input="${n}"]`);
  if (!element) return;
  const [field, slider] = controlsOf(n);
  if (field !== moved) { field.value = numbers[n]; tell(n, ""); }
  if (slider !== moved) slider.value = numbers[n];
  element.classList.toggle("changed", isChanged(n));
}

let isWaiting = false;

function set(n, value, moved) {
  numbers[n] = value;
  show(n, moved);
  recalculate(n);
  if (isWaiting) return;
  isWaiting = true; // once for each picture that the screen shows
  requestAnimationFrame(() => { isWaiting = false; refresh(); });
}

function refresh() {
  writeTexts();
  draw();
  keepInLink();
}

function choose(scenario, pattern) {
  Object.assign(front, {scenario, pattern});
  for (const radio of all("#choices input")) radio.checked = radio.value === front[radio.name];
  const shown = DATA.models[inFront(pattern)].scenario;
  for (const element of all("#inputs [data-scenario]")) element.hidden = element.dataset.scenario !== shown;
  for (const element of all("#inputs [data-pattern]")) element.hidden = element.dataset.pattern !== pattern;
  for (const element of all("#answer td")) element.classList.toggle("front", Number(element.dataset.model) === inFront(pattern));
  for (const section of all("section.pattern")) {
    const {scenario: own} = DATA.models[inFront(section.dataset.pattern)];
    for (const element of all(".explained, .limits, .grown", section)) element.hidden = element.dataset.scenario !== own;
    for (const element of all(".cost", section)) element.classList.toggle("front", element.dataset.scenario === own);
  }
  refresh();
}

function addChoice(name, title, options, chosen, onChoice) {
  if (options.length < 2) return;
  const group = document.createElement("fieldset");
  group.innerHTML = `<legend>${title}</legend>` + options.map(([value, title]) =>
    `<label><input type="radio" name="${name}" value="${value}"${value === chosen ? " checked" : ""}> ${escaped(title)}</label> `).join("");
  group.addEventListener("change", event => onChoice(event.target.value));
  document.getElementById("choices").append(group);
}

// The link and the file

// The address says what was changed and what is in front: "#scenario=small&small.traffic.peak_rate=200".
function keepInLink() {
  const changes = numbers.map((value, n) => isChanged(n) ? DATA.inputs[n].key + "=" + value : "").filter(Boolean);
  for (const what of ["pattern", "scenario"]) if (front[what] !== first[what]) changes.unshift(what + "=" + front[what]);
  try {
    history.replaceState(null, "", changes.length ? "#" + changes.join("&") : location.pathname + location.search);
  } catch { /* a page that is not allowed to */ }
}

// The pattern whose section has this id.
const patternOf = id => Object.keys(DATA.patterns).find(pattern => id === "pattern-" + pattern);

// Takes over what the address says; says what of it is not understood.
function readLink() {
  numbers.forEach((_, n) => { numbers[n] = DATA.inputs[n].number; });
  Object.assign(front, first);
  const ignored = [];
  for (const change of location.hash.slice(1).split("&").filter(Boolean)) {
    const [key, value = ""] = change.split("=");
    const n = DATA.inputs.findIndex(input => input.key === key && input.path !== undefined);
    if (n >= 0 && NUMBER.test(value) && allowed(n, Number(value))) numbers[n] = Number(value);
    else if (["pattern", "scenario"].includes(key) && DATA.models.some(model => model[key] === value)) front[key] = value;
    else if (patternOf(change)) front.pattern = patternOf(change);
    else ignored.push(change);
  }
  note("link", ignored.length ? "The address says what this page does not know: " + ignored.join(", ") : "");
}

function followLink() {
  readLink();
  numbers.forEach((_, n) => show(n));
  recalculate();
  choose(front.scenario, front.pattern);
}

// The scenario in front as a file: what of it changed, and the settings that did.
function scenarioFile() {
  const model = DATA.models[inFront(front.pattern)];
  const filled = parts => parts.map(part => typeof part === "number" ? textOf(part) : part).join("");
  const settings = new Map(model.settings.map(([path, parts]) => [path, filled(parts)]));
  for (const n of model.inputs) {
    const {path} = DATA.inputs[n];
    if (path && isChanged(n) && !model.scenario_text.includes(n)) { settings.delete(path); settings.set(path, textOf(n)); }
  }
  const lines = [...settings].map(([path, text]) => `  ${path}: ${text}\n`).join("");
  const name = `${model.scenario}-changed.yaml`;
  return {name, text: filled(model.scenario_text) + "\n" + (lines && "settings:\n" + lines), command: model.command.join(name)};
}

function besideWords() {
  const {beside} = DATA.models[inFront(front.pattern)];
  return beside.length ? `Put it into the folder of ${beside.join(" and ")}, which it names. ` + notes.peak : notes.peak;
}

function openFile() {
  const {name, text, command} = scenarioFile();
  document.getElementById("file-text").value = text;
  document.getElementById("file-command").textContent = command;
  document.getElementById("file-promise").hidden = Boolean(notes.peak);
  document.getElementById("file-beside").textContent = besideWords();
  document.getElementById("file").showModal();
}

function download() {
  const {name, text} = scenarioFile();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], {type: "application/yaml"}));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // a page from a file may not; an old way does
    const area = document.createElement("textarea");
    area.value = text;
    (document.querySelector("dialog[open]") || document.body).append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  const was = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = was; }, 1500);
}

function start() {
  document.documentElement.classList.add("scripted");
  document.querySelector(".now").hidden = false;
  recalculate();
  all(".input").forEach(addControls);
  const totals = results.map(r => r.total), dearest = totals.indexOf(Math.max(...totals));
  first.pattern = Object.keys(DATA.patterns)[0];
  first.scenario = DATA.models[Math.max(dearest, 0)].scenario;
  const scenarios = [...new Map(DATA.models.map(m => [m.scenario, m.title]))];
  const patterns = Object.entries(DATA.patterns).map(([label, {title}]) => [label, title]);
  addChoice("scenario", "Scenario", scenarios, first.scenario, value => choose(value, front.pattern));
  addChoice("pattern", "Design", patterns, first.pattern, value => choose(front.scenario, value));
  if (matchMedia("(max-width: 64rem)").matches) document.querySelector(".panel").open = false;
  followLink();
  addEventListener("hashchange", () => {
    const pattern = patternOf(location.hash.slice(1));
    if (pattern) choose(front.scenario, pattern); // a link within the page, not one that was copied
    else followLink();
  });
  document.addEventListener("toggle", event => {
    for (const element of all(".explained", event.target)) {
      const n = Number(element.dataset.model);
      if (event.target.open) writeValues(element, DATA.models[n], results[n].v);
    }
  }, true);
  document.getElementById("reset").addEventListener("click", () => {
    numbers.forEach((_, n) => { numbers[n] = DATA.inputs[n].number; show(n); });
    recalculate();
    refresh();
  });
  document.getElementById("link").addEventListener("click", event => copy(location.href, event.target));
  document.getElementById("yaml").addEventListener("click", openFile);
  document.getElementById("file-download").addEventListener("click", download);
  document.getElementById("file-copy").addEventListener("click", event => copy(scenarioFile().text, event.target));
  document.getElementById("file-close").addEventListener("click", () => document.getElementById("file").close());
  addEventListener("resize", draw);
}

start();

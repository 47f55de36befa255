// Loads against their limits, as costmodel/capacity/checks.py and the tables of `costmodel plan` do.

// What is at a place of the graph in a period: a slot of its values, or the value itself in a list.
function valueAt(place, v, period) {
  const value = Array.isArray(place) ? place[0] : v[place];
  return Array.isArray(value) ? value[period] : value;
}

// The period that uses most of what there is then, and the verdict.
function held(check, v) {
  const periods = Math.max(...[check.load, check.limit].map(place => v[place]?.length ?? 1));
  let load = valueAt(check.load, v, 0), limit = valueAt(check.limit, v, 0);
  for (let period = 1; period < periods; period++) {
    const one = valueAt(check.load, v, period), most = valueAt(check.limit, v, period);
    if (share(one, most) > share(load, limit)) [load, limit] = [one, most];
  }
  const used = limit ? load / limit : load ? Infinity : 0;
  return {load, limit, used, verdict: verdict(used, check.exact), isOn: load !== 0 || limit !== 0};
}

// Where there is no limit, whichever asks for more is the worse.
const share = (load, limit) => load / Math.max(limit, DATA.smallest);

function verdict(used, isExact) {
  const {headroom, rounding, verdicts: [holds, tight, breaks]} = DATA.limits ?? {verdicts: []};
  return used <= 1 - (isExact ? 0 : headroom) + rounding ? holds : used <= 1 + rounding ? tight : breaks;
}

// "5,000 records/s", "4.88 MB/s"; a limit that is no size goes without its unit.
function loadSaid(value, {unit, one}) {
  return unit.startsWith("bytes") ? sizeSaid(value) + unit.slice("bytes".length) : number(value) + " " + (value === 1 ? one : unit);
}

const limitSaid = (value, check) => (check.unit.startsWith("bytes") ? loadSaid(value, check) : number(value)) + (check.own ?? "");

function sizeSaid(bytes) {
  const units = DATA.units["1,0,0"], unit = [...units].reverse().find(each => bytes >= each.scale) || units[0];
  return number(bytes / unit.scale) + " " + unit.name;
}

function usedSaid(used) {
  if (used === Infinity) return "-";
  const said = number(used * 100, used < 2 ? 1 : 0);
  return said === "100" && used > 1 + DATA.limits.rounding ? "over 100%" : said + "%";
}

// What all limits of an estimate come to, in a sentence.
function limitsSaid(limits, model) {
  const {headroom, verdicts: [, tight, breaks]} = DATA.limits, count = limits.filter(limit => limit.isOn).length;
  const of = word => limits.flatMap((limit, n) => limit.isOn && limit.verdict === word ? [model.checks[n].what] : []);
  const broken = of(breaks), close = of(tight), are = close.length > 1 ? "are" : "is";
  if (!count) return "no limit is known of what this uses";
  if (broken.length) {
    const more = close.length ? ` (${close.length} more ${are} tight)` : "";
    return `${broken.length} of ${count} limits ${broken.length > 1 ? "break" : "breaks"}${more}: ${broken.join("; ")}`;
  }
  if (close.length) return `holds, but ${close.length} of ${count} limits ${are} tight: ${close.join("; ")}`;
  return `holds: ${count > 1 ? `all ${count} limits have` : "its one limit has"} ${number(headroom * 100)}% left`;
}

// The same in three words.
function outcomeSaid(limits) {
  const {verdicts: [, tight, breaks]} = DATA.limits, word = worst(limits);
  const count = limits.filter(limit => limit.isOn && limit.verdict === word).length, are = count > 1;
  if (word === breaks) return `${count} ${are ? "limits break" : "limit breaks"}`;
  if (word === tight) return `${count} ${are ? "limits are" : "limit is"} tight`;
  return word ? "holds at the peak" : "no limits known";
}

const worst = limits => [...DATA.limits.verdicts].reverse().find(word => limits.some(limit => limit.isOn && limit.verdict === word)) ?? "";

// The table of one estimate, and the sentence above it.
function writeLimits(element) {
  const n = Number(element.dataset.model), model = DATA.models[n], {limits} = results[n];
  for (const row of all("[data-check]", element)) {
    const check = model.checks[row.dataset.check], {load, limit, used, verdict, isOn} = limits[row.dataset.check];
    const [, loadCell, limitCell, usedCell, verdictCell] = row.cells;
    row.hidden = !isOn;
    row.className = verdict;
    loadCell.textContent = loadSaid(load, check);
    limitCell.textContent = limitSaid(limit, check);
    usedCell.firstElementChild.textContent = usedSaid(used);
    usedCell.lastElementChild.style.setProperty("--used", Math.min(used, 2));
    verdictCell.textContent = verdict;
  }
  for (const group of all("tbody", element)) group.hidden = all("[data-check]", group).every(row => row.hidden);
  for (const said of all(`[data-model="${n}"] :is([data-d="held"], [data-d="outcome"])`)) said.className = worst(limits);
}

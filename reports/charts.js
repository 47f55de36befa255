// Charts drawn as SVG for the width there is; they show what the pictures of costmodel/outputs/charts do.

const escaped = text => String(text).replace(/[&<>"]/g, c => ({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})[c]);
const colour = n => DATA.palette[n % DATA.palette.length];
const textAt = (x, y, text, more = "") => `<text x="${x}" y="${y}" font-size="12" ${more}>${escaped(text)}</text>`;
const pen = document.createElement("canvas").getContext("2d");

// How wide a text of 12 px is, in the page's letters.
function widthOf(text, weight = 400) {
  pen.font = weight + " 12px " + getComputedStyle(document.body).fontFamily;
  return pen.measureText(text).width;
}

// The text, or as much of it as fits with an ellipsis.
function fitted(text, width, weight) {
  if (widthOf(text, weight) <= width) return text;
  let end = text.length;
  while (end > 1 && widthOf(text.slice(0, end) + "…", weight) > width) end--;
  return text.slice(0, end).trimEnd() + "…";
}

function svg(width, height, alternative, body) {
  return `<svg viewBox="0 0 ${width} ${height}" style="max-width:${width}px" role="img" aria-label="${escaped(alternative)}">` +
    `<title>${escaped(alternative)}</title>${body}</svg>`;
}

// A few round numbers from 0 to `top`.
function ticks(top, most) {
  if (!(top > 0)) return [0];
  const rough = top / most, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map(n => n * power).find(n => n >= rough * (1 - 1e-9));
  return Array.from({length: Math.floor(top / step * (1 + 1e-9)) + 1}, (_, n) => n * step);
}

const said = value => exact(value, 6);
const rateSaid = rate => number(rate, rate >= 100 ? 0 : 2) + "/s";

// For each scenario its services as bars, each scenario on a scale of its own: they differ by factors of fifty.
function costChart(width, services, scenarios) {
  const label = (cost, total) => total ? `${money(cost)} (${percent(cost / total)})` : money(cost);
  const names = Math.max(...services.map(service => widthOf(service)), 20) + 8, isNarrow = names > width * 0.4; // then names stand above their bars
  const left = isNarrow ? 1 : names, bar = isNarrow ? 34 : 20;
  const room = Math.max(...scenarios.flatMap(s => s.costs.map(cost => widthOf(label(cost, s.total)))), 0) + 8;
  let y = 0, body = "";
  for (const {title, total, costs} of scenarios) {
    const answer = money(total) + " a month", most = Math.max(...costs, 0), top = y + 22;
    body += textAt(0, y + 14, fitted(title, width - widthOf(answer, 600) - 16, 600), 'font-weight="600"') +
      textAt(width, y + 14, answer, 'font-weight="600" text-anchor="end"');
    services.forEach((service, n) => {
      const at = top + (n + 1) * bar, long = most ? costs[n] / most * (width - left - room) : 0, said = label(costs[n], total);
      body += isNarrow ? textAt(left + 3, at - 20, fitted(service, width)) : textAt(names - 6, at - 6, service, 'text-anchor="end"');
      body += `<rect x="${left}" y="${at - 17}" width="${long}" height="14" fill="${colour(n)}"><title>${escaped(service)} ${said}</title></rect>` +
        textAt(left + long + 5, at - 6, said);
    });
    y = top + bar * services.length;
    body += `<line x1="${left}" x2="${left}" y1="${top}" y2="${y}" stroke="currentColor"/>`;
    y += 12;
  }
  const words = scenarios.map(({title, total, costs}) =>
    `${title}, ${money(total)} a month: ${services.map((s, n) => s + " " + label(costs[n], total)).join(", ")}.`);
  body += textAt(left, y + 2, "US dollars a month", 'fill-opacity="0.75"');
  return svg(width, y + 8, "Cost by service, US dollars a month. " + words.join(" "), body);
}

// Axes of a chart: bounds in data, a frame in pixels, and how to say the numbers.
function frame(width, height, right, top, names) {
  const ys = ticks(top, 4), labels = ys.map(names.y);
  const under = widthOf(names.xTitle) < width - 40 ? [names.xTitle] : names.xTitle.split(/ (?=\()/);
  const xs = names.xs || ticks(right, width < 420 ? 3 : 5);
  const beside = Math.max(12, widthOf(said(xs[xs.length - 1])) / 2 + 2); // room for the last number
  const left = Math.max(...labels.map(label => widthOf(label))) + 30, bottom = height - 26 - 15 * under.length;
  const x = value => left + (right ? value / right : 0) * (width - left - beside);
  const y = value => bottom - (top ? value / top : 0) * (bottom - 10);
  let body = "";
  ys.forEach((value, n) => {
    body += `<line x1="${left}" x2="${width - beside}" y1="${y(value)}" y2="${y(value)}" stroke="currentColor" stroke-opacity="0.2"/>`;
    body += textAt(left - 6, y(value) + 4, labels[n], 'text-anchor="end"');
  });
  for (const value of xs) {
    body += `<line x1="${x(value)}" x2="${x(value)}" y1="${bottom}" y2="${bottom + 4}" stroke="currentColor"/>`;
    body += textAt(x(value), bottom + 17, said(value), 'text-anchor="middle"');
  }
  body += `<path d="M${left} 10V${bottom}H${width - beside}" fill="none" stroke="currentColor"/>`;
  under.forEach((line, n) => { body += textAt(Math.min(Math.max((left + width) / 2, widthOf(line) / 2), width - widthOf(line) / 2), bottom + 34 + 15 * n, line, 'text-anchor="middle"'); });
  body += `<text transform="translate(12 ${bottom / 2}) rotate(-90)" font-size="12" text-anchor="middle">${escaped(names.yTitle)}</text>`;
  return {x, y, left, bottom, body};
}

const HOURS_BETWEEN = [1, 2, 3, 4, 6, 12, 24, 48, 72, 120, 168, 336, 720];

const FAR = 4; // times the peak: a limit beyond is said, not drawn
const APART = 0.1; // of the scale's height, that two lines need for their words

// The lines that are drawn: the lowest, and one more where there is room for its words.
function shownLimits(limits, peak) {
  const near = limits.filter(limit => limit.rate <= FAR * peak);
  const apart = near.filter(limit => limit.rate - near[0].rate > APART * Math.max(peak, limit.rate));
  return [...near.slice(0, 1), ...apart.slice(0, 1)];
}

function firstLimit([first], peak) {
  if (!first) return "";
  const times = first.rate > FAR * peak ? `, ${number(first.rate / peak, 0)} times the peak` : "";
  return `. First limit: ${first.what}, at ${rateSaid(first.rate)}${times}`;
}

// Steps of traffic: [{start, end, rate}], in hours and records a second; limits: [{what, rate}], the lowest first.
function trafficChart(width, title, axis, hours, steps, limits) {
  const peak = Math.max(...steps.map(s => s.rate)), mean = steps.reduce((sum, s) => sum + s.rate * (s.end - s.start), 0) / hours;
  const between = HOURS_BETWEEN.find(h => hours / h < 9) || 1440;
  const xs = Array.from({length: Math.floor(hours / between + 1e-6) + 1}, (_, n) => n * between);
  const shown = shownLimits(limits, peak), highest = Math.max(peak * 1.08, ...shown.map(limit => limit.rate * (1 + APART)));
  const {x, y, bottom, body} = frame(width, 230, hours, highest, {y: said, xs, xTitle: axis, yTitle: "records a second"});
  const way = steps.map(s => `L${x(s.start)} ${y(s.rate)}L${x(s.end)} ${y(s.rate)}`).join("");
  const top = way.replace("L", "M");
  const words = `${title}: peak ${rateSaid(peak)}, mean ${rateSaid(mean)}${firstLimit(limits, peak)}`;
  const line = ({what, rate}) => `<path d="M${x(0)} ${y(rate)}H${x(hours)}" fill="none" stroke="currentColor" stroke-dasharray="5 3"/>` +
    textAt(x(hours), y(rate) - 5, fitted(`${what}: ${rateSaid(rate)}`, x(hours) - x(0)), 'class="over" text-anchor="end"');
  return `<p class="hint">${escaped(words)}</p>` + svg(width, 230, `Traffic over time, ${said(hours)} ${axis}. ${words}.`, body +
    `<path d="M${x(0)} ${bottom}${way}L${x(hours)} ${bottom}Z" fill="${colour(0)}" fill-opacity="0.35"/>` +
    `<path d="${top}" fill="none" stroke="${colour(0)}" stroke-width="2"/>` + shown.map(line).join(""));
}

// Cost against the peak rate: points [{times, peak, total}], the fixed part as a band, the page's own traffic as a dot.
function growthChart(width, title, points, own, fixed) {
  const last = points[points.length - 1], top = Math.max(...points.map(p => p.total)) * 1.15;
  const at = point => last.peak ? point.peak : point.times; // ten times nothing is nothing
  const xTitle = last.peak ? "records a second at peak (0 to 10 times the scenario's)" : "times the scenario's traffic (which is none)";
  const {x, y, left, bottom, body} = frame(width, 260, at(last), top, {y: value => "$" + said(value), xTitle, yTitle: "US dollars a month"});
  const curve = points.map((p, n) => (n ? "L" : "M") + x(at(p)) + " " + y(p.total)).join("");
  const words = `${title}: ${money(own.total)} a month at ${rateSaid(own.peak)}; fixed ${money(fixed)}; ${money(last.total)} at 10 times the traffic`;
  const mark = money(own.total), markX = Math.min(x(at(own)) + 8, width - widthOf(mark));
  return `<p class="hint">${escaped(words)}</p>` + svg(width, 260, `Cost against traffic. ${words}.`, body +
    `<rect x="${left}" y="${y(fixed)}" width="${x(at(last)) - left}" height="${bottom - y(fixed)}" fill="${colour(3)}" fill-opacity="0.5"/>` +
    `<line x1="${left}" x2="${x(at(last))}" y1="${y(fixed)}" y2="${y(fixed)}" stroke="${colour(3)}" stroke-width="2"/>` +
    `<path d="${curve}" fill="none" stroke="${colour(0)}" stroke-width="2.5"/>` +
    textAt(x(at(last)) - 4, y(fixed) - 5, "fixed " + money(fixed), 'text-anchor="end"') +
    `<circle cx="${x(at(own))}" cy="${y(own.total)}" r="5" fill="${colour(1)}" stroke="currentColor"/>` +
    textAt(markX, y(own.total) - 8, mark));
}

// How amounts are said: the same words as costmodel's own tables (costmodel/outputs/words.py).

function grouped(plain) {
  const [whole, part] = plain.split(".");
  const sign = whole.startsWith("-") ? "-" : "";
  const digits = whole.slice(sign.length).replace(/\B(?=(\d{3})+$)/g, ",");
  return sign + digits + (part ? "." + part : "");
}

// Digits and exponent of a number's shortest form: 20599.37 is [2059937n, -2].
function decimal(value) {
  const [mantissa, exponent] = value.toExponential().split("e");
  const [whole, part = ""] = mantissa.split(".");
  return [BigInt(whole + part), Number(exponent) - part.length];
}

// `value` >= 0 with so many decimals (-2: to hundreds), rounded half up on its shortest form.
function halfUp(value, digits) {
  const [number, exponent] = decimal(value);
  const shift = exponent + digits;
  const ten = 10n ** BigInt(Math.abs(shift));
  const scaled = shift >= 0 ? number * ten : number / ten + (2n * (number % ten) >= ten ? 1n : 0n);
  if (digits <= 0) return scaled ? scaled + "0".repeat(-digits) : "0";
  const text = String(scaled).padStart(digits + 1, "0");
  return text.slice(0, -digits) + "." + text.slice(-digits);
}

// So many significant digits, rounded half up, without an exponent.
function plain(value, significant) {
  const size = Math.abs(value), [number, exponent] = decimal(size);
  return (value < 0 ? "-" : "") + halfUp(size, significant - String(number).length - exponent);
}

const trimmed = text => text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;

function money(value, digits = 2) {
  const sign = value < 0 ? "-" : "", size = Math.abs(value);
  if (size > 0 && size < 0.5 * 10 ** -digits) return sign + "$" + trimmed(plain(size, 2));
  return sign + "$" + grouped(halfUp(size, digits));
}

function number(value, digits = 2) {
  if (Math.abs(value) > 0 && Math.abs(value) < 1) return trimmed(plain(value, Math.max(2, digits)));
  return (value < 0 ? "-" : "") + trimmed(grouped(halfUp(Math.abs(value), digits)));
}

const exact = (value, digits = 10) => value === 0 ? "0" : grouped(trimmed(plain(value, digits)));

function percent(share) {
  const thousandths = halfUp(share, 3).replace(".", "").replace(/^0+(?=\d\d)/, "");
  return grouped(thousandths.slice(0, -1) + "." + thousandths.slice(-1)) + "%";
}

const counted = (said, value, unit, units) => said + " " + (value === 1 ? unit : units);

// A form is a letter and what it needs: "cGB|GB" counts, "a1,0,0" is an amount of a dimension (size, time, money).
function inForm(form, value) {
  const rest = form.slice(1);
  if (form[0] === "c") return counted(exact(value), value, ...rest.split("|"));
  if (rest === "0,0,1") return "$" + exact(value);
  if (rest === "0,0,0") return exact(value);
  const units = DATA.units[rest];
  if (!units) return exact(value) + compound(rest);
  const unit = [...units].reverse().find(each => Math.abs(value) >= each.scale / each.per) || units[0];
  const said = exact(value * unit.per / unit.scale);
  if (rest === "0,-1,0") return said + unit.name;
  return said + " " + (said === "1" && ["days", "minutes", "bytes"].includes(unit.name) ? unit.name.slice(0, -1) : unit.name);
}

function compound(dimension) {
  const names = ["byte", "ms", "$"];
  const parts = dimension.split(",").map(Number).map((power, n) => power && (power === 1 ? names[n] : names[n] + "^" + power));
  return " " + parts.filter(Boolean).join("·");
}

"""A rate card as a table, JSON or CSV: its prices with their sources and dates, free quantities and facts."""

import json
from typing import Any

from costmodel.cards.opening import Free, OpenedCard
from costmodel.cards.rows import CardRows, PriceRow, discount_words, name_of
from costmodel.outputs.cards import as_csv, grouped
from costmodel.outputs.descriptions import laid_out
from costmodel.services import find

_WIDE = 150  # columns: from here on there is room for rate codes
_WIDEST = 200
_COLUMNS = ["card", "region", "as_of", "currency", "service", "what", "name", "tier", "value", "usd", "block", "unit", "up_to"]
_PROVENANCE = ["rate_code", "published", "version", "source", "confidence", "note"]


def render(form: str, opened: OpenedCard, rows: CardRows, width: int = 80) -> str:
    """The card in a format, one of FORMATS; `width` in columns is for the table, whose codes need a wide one."""
    if form == "json":
        return json.dumps(_as_object(opened, rows), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    if form == "csv":
        return as_csv([*_COLUMNS, *_PROVENANCE], _flat(opened, rows))
    width = max(80, min(width, _WIDEST))
    services = [row for key in rows.services for row in _service(key, opened, rows, with_codes=width >= _WIDE)]
    return laid_out([*_head(opened), *services], width)


def _head(opened: OpenedCard) -> list[list[str]]:
    card = opened.card
    head = [card.title] if card.title else []
    head.append(f"{card.name}: {card.provider} prices in {card.region}, as of {card.as_of}, in {card.currency}")
    if opened.extends:
        head.append(f"With what it extends, {opened.extends}")
    if card.not_offered:
        head.append(f"Not offered in {card.region}: {', '.join(card.not_offered)}")
    if card.not_listed:
        head.append(f"Not in AWS's price lists for {card.region}: {', '.join(card.not_listed)}")
    head += [f"Discount {discount.name}: {discount_words(discount)}" for discount in card.discounts]
    return [[line] for line in [*head, *opened.notes]]


def _service(key: str, opened: OpenedCard, rows: CardRows, with_codes: bool) -> list[list[str]]:
    service = find(key)
    prices = [row for row in rows.prices if row.service == key]
    free = [each for each in rows.free if each.service == key]
    shared = {name: _one([getattr(row, name) for row in prices]) for name in ("source", "published", "confidence")}
    table = [[fact.fact, fact.value, "", ""] for fact in rows.facts if fact.service == key]
    table += [[name_of(row.rate), row.words, _beside(row, free, shared), row.rate_code] for row in prices]
    for each in free:
        if each in opened.unpriced:
            table.append([_names(each.of), *(["", _free_words(each)] if prices else [_free_words(each), ""]), ""])
    cells = (4 if with_codes and any(row.rate_code for row in prices) else 3) if prices else 2
    source = shared["source"] or ("" if prices else opened.sources.get(key, ""))
    below = [source, *(words for name, words in _words(shared) if name != "source")]
    offered = [[f"Not offered in {opened.card.region}"]] if key in opened.card.not_offered else []
    title = [[""], [f"{service.name} ({key})" if service else key], *offered]
    return [*title, *(row[:cells] for row in table), [" · ".join(filter(None, below))], *_notes(prices)]


def _beside(row: PriceRow, free: list[Free], shared: dict[str, str]) -> str:
    """What stands beside a price: its tier, and in the first what is free of it and what is `shared` with no other price."""
    if row.tier > 1:
        return row.tier_words
    own = [words for name, words in _words({name: getattr(row, name) for name in shared}) if not shared[name]]
    return ", ".join(filter(None, [row.tier_words, *(_free_words(each, row.rate) for each in free if row.rate in each.of), *own]))


def _one(values: list[str]) -> str:
    """What all have; "" where they differ, and where there are none."""
    return values[0] if len({*values}) == 1 else ""


def _words(of: dict[str, str]) -> list[tuple[str, str]]:
    """Where prices are from, in words, with the names of what each says."""
    words = {"published": "published {}", "confidence": "confidence: {}", "source": "{}"}
    said = {**of, "published": of["published"][:10]}  # the day
    return [(name, form.format(said[name])) for name, form in words.items() if said[name]]


def _free_words(free: Free, rate: str = "") -> str:
    """ "always: 1,000,000 requests free, shared with requests_arm64", for the price `rate`."""
    others = [key for key in free.of if key != rate] if rate else []
    return f"{free.policy}: {grouped(free.quantity)} free" + (f", shared with {_names(others)}" if others else "")


def _names(keys: list[str] | tuple[str, ...]) -> str:
    return ", ".join(map(name_of, keys))


def _notes(prices: list[PriceRow]) -> list[list[str]]:
    """Each note once, with the prices that it is of where it is not of all."""
    of: dict[str, list[str]] = {}
    for row in prices:
        if row.note and row.tier == 1:
            of.setdefault(row.note, []).append(row.rate)
    every = len({row.rate for row in prices})
    return [[note if len(rates) == every else f"{_names(rates)}: {note}"] for note, rates in of.items()]


def _as_object(opened: OpenedCard, rows: CardRows) -> dict[str, Any]:
    card = opened.card
    return {
        "card": card.name,
        "title": card.title,
        "extends": opened.extends or None,
        "provider": card.provider,
        "region": card.region,
        "as_of": card.as_of,
        "currency": card.currency,
        "not_offered": list(card.not_offered),
        "not_listed": list(card.not_listed),
        "discounts": [
            {"name": d.name, "on": list(d.on), "share": d.share.value if d.share else None, "words": discount_words(d)}
            for d in card.discounts
        ],
        "notes": list(opened.notes),
        "facts": [fact._asdict() for fact in rows.facts],
        "prices": [_price_object(row) for row in rows.prices],
        "free": [{**free._asdict(), "of": list(free.of)} for free in rows.free],
    }


def _price_object(row: PriceRow) -> dict[str, Any]:
    said = row._asdict()
    return {**said, "tier_words": row.tier_words or None, **{name: said[name] or None for name in _PROVENANCE}}


def _flat(opened: OpenedCard, rows: CardRows) -> list[dict[str, Any]]:
    """Everything as rows of the same columns."""
    card = opened.card
    first = {"card": card.name, "region": card.region, "as_of": card.as_of, "currency": card.currency}
    flat: list[dict[str, Any]] = [
        {"service": f.service, "what": "fact", "name": f"{f.service}.{f.fact}", "value": f.value, "source": f.source}
        for f in rows.facts
    ]
    for row in rows.prices:
        kept = {name: value for name, value in row._asdict().items() if name in _COLUMNS or name in _PROVENANCE}
        flat.append({**kept, "what": "price", "name": row.rate, "value": row.words})
    for free in rows.free:
        of = " ".join(free.of)
        flat.append({"service": free.service, "what": f"free, {free.policy}", "name": of, "value": free.quantity})
    flat += [{"service": key, "what": "not offered"} for key in card.not_offered]
    flat += [{"service": key.partition(".")[0], "what": "not listed", "name": key} for key in card.not_listed]
    flat += [{"what": "discount", "name": each.name, "value": discount_words(each)} for each in card.discounts]
    flat += [{"what": "note", "note": note} for note in opened.notes]
    return [{**first, **row} for row in flat]

"""Small price lists in the forms in which AWS publishes them, with true rate codes and prices.

Firehose, Lambda and DynamoDB in us-east-1 and eu-west-1: AWS's pricing pages, June 2025. The rate ids after the term's code are
AWS's own too: the same range has the same id in every product.
"""

import csv
import io
import json

ON_DEMAND = "JRTCKXETXF"
FIREHOSE_PUBLISHED, FIREHOSE_VERSION = "2025-06-05T17:56:44Z", "20250605175644"
NAMES = {"us-east-1": "US East (N. Virginia)", "eu-west-1": "EU (Ireland)", "us-west-2": "US West (Oregon)"}


def product(sku, prices, region="us-east-1", unit="GB", currency="USD", term=ON_DEMAND, **attributes):
    """A product with its on-demand prices, (rate id, begin, end, price) each."""
    family = attributes.pop("productFamily", "")
    where = {"location": NAMES[region], "locationType": "AWS Region", "regionCode": region} if region in NAMES else {}
    dimensions = {
        f"{sku}.{term}.{rate}": {
            "rateCode": f"{sku}.{term}.{rate}",
            "description": "",
            "beginRange": begin,
            "endRange": end,
            "unit": unit,
            "pricePerUnit": {currency: price},
            "appliesTo": [],
        }
        for rate, begin, end, price in prices
    }
    return {
        "product": {"sku": sku, "productFamily": family, "attributes": {**where, **attributes}},
        "terms": {f"{sku}.{term}": {"offerTermCode": term, "sku": sku, "priceDimensions": dimensions}},
    }


def offer(code, *products, published=FIREHOSE_PUBLISHED, version=FIREHOSE_VERSION):
    """An offer file as one finds it under /offers/v1.0/aws/."""
    by_sku = {each["product"]["sku"]: each for each in products}
    return {
        "formatVersion": "v1.0",
        "disclaimer": "This pricing list is for informational purposes only.",
        "offerCode": code,
        "version": version,
        "publicationDate": published,
        "products": {sku: each["product"] for sku, each in by_sku.items()},
        "terms": {"OnDemand": {sku: each["terms"] for sku, each in by_sku.items()}, "Reserved": {}},
        "attributesList": {},
    }


def offer_csv(code, *products, published=FIREHOSE_PUBLISHED, version=FIREHOSE_VERSION):
    """The same as CSV: lines about the file, a header, a row for each price."""
    columns = {"location": "Location", "locationType": "Location Type", "group": "Group", "usagetype": "usageType"}
    columns |= {"operation": "operation", "regionCode": "Region Code"}
    text = io.StringIO()
    rows = csv.writer(text, quoting=csv.QUOTE_ALL)
    rows.writerows([["FormatVersion", "v1.0"], ["Disclaimer", "For information only."], ["Publication Date", published]])
    rows.writerows([["Version", version], ["OfferCode", code]])
    price = ["SKU", "OfferTermCode", "RateCode", "TermType", "PriceDescription", "EffectiveDate", "StartingRange", "EndingRange"]
    rows.writerow([*price, "Unit", "PricePerUnit", "Currency", "Product Family", *columns.values()])
    for each in products:
        sku, attributes = each["product"]["sku"], each["product"]["attributes"]
        for term in each["terms"].values():
            for one in term["priceDimensions"].values():
                ((currency, usd),) = one["pricePerUnit"].items()
                row = [
                    sku,
                    term["offerTermCode"],
                    one["rateCode"],
                    "OnDemand",
                    "",
                    "2025-06-01",
                    one["beginRange"],
                    one["endRange"],
                ]
                row += [one["unit"], usd, currency, each["product"]["productFamily"]]
                rows.writerow([*row, *(attributes.get(name, "") for name in columns)])
    return text.getvalue()


def feed(name, regions, published=FIREHOSE_PUBLISHED, currency="USD"):
    """A file of the pricing pages' feed. `regions`: location -> name -> (rate code, price), or a whole entry."""
    entries = {
        location: {
            name: given
            if isinstance(given, dict)
            else {"rateCode": given[0], "price": given[1], "RegionlessRateCode": f"{name}#"}
            for name, given in names.items()
        }
        for location, names in regions.items()
    }
    # Each price stands there twice.
    for names in entries.values():
        names |= {entry["RegionlessRateCode"]: entry for entry in [*names.values()] if "RegionlessRateCode" in entry}
    index = f"plc-{name}-usd-{published.translate({ord(c): None for c in '-:TZ'})}"
    manifest = {
        "serviceId": name,
        "esIndex": index,
        "hawkFilePublicationDate": published,
        "currencyCode": currency,
        "source": name,
    }
    return {"manifest": manifest, "sets": {}, "regions": entries}


FIREHOSE_TIERS = (("HK3AFRJD7J", "0", "512000"), ("UWBZ2JUKT9", "512000", "2048000"), ("PERGK9UASF", "2048000", "Inf"))


def ingested(sku="B674W3KVY282C9AV", prices=("0.0290000000", "0.0250000000", "0.0200000000"), region="us-east-1", **changed):
    """Firehose's Direct PUT; in eu-west-1 it is another product."""
    tiers = [(*tier, price) for tier, price in zip(FIREHOSE_TIERS, prices, strict=True)]
    prefix = {"us-east-1": "USE1", "eu-west-1": "EU"}[region]
    attributes = {"usagetype": f"{prefix}-BilledBytes", "operation": "PutRecord", "group": "Event-by-Event Processing"} | changed
    return product(sku, tiers, region, productFamily="Kinesis Firehose", **attributes)


def single(sku, price, region="us-east-1", unit="GB", **attributes):
    return product(sku, [("6YS6EN2CT7", "0", "Inf", price)], region, unit, **attributes)


CONVERSION = single("MHBWEUY8DCMVQ66Y", "0.0180000000", operation="DataFormatConversion", usagetype="USE1-ConvertedBytes")
LAMBDA_REQUESTS = single("GU2ZS9HVP6QTQ7KE", "0.0000002000", unit="Requests", group="AWS-Lambda-Requests", usagetype="Request")
LAMBDA_DURATION = product(
    "TG3M4CAGBA3NYQBH",
    [
        ("CUKFZ388N3", "0", "6000000000", "0.0000166667"),
        ("QZE2SB4KVB", "6000000000", "15000000000", "0.0000150000"),
        ("V7R92EXG27", "15000000000", "Inf", "0.0000133334"),
    ],
    unit="Lambda-GB-Second",
    group="AWS-Lambda-Duration",
    usagetype="Lambda-GB-Second",
)
EPHEMERAL = single("CVY5JH8RFRXMP92N", "0.0000000309", unit="GB-Seconds", group="AWS-Lambda-Storage-Duration")


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path

"""How much memory `costmodel rates import` takes for an offer file that is much larger, and how fast it reads.

    python benchmarks/import_memory.py [MEGABYTES]    makes a file of 300 MB, and fails above 150 MB of memory

The file has the form of AmazonEC2's: a few products that are ours among hundreds of thousands that are not. A child process
imports it, so that what is measured is the import alone.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

MEGABYTES = 300
MOST = 150  # MB of memory, as the operating system counts what is resident
REGION = {"location": "US East (N. Virginia)", "locationType": "AWS Region", "regionCode": "us-east-1"}
# NAT gateways in us-east-1, as AWS lists them: $0.045 an hour, $0.045 a GB.
OURS = {
    "M2YSHUBETB3JX4M4": ("NatGateway-Hours", "Hrs", "0.0450000000"),
    "59S5R83GFPUAGVR5": ("NatGateway-Bytes", "GB", "0.0450000000"),
}
COMMAND = [os.path.join(os.path.dirname(sys.executable), "costmodel"), "rates", "import", "offer.json", "-o", "cards"]


def products(size: int) -> Iterator[tuple[str, dict[str, object], dict[str, object]]]:
    """SKU, product and terms, as many as make a file of about `size` bytes."""
    for sku, (usage, unit, price) in OURS.items():
        yield sku, _product(sku, "NAT Gateway", usage), _terms(sku, unit, price)
    for number in range(size // _bytes_of_one()):
        sku = f"SKU{number:013}"
        yield sku, _product(sku, "Compute Instance", f"BoxUsage:x{number}.large"), _terms(sku, "Hrs", "0.1000000000")


def _bytes_of_one() -> int:
    product, terms = _product("SKU0000000000000", "Compute Instance", "BoxUsage:x100000.large"), _terms("SKU", "Hrs", "0.1")
    return len(json.dumps(product)) + len(json.dumps(terms)) + 100


def _product(sku: str, family: str, usage: str) -> dict[str, object]:
    more = {f"attribute{number}": "a value as long as they often are" for number in range(20)}
    attributes = {"servicecode": "AmazonEC2", **REGION, "usagetype": usage, "operation": "RunInstances", **more}
    return {"sku": sku, "productFamily": family, "attributes": attributes}


def _terms(sku: str, unit: str, price: str) -> dict[str, object]:
    code = f"{sku}.JRTCKXETXF"
    dimension = {
        "rateCode": f"{code}.6YS6EN2CT7",
        "beginRange": "0",
        "endRange": "Inf",
        "unit": unit,
        "pricePerUnit": {"USD": price},
    }
    return {code: {"offerTermCode": "JRTCKXETXF", "sku": sku, "priceDimensions": {f"{code}.6YS6EN2CT7": dimension}}}


def write_offer(path: str, size: int) -> None:
    head = {
        "formatVersion": "v1.0",
        "offerCode": "AmazonEC2",
        "version": "20260925174521",
        "publicationDate": "2026-09-25T17:45:21Z",
    }
    with open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps(head)[:-1] + ', "products": {')
        file.writelines(
            f"{', ' if n else ''}{json.dumps(sku)}: {json.dumps(product)}" for n, (sku, product, _) in enumerate(products(size))
        )
        file.write('}, "terms": {"OnDemand": {')
        file.writelines(
            f"{', ' if n else ''}{json.dumps(sku)}: {json.dumps(terms)}" for n, (sku, _, terms) in enumerate(products(size))
        )
        file.write('}, "Reserved": {}}, "attributesList": {}}')


def main() -> int:
    size = int(sys.argv[1] if len(sys.argv) > 1 else MEGABYTES) * 1024**2
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "offer.json")
        write_offer(path, size)
        megabytes = os.path.getsize(path) / 1024**2
        start = time.perf_counter()
        printed = subprocess.run(COMMAND, cwd=folder, capture_output=True, text=True, check=True).stdout
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024  # Linux counts in KB
    print(f"{printed.splitlines()[0]}")
    print(f"offer file   {megabytes:6.0f} MB")
    print(f"peak memory  {peak:6.0f} MB (at most {MOST})")
    print(f"speed        {megabytes / seconds:6.0f} MB/s ({seconds:.1f} s)")
    return 0 if peak <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())

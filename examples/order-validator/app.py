"""Checks an order and adds it up. An order that cannot be fulfilled is an error, and Lambda's callers see it as one."""

import json
import os
from decimal import Decimal

# Read once, at the cold start. EXTRA_PRICES adds to the catalogue without a new deployment.
PRICES = {
    item: Decimal(price)
    for item, price in ({"tea": "4.50", "teapot": "24.00", "cup": "6.25"} | json.loads(os.environ.get("EXTRA_PRICES", "{}"))).items()
}


class InvalidOrder(Exception):
    pass


def handler(order, context):
    items = order.get("items", {})
    if not items:
        raise InvalidOrder("an order needs at least one item")
    unknown = sorted(set(items) - set(PRICES))
    if unknown:
        raise InvalidOrder(f"not in the catalogue: {', '.join(unknown)}")

    total = sum(PRICES[item] * count for item, count in items.items())
    print(f"order {order['id']}: {sum(items.values())} pieces, {total} in all")
    return {"id": order["id"], "total": str(total), "checkedBy": context.function_name}

"""Books the orders that a Kafka topic brings, a batch at a time."""

import base64
import json
from decimal import Decimal, InvalidOperation


class NotAnAmount(Exception):
    pass


def orders(event):
    for records in event["records"].values():
        for record in records:
            yield json.loads(base64.b64decode(record["value"]))


def amount(order):
    try:
        return Decimal(order["total"])
    except InvalidOperation:
        raise NotAnAmount(f"order {order['id']} has the total {order['total']!r}") from None


def handler(event, context):
    # Read whole before anything is booked: a batch that fails comes again.
    amounts = {order["id"]: amount(order) for order in orders(event)}
    for order, total in amounts.items():
        print(f"order {order}: {total} booked")
    return {"booked": len(amounts), "total": str(sum(amounts.values()))}

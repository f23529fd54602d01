"""JSON by the C code under the json module, without that module's imports, which take longer than all of this client.

Whatever the C code refuses is given to the json module itself, so that errors read as Python's users know them.
"""

import sys

try:
    from _json import encode_basestring, encode_basestring_ascii, make_encoder, make_scanner
except ImportError:  # An interpreter other than CPython.
    make_scanner = make_encoder = None

_SPACE = " \t\n\r"
_CONSTANTS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


class _Decoding:
    """What the C scanner asks its decoder for: json.JSONDecoder's defaults."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    array_hook = None
    parse_float = float
    parse_int = int
    parse_constant = _CONSTANTS.__getitem__
    memo = {}


def loads(data):
    """Reads JSON from bytes; raises as json.loads does."""
    if make_scanner is not None:
        try:
            text = data.decode("utf-8").strip(_SPACE)
            value, end = make_scanner(_Decoding)(text, 0)
            if end == len(text):
                return value
        except Exception:
            pass
    import json

    return json.loads(data)


def dumps(value, ascii_only=False):
    """Writes JSON as bytes; raises as json.dumps does. Decimals become numbers, as on Lambda."""
    if make_encoder is not None:
        try:
            encode_string = encode_basestring_ascii if ascii_only else encode_basestring
            encode = make_encoder({}, _default, encode_string, None, ": ", ", ", False, False, True)
            return "".join(encode(value, 0)).encode("utf-8")
        except Exception:
            pass
    import json

    return json.dumps(value, default=_default, ensure_ascii=ascii_only).encode("utf-8")


def _default(value):
    decimal = sys.modules.get("decimal")
    if decimal is not None and isinstance(value, decimal.Decimal):
        if value.is_finite() and value == value.to_integral_value():
            return int(value)
        return float(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)

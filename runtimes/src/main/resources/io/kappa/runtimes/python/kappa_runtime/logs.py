"""Lambda's log lines: what the logging module prints, and the line of an error that nobody caught.

The logging module is set up when a function first imports it, since importing it here would double the time of a cold start.
"""

import os
import sys
import time

LEVEL = {"TRACE": "DEBUG", "WARN": "WARNING", "FATAL": "CRITICAL"}

as_json = False
request_id = ""
tenant_id = None


def watch_for_logging():
    """Sees to it that the logging module writes Lambda's lines from its import on."""
    global as_json
    as_json = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
    if "logging" in sys.modules:  # A wrapper's or sitecustomize's doing.
        _set_up(sys.modules["logging"])
    else:
        sys.meta_path.insert(0, _LoggingWatch())


class _LoggingWatch:
    """A finder that leaves the finding to the others and asks only to be told when the module is there."""

    def find_spec(self, name, path=None, target=None):
        if name != "logging":
            return None
        sys.meta_path.remove(self)
        for finder in sys.meta_path:
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                _after_import(spec.loader)
                return spec
        return None


def _after_import(loader):
    execute = loader.exec_module

    def exec_module(module):
        execute(module)
        _set_up(module)

    loader.exec_module = exec_module


def _set_up(logging):
    logging.Formatter.converter = time.gmtime
    formatter = _json_formatter(logging) if as_json else _text_formatter(logging)

    class StandardOutput(logging.Handler):
        def emit(self, record):
            try:
                record.aws_request_id = request_id
                record.tenant_id = tenant_id
                sys.stdout.write(self.format(record))
            except Exception:
                self.handleError(record)

    handler = StandardOutput()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    level = LEVEL.get(level, level)
    if level in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
        root.setLevel(level)


def _text_formatter(logging):
    return logging.Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", "%Y-%m-%dT%H:%M:%S"
    )


def _json_formatter(logging):
    import json
    import traceback

    standard = set(vars(logging.makeLogRecord({}))) | {"aws_request_id", "tenant_id", "message", "asctime"}

    class JsonFormatter(logging.Formatter):
        def format(self, record):
            line = {
                "timestamp": _timestamp(record.created),
                "level": record.levelname,
                "message": record.getMessage(),
                "logger": record.name,
            }
            if record.exc_info:
                error_type, error, trace = record.exc_info
                line["stackTrace"] = traceback.format_tb(trace)
                line["errorType"] = getattr(error_type, "__name__", None)
                line["errorMessage"] = str(error)
                line["location"] = "%s:%s:%d" % (record.pathname, record.funcName, record.lineno)
            line["requestId"] = record.aws_request_id
            if record.tenant_id is not None:
                line["tenantId"] = record.tenant_id
            for name, value in vars(record).items():
                if name not in standard and name not in line:
                    line[name] = value
            return json.dumps(line, ensure_ascii=False, default=str) + "\n"

    return JsonFormatter()


def print_error(error):
    """Prints an error's payload as Lambda prints an exception that left the handler."""
    if as_json:
        import json

        line = json.dumps({"timestamp": _timestamp(time.time()), "level": "ERROR", **error}, ensure_ascii=False)
    else:
        # The no-break space keeps the indentation of lines that are trimmed on their way to a screen.
        lines = ["[ERROR] %s: %s" % (error["errorType"], error["errorMessage"]), "Traceback (most recent call last):"]
        for entry in error["stackTrace"]:
            for traced in entry.splitlines():
                text = traced.lstrip(" ")
                lines.append("\u00a0" * (len(traced) - len(text)) + text)
        line = "\n".join(lines)
    sys.stdout.write(line + "\n")


def _timestamp(seconds):
    milliseconds = int(seconds * 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds // 1000)) + ".%03dZ" % (milliseconds % 1000)

"""Finds the handler, then answers one event after the other until the process is killed."""

import os
import sys

from . import logs, quick_json
from .api import RuntimeApi
from .context import LambdaContext

HERE = os.path.dirname(__file__)
# Modules that Lambda has there for functions to import.
OFFERED = os.path.dirname(HERE) + "/offered"
# Set where this process was started before it was known for which function.
PARKED = "_KAPPA_PARKED"
# Set where the sandbox cannot show the function's layers at /opt.
LAYERS = "_KAPPA_LAYERS"

# Since Python 3.12 Lambda writes characters outside ASCII as they are.
ascii_only = False


class Fault(Exception):
    """An error that the runtime finds rather than the function, of a type that begins with ``Runtime.``."""

    def __init__(self, error_type, message, trace=()):
        super().__init__(message)
        self.error_type = "Runtime." + error_type
        self.trace = list(trace)


def main():
    """Runs the function. Returns only where the Runtime API has gone away."""
    global ascii_only
    _set_up_output()
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    if PARKED in os.environ:
        _become(api.assignment())
    ascii_only = os.environ.get("AWS_EXECUTION_ENV", "").endswith(("python3.9", "python3.10", "python3.11"))
    _set_up_path()
    logs.watch_for_logging()
    try:
        handler = _load_handler(os.environ["_HANDLER"])
    except Exception as error:
        _fail(api.fail_init, error)
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
        api = _pass_snapshot(api)
    try:
        while True:
            _handle_one(api, handler)
    except ConnectionError as error:
        sys.stderr.write("%s\n" % error)
        return 1


def _pass_snapshot(api):
    """Calls the function's hooks, and between them waits until there is an environment to go on in."""
    from . import snapshots

    try:
        snapshots.before()
    except Exception as error:
        _fail(api.fail_init, error, "Runtime.BeforeSnapshotError")
    _flush()
    api = snapshots.pass_through(api)
    try:
        snapshots.after()
    except Exception as error:
        _fail(api.fail_restore, error, "Runtime.AfterRestoreError")
    return api


def _become(assignment):
    """Makes of this process what it would be had it been started with these variables, in the directory of that function."""
    os.environb.clear()
    for variable in assignment.split(b"\0"):
        name, assigned, value = variable.partition(b"=")
        if assigned:
            os.environb[name] = value
    os.chdir(os.environ["LAMBDA_TASK_ROOT"])


def _set_up_output():
    """Lines go out whole and at once: the platform may freeze the process as soon as the response is posted."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)


def _set_up_path():
    """The function's code first, then its layers, then PYTHONPATH, the standard library and what is installed beside it."""
    layers = os.environ.get(LAYERS, "/opt") + "/python"
    # Layers may be made for the version that was asked for, where this machine has only another.
    asked = os.environ.get("AWS_EXECUTION_ENV", "").rpartition("_")[2]
    versions = dict.fromkeys(filter(None, [asked, "python%d.%d" % sys.version_info[:2]]))
    sys.path[0:1] = [  # In the place of this client's own directory.
        os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd(),
        *(layers + "/lib/%s/site-packages" % version for version in versions),
        layers,
    ]
    # The site module is off, since it can take longer than the interpreter's start; its directories come from the probe.
    sys.path += [path for path in sys._xoptions.get("kappa-site", "").split(":") if path]
    sys.path.append(OFFERED)
    import builtins

    if not hasattr(builtins, "exit"):
        builtins.exit = builtins.quit = sys.exit


def _load_handler(name):
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        raise Fault("MalformedHandlerName", "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % name)
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault("BuiltInModuleConflict", "Cannot use built-in module %s as a handler module" % module_name)
    dotted = module_name.replace("/", ".")
    try:
        __import__(dotted)
    except ImportError as error:
        raise Fault("ImportModuleError", "Unable to import module '%s': %s" % (module_name, error)) from error
    except SyntaxError as error:
        place = '  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)
        message = "Syntax error in module '%s': %s" % (module_name, error)
        raise Fault("UserCodeSyntaxError", message, [place]) from error
    try:
        return getattr(sys.modules[dotted], function_name)
    except AttributeError:
        raise Fault("HandlerNotFound", "Handler '%s' missing on module '%s'" % (function_name, module_name)) from None


def _handle_one(api, handler):
    headers, body = api.next()
    request_id = headers.get("lambda-runtime-aws-request-id", "")
    logs.request_id = request_id
    logs.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
    _set_trace(headers.get("lambda-runtime-trace-id"))
    try:
        context = LambdaContext(
            headers,
            _json_header(headers, "lambda-runtime-client-context", "Client Context"),
            _json_header(headers, "lambda-runtime-cognito-identity", "Cognito Identity"),
        )
        event = _read_event(body, headers.get("content-type", "application/json"))
        result, content_type = _write_result(handler(event, context))
    except Exception as error:
        payload = _payload(error, request_id)
        logs.print_error(payload)
        _flush()
        api.fail(request_id, quick_json.dumps(payload, True), _category(error))
    else:
        _flush()
        api.respond(request_id, result, content_type)


def _set_trace(trace):
    if trace is not None:
        os.environ["_X_AMZN_TRACE_ID"] = trace
    else:
        os.environ.pop("_X_AMZN_TRACE_ID", None)


def _json_header(headers, name, called):
    value = headers.get(name)
    if not value:
        return None
    try:
        return quick_json.loads(value.encode())
    except ValueError as error:
        raise Fault("LambdaContextUnmarshalError", "Unable to parse %s JSON: %s" % (called, error)) from None


def _read_event(body, content_type):
    if content_type.partition(";")[0].strip() != "application/json":
        return body
    if not body:
        return {}
    try:
        return quick_json.loads(body)
    except ValueError as error:
        raise Fault("UnmarshalError", "Unable to unmarshal input: %s" % error) from None


def _write_result(result):
    if isinstance(result, bytes):
        return result, "application/unknown"
    try:
        return quick_json.dumps(result, ascii_only), "application/json"
    except Exception as error:
        raise Fault("MarshalError", "Unable to marshal response: %s" % error) from None


def _payload(error, request_id):
    if isinstance(error, Fault):
        error_type, trace = error.error_type, error.trace
    else:
        error_type, trace = type(error).__name__, _trace(error)
    return {"errorMessage": str(error), "errorType": error_type, "requestId": request_id, "stackTrace": trace}


def _trace(error):
    """The traceback's entries from the function's first own frame on."""
    import traceback

    frames = [(frame.filename, frame.lineno, frame.name, frame.line) for frame in traceback.extract_tb(error.__traceback__)]
    while frames and (frames[0][0].startswith(HERE) or frames[0][0].startswith("<frozen importlib")):
        del frames[0]
    return traceback.format_list(frames)


def _category(error):
    """The error's type as the platform's own records accept it."""
    if isinstance(error, Fault):
        return error.error_type
    name = type(error).__name__
    return "Function." + (name if name.isascii() and name.isalpha() and name[0].isupper() else "Unknown")


def _fail(report, error, error_type=None):
    payload = _payload(error, "")
    logs.print_error(payload)
    _flush()
    report(quick_json.dumps(payload, True), error_type or _category(error))
    os._exit(1)  # Not sys.exit, which would wait for threads that the module had started before it failed.


def _flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass  # The function has put something of its own in the stream's place.

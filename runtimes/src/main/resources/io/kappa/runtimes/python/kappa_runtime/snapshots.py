"""What a function with SnapStart goes through between its init and its first event."""

import os
import sys
import time


def before():
    """Calls the hooks for before the snapshot, the last one registered first."""
    for func, args, kwargs in reversed(_registered("get_before_snapshot")):
        func(*args, **kwargs)


def after():
    """Calls the hooks for after a restore."""
    for func, args, kwargs in _registered("get_after_restore"):
        func(*args, **kwargs)


def _registered(getter):
    hooks = sys.modules.get("snapshot_restore_py")  # Which the function may have brought along.
    return list(getattr(hooks, getter)()) if hasattr(hooks, getter) else []


def pass_through(api):
    """Comes back in the environment that is to be: this one, or each in which this process is restored. Returns its Runtime API."""
    file = api.ready_for_snapshot()
    if not file:
        return api
    api.close()
    while not os.path.exists(file):  # No connection would live on that could be waited at.
        time.sleep(0.001)
    with open(file, "rb") as changed:
        for variable in changed.read().split(b"\0"):
            name, assigned, value = variable.partition(b"=")
            if assigned:
                os.environb[name] = value
    restored = type(api)(os.environ["AWS_LAMBDA_RUNTIME_API"])
    restored.ready_for_snapshot()
    return restored

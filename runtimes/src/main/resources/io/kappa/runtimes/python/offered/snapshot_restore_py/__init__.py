"""Hooks of functions with SnapStart: what they do before a snapshot of them is taken, and after each restore of it."""

_before_snapshot = []
_after_restore = []


def register_before_snapshot(func, *args, **kwargs):
    """Has ``func(*args, **kwargs)`` called before the snapshot. The last one registered comes first. May decorate a function."""
    _before_snapshot.append((func, args, kwargs))
    return func


def register_after_restore(func, *args, **kwargs):
    """Has ``func(*args, **kwargs)`` called after each restore, in the order of registration. May decorate a function."""
    _after_restore.append((func, args, kwargs))
    return func


def get_before_snapshot():
    return _before_snapshot


def get_after_restore():
    return _after_restore

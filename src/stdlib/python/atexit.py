# `atexit`: functions that are called when the program ends, the last one first.

from _internals import native as _native

_waiting = []


@_native
def register(*args, **kwargs):
    if not args:
        raise TypeError("register() takes at least 1 argument (0 given)")
    if not callable(args[0]):
        raise TypeError("the first argument must be callable")
    _waiting.append((args[0], args[1:], kwargs))
    return args[0]


@_native
def unregister(func, /):
    _waiting[:] = [entry for entry in _waiting if not entry[0] == func]


@_native
def _clear():
    _waiting.clear()


@_native
def _ncallbacks():
    return len(_waiting)


@_native
def _take_all():
    # For the machine: what is to be called. What these functions register comes too late.
    taken = tuple(reversed(_waiting))
    _waiting.clear()
    return taken

# `reprlib`.

__all__ = [
    "Repr", "repr", "recursive_repr",
]


def recursive_repr(fillvalue="..."):
    def decorate(user_function):
        from functools import wraps

        active = set()

        @wraps(user_function)
        def wrapper(self):
            key = id(self)
            if key in active:
                return fillvalue
            active.add(key)
            try:
                return user_function(self)
            finally:
                active.discard(key)

        return wrapper

    return decorate


class Repr:
    def __init__(self, *, maxlevel=6, maxlist=6, maxtuple=6, maxdict=4, maxset=6, maxstring=30, maxother=30):
        self.maxlevel, self.maxlist, self.maxtuple, self.maxdict = maxlevel, maxlist, maxtuple, maxdict
        self.maxset, self.maxstring, self.maxother = maxset, maxstring, maxother

    def repr(self, x):
        return self.repr1(x, self.maxlevel)

    def _items(self, items, most, level):
        shown = [self.repr1(item, level - 1) for item, _ in zip(items, range(most))]
        if len(items) > most:
            shown.append("...")
        return ", ".join(shown)

    def repr1(self, x, level):
        if isinstance(x, (list, tuple, set, frozenset, dict)) and level <= 0 and x:
            inner = "..."
        elif isinstance(x, list):
            inner = self._items(x, self.maxlist, level)
        elif isinstance(x, tuple):
            inner = self._items(x, self.maxtuple, level) + ("," if len(x) == 1 else "")
        elif isinstance(x, (set, frozenset)):
            if not x:
                return repr(x)
            inner = self._items(sorted(x), self.maxset, level)
        elif isinstance(x, dict):
            keys = sorted(x)[: self.maxdict]
            parts = [f"{self.repr1(k, level - 1)}: {self.repr1(x[k], level - 1)}" for k in keys]
            inner = ", ".join(parts + ["..."] * (len(x) > self.maxdict))
        else:
            most = self.maxstring if isinstance(x, str) else self.maxother
            text = repr(x)
            if len(text) > most:
                before = max(0, (most - 3) // 2)
                after = max(0, most - 3 - before)
                text = text[:before] + "..." + text[len(text) - after:]
            return text
        left, right = {list: "[]", tuple: "()", set: "{}", dict: "{}"}.get(type(x), ("frozenset({", "})"))
        return f"{left}{inner}{right}"


aRepr = Repr()
repr = aRepr.repr

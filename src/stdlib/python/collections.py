# `collections`; `deque` is native.

import sys

import _collections_abc as abc
from _collections import _tuplegetter, deque, odict_iterator as _odict_iterator
from _collections_abc import MutableMapping as _MutableMapping
from _collections_abc import MutableSequence as _MutableSequence
from _collections_abc import Sequence as _Sequence
from _internals import mark_class as _mark_class, native as _native
from itertools import chain as _chain, repeat as _repeat, starmap as _starmap
from keyword import iskeyword
from operator import itemgetter
from types import GenericAlias

__all__ = [
    "ChainMap", "Counter", "OrderedDict", "UserDict", "UserList", "UserString", "defaultdict",
    "deque", "namedtuple",
]

sys.modules["collections.abc"] = abc


_shown_factories = set()
_shown_dicts = set()
_missing = object()


@_native
class defaultdict(dict):
    __slots__ = ("default_factory",)

    def __init__(self, default_factory=None, /, *args, **kwargs):
        if default_factory is not None and not callable(default_factory):
            raise TypeError("first argument must be callable or None")
        super().__init__(*args, **kwargs)
        self.default_factory = default_factory

    def __missing__(self, key):
        if self.default_factory is None:
            raise KeyError(key)
        value = self[key] = self.default_factory()
        return value

    def __repr__(self):
        factory = self.default_factory
        if id(factory) in _shown_factories:
            text = "..."
        else:
            # A factory that is a method of the dict itself would show the dict again.
            _shown_factories.add(id(factory))
            try:
                text = repr(factory)
            finally:
                _shown_factories.discard(id(factory))
        return f"{type(self).__name__}({text}, {dict.__repr__(self)})"

    def copy(self):
        return type(self)(self.default_factory, self)

    __copy__ = copy

    def __reduce__(self):
        args = () if self.default_factory is None else (self.default_factory,)
        return type(self), args, None, None, iter(self.items())

    def __or__(self, other):
        if not isinstance(other, dict):
            return NotImplemented
        new = type(self)(self.default_factory, self)
        dict.update(new, other)
        return new

    def __ror__(self, other):
        if not isinstance(other, dict):
            return NotImplemented
        new = type(self)(self.default_factory, other)
        dict.update(new, self)
        return new


# In CPython the class is native and has no such attribute.
del defaultdict.__slots__


@_native
class _View:
    # A view of an OrderedDict: the dict's own, under another name.
    __slots__ = ("_view", "_dict")

    def __init__(self, view, dict):
        self._view = view
        self._dict = dict

    def __iter__(self):
        return _odict_iterator(self._dict, self._part, False)

    def __reversed__(self):
        return _odict_iterator(self._dict, self._part, True)

    def __len__(self):
        return len(self._view)

    def __contains__(self, item):
        return item in self._view

    def __repr__(self):
        return f"{type(self).__name__}({list(self._view)!r})"

    @property
    def mapping(self):
        return self._view.mapping


@_native
class odict_values(_View):
    __slots__ = ()
    _part = 1


@_native
class odict_keys(_View):
    __slots__ = ()
    _part = 0
    __hash__ = None

    def __eq__(self, other):
        return self._view == _inner(other)

    def __le__(self, other):
        return self._view <= _inner(other)

    def __lt__(self, other):
        return self._view < _inner(other)

    def __ge__(self, other):
        return self._view >= _inner(other)

    def __gt__(self, other):
        return self._view > _inner(other)

    def __and__(self, other):
        return self._view & _inner(other)

    def __or__(self, other):
        return self._view | _inner(other)

    def __sub__(self, other):
        return self._view - _inner(other)

    def __xor__(self, other):
        return self._view ^ _inner(other)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __rsub__(self, other):
        return _inner(other) - self._view

    def isdisjoint(self, other):
        return self._view.isdisjoint(_inner(other))


@_native
class odict_items(odict_keys):
    __slots__ = ()
    _part = 2


for _each in (odict_keys, odict_values, odict_items):
    _each.__module__ = "builtins"


@_native
def _inner(other):
    return other._view if isinstance(other, _View) else other


@_native
def _pair(item):
    # As a loop over pairs unpacks them, in the words of the native OrderedDict.
    parts = iter(item)
    found = []
    for part in parts:
        if len(found) == 2:
            raise ValueError("too many values to unpack (expected 2)")
        found.append(part)
    if len(found) < 2:
        values = "value" if found else "values"
        raise ValueError(f"need more than {len(found)} {values} to unpack")
    return found


@_native
class OrderedDict(dict):
    def __init__(self, /, *args, **kwds):
        if len(args) > 1:
            raise TypeError(f"expected at most 1 arguments, got {len(args)}")
        _fill_ordered(self, args, kwds)

    def update(self, /, *args, **kwds):
        if len(args) > 1:
            raise TypeError(f"update() takes at most 1 positional argument ({len(args)} given)")
        _fill_ordered(self, args, kwds)

    def setdefault(self, key, default=None):
        if type(self).__setitem__ is dict.__setitem__:
            return dict.setdefault(self, key, default)
        if key not in self:
            self[key] = default
            return default
        return self[key]

    def __iter__(self):
        return _odict_iterator(self, 0, False)

    def __reversed__(self):
        return _odict_iterator(self, 0, True)

    def keys(self):
        return odict_keys(dict.keys(self), self)

    def values(self):
        return odict_values(dict.values(self), self)

    def items(self):
        return odict_items(dict.items(self), self)

    def pop(self, key, *default, **named):
        if set(named) == {"default"} and not default:
            default = (named["default"],)
        return dict.pop(self, key, *default)

    def move_to_end(self, key, last=True):
        value = dict.get(self, key, _missing)
        if value is _missing:
            raise KeyError(key)
        if key == next(dict.__reversed__(self) if last else dict.__iter__(self)):
            return
        if last:
            dict.__delitem__(self, key)
            dict.__setitem__(self, key, value)
            return
        rest = [(k, v) for k, v in dict.items(self) if k != key]
        dict.clear(self)
        dict.__setitem__(self, key, value)
        dict.update(self, rest)

    def popitem(self, last=True):
        if not dict.__len__(self):
            raise KeyError("dictionary is empty")
        key = next(dict.__reversed__(self) if last else dict.__iter__(self))
        return key, dict.pop(self, key)

    def __eq__(self, other):
        if isinstance(other, OrderedDict):
            return dict.__eq__(self, other) and list(dict.__iter__(self)) == list(dict.__iter__(other))
        return dict.__eq__(self, other)

    def __ne__(self, other):
        return not self == other

    def __repr__(self):
        if not dict.__len__(self):
            return f"{type(self).__name__}()"
        if id(self) in _shown_dicts:
            return "..."
        _shown_dicts.add(id(self))
        try:
            return f"{type(self).__name__}({dict(self)!r})"
        finally:
            _shown_dicts.discard(id(self))

    def copy(self):
        new = type(self)()
        for key in dict.__iter__(self):
            new[key] = self[key]
        return new

    def __reduce__(self):
        return type(self), (), self.__getstate__(), None, iter(self.items())

    @classmethod
    def fromkeys(cls, iterable, value=None):
        new = cls()
        for key in iterable:
            new[key] = value
        return new

    def __or__(self, other):
        if not isinstance(other, dict):
            return NotImplemented
        new = type(self)(self)
        _fill_ordered(new, (other,), {})
        return new

    def __ror__(self, other):
        if not isinstance(other, dict):
            return NotImplemented
        new = type(self)(other)
        _fill_ordered(new, (self,), {})
        return new

    def __ior__(self, other):
        _fill_ordered(self, (other,), {})
        return self


@_native
def _fill_ordered(self, args, kwds):
    # A subclass that has its own `__setitem__` sees every item.
    if type(self).__setitem__ is dict.__setitem__ and (not args or type(args[0]) is dict):
        dict.update(self, *args, **kwds)
        return
    for other in args:
        if type(other) is dict:
            for key, value in other.items():
                self[key] = value
        elif hasattr(other, "keys"):
            for key in other.keys():
                self[key] = other[key]
        else:
            for item in other.items() if hasattr(other, "items") else other:
                key, value = _pair(item)
                self[key] = value
    for key, value in kwds.items():
        self[key] = value


def _checked_fields(typename, field_names, rename):
    if isinstance(field_names, str):
        field_names = field_names.replace(",", " ").split()
    names = [str(name) for name in field_names]
    if rename:
        seen = set()
        for i, name in enumerate(names):
            if not name.isidentifier() or iskeyword(name) or name.startswith("_") or name in seen:
                names[i] = f"_{i}"
            seen.add(name)
    for name in [typename, *names]:
        if not name.isidentifier():
            raise ValueError(f"Type names and field names must be valid identifiers: {name!r}")
        if iskeyword(name):
            raise ValueError(f"Type names and field names cannot be a keyword: {name!r}")
    seen = set()
    for name in names:
        if name.startswith("_") and not rename:
            raise ValueError(f"Field names cannot start with an underscore: {name!r}")
        if name in seen:
            raise ValueError(f"Encountered duplicate field name: {name!r}")
        seen.add(name)
    return tuple(map(sys.intern, names))


def namedtuple(typename, field_names, *, rename=False, defaults=None, module=None):
    typename = sys.intern(str(typename))
    fields = _checked_fields(typename, field_names, rename)
    default_values = {}
    if defaults is not None:
        defaults = tuple(defaults)
        if len(defaults) > len(fields):
            raise TypeError("Got more default values than field names")
        default_values = dict(zip(fields[len(fields) - len(defaults):], defaults))
    count = len(fields)
    make_tuple = tuple.__new__

    # The constructor is compiled, so that its errors are those of a function with these
    # parameters.
    parameters = ", ".join(fields)
    comma = "," if count == 1 else ""
    scope = {"_make_tuple": make_tuple, "__builtins__": {}, "__name__": f"namedtuple_{typename}"}
    exec(
        f"def __new__(_cls, {parameters}):\n    return _make_tuple(_cls, ({parameters}{comma}))\n"
        if fields
        else "def __new__(_cls):\n    return _make_tuple(_cls, ())\n",
        scope,
    )
    __new__ = scope["__new__"]
    __new__.__qualname__ = f"{typename}.__new__"
    if defaults is not None:
        __new__.__defaults__ = defaults

    def _make(cls, iterable):
        result = make_tuple(cls, iterable)
        if len(result) != count:
            raise TypeError(f"Expected {count} arguments, got {len(result)}")
        return result

    def _replace(self, /, **kwds):
        result = self._make([kwds.pop(name, value) for name, value in zip(fields, self)])
        if kwds:
            raise TypeError(f"Got unexpected field names: {list(kwds)!r}")
        return result

    def __repr__(self):
        inner = ", ".join(f"{name}={value!r}" for name, value in zip(fields, self))
        return f"{type(self).__name__}({inner})"

    def _asdict(self):
        return dict(zip(fields, self))

    def __getnewargs__(self):
        return tuple(self)

    namespace = {
        "__doc__": f"{typename}({parameters}{',' if len(fields) == 1 else ''})",
        "__slots__": (),
        "_fields": fields,
        "_field_defaults": default_values,
        "__new__": __new__,
        "_make": classmethod(_make),
        "_replace": _replace,
        "__replace__": _replace,
        "__repr__": __repr__,
        "_asdict": _asdict,
        "__getnewargs__": __getnewargs__,
        "__match_args__": fields,
    }
    for method in (_make, _replace, __repr__, _asdict, __getnewargs__):
        method.__qualname__ = f"{typename}.{method.__name__}"
    for position, name in enumerate(fields):
        namespace[name] = _tuplegetter(position, f"Alias for field number {position}")
    result = type(typename, (tuple,), namespace)
    if module is None:
        module = sys._getframe(1).f_globals.get("__name__", "__main__")
    result.__module__ = module
    return result


_mark_class(deque, "qualified")


for _each in (defaultdict, OrderedDict):
    _mark_class(_each, "qualified")


class Counter(dict):
    def __init__(self, iterable=None, /, **kwds):
        super().__init__()
        self.update(iterable, **kwds)

    def __missing__(self, key):
        return 0

    def total(self):
        return sum(self.values())

    def most_common(self, n=None):
        ordered = sorted(self.items(), key=itemgetter(1), reverse=True)
        if n is None:
            return ordered
        # A comparison, as `heapq.nlargest` makes one: it says what cannot be a number.
        return ordered if n >= len(ordered) else ordered[:max(n, 0)]

    def elements(self):
        return _chain.from_iterable(_starmap(_repeat, self.items()))

    @classmethod
    def fromkeys(cls, iterable, v=None):
        raise NotImplementedError("Counter.fromkeys() is undefined.  Use Counter(iterable) instead.")

    def update(self, iterable=None, /, **kwds):
        if iterable is not None:
            if not isinstance(iterable, abc.Mapping):
                _count(self, iterable, 1)
            elif self:
                get = self.get
                for item, count in iterable.items():
                    self[item] = count + get(item, 0)
            else:
                # Nothing to add to: whatever the counts are, they are taken.
                super().update(iterable)
        if kwds:
            self.update(kwds)

    def subtract(self, iterable=None, /, **kwds):
        if iterable is not None:
            if isinstance(iterable, abc.Mapping):
                get = self.get
                for item, count in iterable.items():
                    self[item] = get(item, 0) - count
            else:
                _count(self, iterable, -1)
        if kwds:
            self.subtract(kwds)

    def copy(self):
        return type(self)(self)

    def __reduce__(self):
        return type(self), (dict(self),)

    def __delitem__(self, item):
        if item in self:
            super().__delitem__(item)

    def __repr__(self):
        if not self:
            return f"{type(self).__name__}()"
        try:
            items = dict(self.most_common())
        except TypeError:
            items = dict(self)
        return f"{type(self).__name__}({items!r})"

    def __eq__(self, other):
        if not isinstance(other, Counter):
            return NotImplemented
        return all(self[item] == other[item] for group in (self, other) for item in group)

    def __ne__(self, other):
        if not isinstance(other, Counter):
            return NotImplemented
        return not self == other

    def __le__(self, other):
        if not isinstance(other, Counter):
            return NotImplemented
        return all(self[item] <= other[item] for group in (self, other) for item in group)

    def __lt__(self, other):
        if not isinstance(other, Counter):
            return NotImplemented
        return self <= other and self != other

    def __ge__(self, other):
        if not isinstance(other, Counter):
            return NotImplemented
        return all(self[item] >= other[item] for group in (self, other) for item in group)

    def __gt__(self, other):
        if not isinstance(other, Counter):
            return NotImplemented
        return self >= other and self != other

    # The operators answer with positive counts only: items of the first, then those that only the
    # second has.
    def __add__(self, other):
        if not isinstance(other, Counter):
            return NotImplemented
        result = Counter()
        for item, count in self.items():
            _keep(result, item, count + other[item])
        for item, count in other.items():
            if item not in self:
                _keep(result, item, count)
        return result

    def __sub__(self, other):
        if not isinstance(other, Counter):
            return NotImplemented
        result = Counter()
        for item, count in self.items():
            _keep(result, item, count - other[item])
        for item, count in other.items():
            if item not in self and count < 0:
                result[item] = 0 - count
        return result

    def __or__(self, other):
        if not isinstance(other, Counter):
            return NotImplemented
        result = Counter()
        for item, count in self.items():
            theirs = other[item]
            _keep(result, item, theirs if count < theirs else count)
        for item, count in other.items():
            if item not in self:
                _keep(result, item, count)
        return result

    def __and__(self, other):
        if not isinstance(other, Counter):
            return NotImplemented
        result = Counter()
        for item, count in self.items():
            theirs = other[item]
            _keep(result, item, count if count < theirs else theirs)
        return result

    def __pos__(self):
        result = Counter()
        for item, count in self.items():
            _keep(result, item, count)
        return result

    def __neg__(self):
        result = Counter()
        for item, count in self.items():
            if count < 0:
                result[item] = 0 - count
        return result

    def _keep_positive(self):
        # The in-place operators leave positive counts only.
        for item in [item for item, count in self.items() if not count > 0]:
            del self[item]
        return self

    def __iadd__(self, other):
        for item, count in other.items():
            self[item] += count
        return self._keep_positive()

    def __isub__(self, other):
        for item, count in other.items():
            self[item] -= count
        return self._keep_positive()

    def __ior__(self, other):
        for item, count in other.items():
            if count > self[item]:
                self[item] = count
        return self._keep_positive()

    def __iand__(self, other):
        for item, count in self.items():
            least = other[item]
            if least < count:
                self[item] = least
        return self._keep_positive()


@_native
def _count(counter, iterable, step):
    get = counter.get
    for item in iterable:
        counter[item] = get(item, 0) + step


def _keep(counter, item, count):
    if count > 0:
        counter[item] = count


_MutableSequence.register(deque)


class ChainMap(_MutableMapping):
    def __init__(self, *maps):
        self.maps = list(maps) or [{}]

    def __missing__(self, key):
        raise KeyError(key)

    def __getitem__(self, key):
        for mapping in self.maps:
            try:
                return mapping[key]
            except KeyError:
                pass
        return self.__missing__(key)

    def get(self, key, default=None):
        return self[key] if key in self else default

    def __len__(self):
        return len(set().union(*self.maps))

    def __iter__(self):
        merged = {}
        for mapping in reversed(self.maps):
            merged.update(dict.fromkeys(mapping))
        return iter(merged)

    def __contains__(self, key):
        return any(key in mapping for mapping in self.maps)

    def __bool__(self):
        return any(self.maps)

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(map(repr, self.maps))})"

    @classmethod
    def fromkeys(cls, iterable, value=None, /):
        return cls(dict.fromkeys(iterable, value))

    def copy(self):
        return type(self)(self.maps[0].copy(), *self.maps[1:])

    __copy__ = copy

    def new_child(self, m=None, **kwargs):
        child = {} if m is None else m
        child.update(kwargs)
        return type(self)(child, *self.maps)

    @property
    def parents(self):
        return type(self)(*self.maps[1:])

    def __setitem__(self, key, value):
        self.maps[0][key] = value

    def __delitem__(self, key):
        try:
            del self.maps[0][key]
        except KeyError:
            raise KeyError(f"Key not found in the first mapping: {key!r}") from None

    def popitem(self):
        try:
            return self.maps[0].popitem()
        except KeyError:
            raise KeyError("No keys found in the first mapping.") from None

    def pop(self, key, *args):
        try:
            return self.maps[0].pop(key, *args)
        except KeyError:
            raise KeyError(f"Key not found in the first mapping: {key!r}") from None

    def clear(self):
        self.maps[0].clear()

    def __or__(self, other):
        if not isinstance(other, (dict, _MutableMapping)):
            return NotImplemented
        copy = self.copy()
        copy.maps[0].update(other)
        return copy

    def __ror__(self, other):
        if not isinstance(other, (dict, _MutableMapping)):
            return NotImplemented
        merged = dict(other)
        for mapping in reversed(self.maps):
            merged.update(mapping)
        return type(self)(merged)

    def __ior__(self, other):
        self.maps[0].update(other)
        return self


class UserDict(_MutableMapping):
    def __init__(self, dict=None, /, **kwargs):
        self.data = {}
        if dict is not None:
            self.update(dict)
        if kwargs:
            self.update(kwargs)

    def __len__(self):
        return len(self.data)

    def __getitem__(self, key):
        if key in self.data:
            return self.data[key]
        missing = getattr(type(self), "__missing__", None)
        if missing is not None:
            return missing(self, key)
        raise KeyError(key)

    def get(self, key, default=None):
        return self[key] if key in self else default

    def __setitem__(self, key, item):
        self.data[key] = item

    def __delitem__(self, key):
        del self.data[key]

    def __iter__(self):
        return iter(self.data)

    def __contains__(self, key):
        return key in self.data

    def __repr__(self):
        return repr(self.data)

    def __or__(self, other):
        if isinstance(other, UserDict):
            return type(self)(self.data | other.data)
        if isinstance(other, dict):
            return type(self)(self.data | other)
        return NotImplemented

    def __ror__(self, other):
        if isinstance(other, dict):
            return type(self)(other | self.data)
        return NotImplemented

    def __ior__(self, other):
        self.data |= other.data if isinstance(other, UserDict) else other
        return self

    def copy(self):
        if type(self) is UserDict:
            return UserDict(self.data.copy())
        # A subclass may keep more, and may look at each item that is set.
        from copy import copy

        data, self.data = self.data, {}
        try:
            made = copy(self)
        finally:
            self.data = data
        made.update(self)
        return made

    def __copy__(self):
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__)
        made.__dict__["data"] = self.__dict__["data"].copy()
        return made

    @classmethod
    def fromkeys(cls, iterable, value=None):
        new = cls()
        for key in iterable:
            new[key] = value
        return new


class UserList(_MutableSequence):
    def __init__(self, initlist=None):
        self.data = []
        if initlist is not None:
            self.data[:] = _items(initlist)

    def __cast(self, other):
        return _items(other)

    def __repr__(self):
        return repr(self.data)

    def __eq__(self, other):
        return self.data == self.__cast(other)

    def __lt__(self, other):
        return self.data < self.__cast(other)

    def __le__(self, other):
        return self.data <= self.__cast(other)

    def __gt__(self, other):
        return self.data > self.__cast(other)

    def __ge__(self, other):
        return self.data >= self.__cast(other)

    __hash__ = None

    def __contains__(self, item):
        return item in self.data

    def __len__(self):
        return len(self.data)

    def __getitem__(self, i):
        return type(self)(self.data[i]) if isinstance(i, slice) else self.data[i]

    def __setitem__(self, i, item):
        self.data[i] = item

    def __delitem__(self, i):
        del self.data[i]

    def __add__(self, other):
        return self.__class__(self.data + list(_items(other)))

    def __radd__(self, other):
        return self.__class__(list(_items(other)) + self.data)

    def __iadd__(self, other):
        self.data += list(_items(other))
        return self

    def __mul__(self, n):
        return self.__class__(self.data * n)

    __rmul__ = __mul__

    def __imul__(self, n):
        self.data *= n
        return self

    def __copy__(self):
        made = self.__class__.__new__(self.__class__)
        made.__dict__.update(self.__dict__)
        made.__dict__["data"] = self.__dict__["data"][:]
        return made

    def append(self, item):
        self.data.append(item)

    def insert(self, i, item):
        self.data.insert(i, item)

    def pop(self, i=-1):
        return self.data.pop(i)

    def remove(self, item):
        self.data.remove(item)

    def clear(self):
        self.data.clear()

    def copy(self):
        return self.__class__(self)

    def count(self, item):
        return self.data.count(item)

    def index(self, item, *args):
        return self.data.index(item, *args)

    def reverse(self):
        self.data.reverse()

    def sort(self, /, *args, **kwds):
        self.data.sort(*args, **kwds)

    def extend(self, other):
        self.data.extend(_items(other))


def _items(value):
    return value.data if isinstance(value, UserList) else value


def _text(value):
    return value.data if isinstance(value, UserString) else value


class UserString(_Sequence):
    def __init__(self, seq):
        self.data = seq if isinstance(seq, str) else str(_text(seq))

    def __str__(self):
        return str(self.data)

    def __repr__(self):
        return repr(self.data)

    def __int__(self):
        return int(self.data)

    def __float__(self):
        return float(self.data)

    def __complex__(self):
        return complex(self.data)

    def __hash__(self):
        return hash(self.data)

    def __getnewargs__(self):
        return (self.data[:],)

    def __eq__(self, other):
        return self.data == _text(other)

    def __lt__(self, other):
        return self.data < _text(other)

    def __le__(self, other):
        return self.data <= _text(other)

    def __gt__(self, other):
        return self.data > _text(other)

    def __ge__(self, other):
        return self.data >= _text(other)

    def __contains__(self, char):
        return _text(char) in self.data

    def __len__(self):
        return len(self.data)

    def __getitem__(self, index):
        return self.__class__(self.data[index])

    def __add__(self, other):
        if isinstance(other, (UserString, str)):
            return self.__class__(self.data + _text(other))
        return self.__class__(self.data + str(other))

    def __radd__(self, other):
        if isinstance(other, str):
            return self.__class__(other + self.data)
        return self.__class__(str(other) + self.data)

    def __mul__(self, n):
        return self.__class__(self.data * n)

    __rmul__ = __mul__

    def __mod__(self, args):
        return self.__class__(self.data % args)

    def __rmod__(self, template):
        return self.__class__(str(template) % self)


def _string_method(name, again):
    # A method of `str`; `again` says that its result is a UserString.
    def method(self, *args, **kwds):
        result = getattr(self.data, name)(*map(_text, args), **kwds)
        return self.__class__(result) if again else result

    method.__name__ = name
    method.__qualname__ = f"UserString.{name}"
    return method


for _each in (
    "capitalize", "casefold", "center", "expandtabs", "ljust", "lower", "lstrip", "removeprefix",
    "removesuffix", "replace", "rjust", "rstrip", "strip", "swapcase", "title", "translate", "upper", "zfill",
):
    setattr(UserString, _each, _string_method(_each, True))
for _each in (
    "count", "encode", "endswith", "find", "format", "format_map", "index", "isalpha", "isalnum", "isascii",
    "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle",
    "isupper", "join", "maketrans", "partition", "rfind", "rindex", "rpartition", "rsplit", "split",
    "splitlines", "startswith",
):
    setattr(UserString, _each, _string_method(_each, False))

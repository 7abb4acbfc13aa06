# `array`: a sequence of numbers of one kind. The bytes are those of a `bytearray` in the class `array_store`, which
# shows them to all that takes a bytes-like object.

import operator
from _collections_abc import MutableSequence
from _internals import array_store, float_bytes, mark_class
from math import inf
from types import GenericAlias
from warnings import warn

typecodes = "bBuwhHiIlLqQfd"

_SIZES = {
    "b": 1, "B": 1, "u": 4, "w": 4, "h": 2, "H": 2, "i": 4, "I": 4, "l": 8, "L": 8, "q": 8, "Q": 8, "f": 4, "d": 8,
}

# What an integer that does not fit is said to be beyond: the bits and the name of each type in C that it is
# tried as, the widest first.
_TRIED = {
    "b": ((16, "signed short integer"), (8, "signed char")),
    "B": ((0, "unsigned byte integer"),),
    "h": ((16, "signed short integer"),),
    "H": ((32, "signed integer"), (0, "unsigned short")),
    "i": ((32, "signed integer"),),
}


def _does_not_fit(code, number):
    if code in "ILQ" and number < 0:
        kind = "int to unsigned" if code == "Q" else "value to unsigned int"
        return f"can't convert negative {kind}"
    if code in "qQ":
        return "int too big to convert"
    if code in "IL":
        if number >> 64:
            return "Python int too large to convert to C unsigned long"
        return "unsigned int is greater than maximum"
    if code == "l" or not -1 << 63 <= number < 1 << 63:
        return "Python int too large to convert to C long"
    for bits, name in _TRIED[code]:
        if not bits or not -1 << bits - 1 <= number < 1 << bits - 1:
            return f"{name} is {'less than minimum' if number < 0 else 'greater than maximum'}"


def _bytes_of(code, value):
    # An item as bytes.
    size = _SIZES[code]
    if code in "uw":
        if not isinstance(value, str) or len(value) != 1:
            raise TypeError("array item must be unicode character")
        return ord(value).to_bytes(4, "little")
    if code in "fd":
        kind = type(value)
        if not isinstance(value, float):
            if not hasattr(kind, "__float__") and not hasattr(kind, "__index__"):
                raise TypeError(f"must be real number, not {kind.__name__}")
            value = float(value)
        # What is too large for four bytes is infinite, as a conversion in C makes it.
        return (float_bytes(value, size) or float_bytes(value * inf, size))[::-1]
    number = operator.index(value)
    signed = code.islower()
    try:
        return number.to_bytes(size, "little", signed=signed)
    except OverflowError:
        raise OverflowError(_does_not_fit(code, number)) from None


def _same_kind(array, other):
    if other.typecode != array.typecode:
        raise TypeError("bad argument type for built-in operation")


class array(array_store):
    __slots__ = ()

    def __new__(cls, /, *args, **keywords):
        if keywords and cls is array:
            raise TypeError("array.array() takes no keyword arguments")
        if not args:
            raise TypeError("array() takes at least 1 argument (0 given)")
        if len(args) > 2:
            raise TypeError(f"array() takes at most 2 arguments ({len(args)} given)")
        code = args[0]
        if not isinstance(code, str) or len(code) != 1:
            raise TypeError(f"array() argument 1 must be a unicode character, not {type(code).__name__}")
        if code not in _SIZES:
            raise ValueError("bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)")
        if code == "u":
            text = "The 'u' type code is deprecated and will be removed in Python 3.16"
            warn(text, DeprecationWarning, stacklevel=1)
        self = super().__new__(cls, code)
        if len(args) == 2:
            self.__fill(args[1])
        return self

    def __fill(self, items):
        code = self.typecode
        if code not in "uw":
            if isinstance(items, str):
                raise TypeError(f"cannot use a str to initialize an array with typecode '{code}'")
            if isinstance(items, array) and items.typecode in "uw":
                raise TypeError(f"cannot use a unicode array to initialize an array with typecode '{code}'")
        if isinstance(items, str):
            self.fromunicode(items)
        elif isinstance(items, (bytes, bytearray)):
            self.frombytes(items)
        else:
            for item in items:
                self._data.extend(_bytes_of(code, item))

    def __like(self, data):
        made = array_store.__new__(array, self.typecode)
        made._data.extend(data)
        return made

    def __change(self, start, stop, data):
        try:
            self._data[start:stop] = data
        except BufferError:
            raise BufferError("cannot resize an array that is exporting buffers") from None

    @property
    def itemsize(self):
        return _SIZES[self.typecode]

    def __repr__(self):
        name, code = type(self).__name__, self.typecode
        if not self._data:
            return f"{name}({code!r})"
        return f"{name}({code!r}, {self.tounicode() if code in 'uw' else self.tolist()!r})"

    def __len__(self):
        return len(self._data) // self.itemsize

    def __iter__(self):
        return arrayiterator(self)

    def __places(self, slice):
        # The bytes of a slice without step, and its indices.
        indices = range(*slice.indices(len(self)))
        size = self.itemsize
        return indices.start * size, max(indices.start, indices.stop) * size, indices

    def __at(self, index, message):
        index = operator.index(index)
        length = len(self)
        if index < 0:
            index += length
        if not 0 <= index < length:
            raise IndexError(message)
        return index * self.itemsize

    def __getitem__(self, index):
        if not isinstance(index, slice):
            if not hasattr(type(index), "__index__"):
                raise TypeError("array indices must be integers")
            return self._item(index)
        start, stop, indices = self.__places(index)
        if indices.step == 1:
            return self.__like(self._data[start:stop])
        size, data = self.itemsize, self._data
        return self.__like(b"".join(data[i * size:(i + 1) * size] for i in indices))

    def __setitem__(self, index, value):
        if not isinstance(index, slice):
            if not hasattr(type(index), "__index__"):
                raise TypeError("array indices must be integers")
            at = self.__at(index, "array assignment index out of range")
            self._data[at:at + self.itemsize] = _bytes_of(self.typecode, value)
            return
        if not isinstance(value, array):
            raise TypeError(f'can only assign array (not "{type(value).__name__}") to array slice')
        _same_kind(self, value)
        new = bytes(value._data)
        start, stop, indices = self.__places(index)
        size = self.itemsize
        if indices.step == 1:
            self.__change(start, stop, new)
            return
        if len(value) != len(indices):
            raise ValueError(
                f"attempt to assign array of size {len(value)} to extended slice of size {len(indices)}"
            )
        for place, i in enumerate(indices):
            self._data[i * size:(i + 1) * size] = new[place * size:(place + 1) * size]

    def __delitem__(self, index):
        size = self.itemsize
        if not isinstance(index, slice):
            if not hasattr(type(index), "__index__"):
                raise TypeError("array indices must be integers")
            at = self.__at(index, "array assignment index out of range")
            self.__change(at, at + size, b"")
            return
        start, stop, indices = self.__places(index)
        if indices.step == 1:
            self.__change(start, stop, b"")
            return
        gone, data = set(indices), self._data
        self.__change(0, len(data), b"".join(
            data[i * size:(i + 1) * size] for i in range(len(self)) if i not in gone
        ))

    def __contains__(self, value):
        return value in self.tolist()

    def __add__(self, other):
        if not isinstance(other, array):
            raise TypeError(f'can only append array (not "{type(other).__name__}") to array')
        _same_kind(self, other)
        return self.__like(self._data + other._data)

    def __iadd__(self, other):
        if not isinstance(other, array):
            raise TypeError(f'can only extend array with array (not "{type(other).__name__}")')
        self.extend(other)
        return self

    def __mul__(self, times):
        if not hasattr(type(times), "__index__"):
            raise TypeError(f"can't multiply sequence by non-int of type '{type(times).__name__}'")
        return self.__like(self._data * operator.index(times))

    __rmul__ = __mul__

    def __imul__(self, times):
        self.__change(0, len(self._data), (self * times)._data)
        return self

    def __eq__(self, other):
        return self.tolist() == other.tolist() if isinstance(other, array) else NotImplemented

    def __ne__(self, other):
        return self.tolist() != other.tolist() if isinstance(other, array) else NotImplemented

    def __lt__(self, other):
        return self.tolist() < other.tolist() if isinstance(other, array) else NotImplemented

    def __le__(self, other):
        return self.tolist() <= other.tolist() if isinstance(other, array) else NotImplemented

    def __gt__(self, other):
        return self.tolist() > other.tolist() if isinstance(other, array) else NotImplemented

    def __ge__(self, other):
        return self.tolist() >= other.tolist() if isinstance(other, array) else NotImplemented

    __hash__ = None

    def append(self, v, /):
        length = len(self._data)
        self.__change(length, length, _bytes_of(self.typecode, v))

    def extend(self, bb, /):
        if isinstance(bb, array):
            if bb.typecode != self.typecode:
                raise TypeError("can only extend with array of same kind")
            length = len(self._data)
            self.__change(length, length, bytes(bb._data))
            return
        for item in bb:
            self.append(item)

    def insert(self, i, v, /):
        data = _bytes_of(self.typecode, v)
        at = slice(operator.index(i), None).indices(len(self))[0] * self.itemsize
        self.__change(at, at, data)

    def pop(self, i=-1, /):
        if not self._data:
            raise IndexError("pop from empty array")
        at = self.__at(i, "pop index out of range")
        item = self._item(at // self.itemsize)
        self.__change(at, at + self.itemsize, b"")
        return item

    def remove(self, v, /):
        items = self.tolist()
        if v not in items:
            raise ValueError("array.remove(x): x not in array")
        del self[items.index(v)]

    def clear(self):
        self.__change(0, len(self._data), b"")

    def index(self, v, start=0, stop=(1 << 63) - 1, /):
        items = self.tolist()
        for i in range(*slice(start, stop).indices(len(items))):
            if items[i] == v:
                return i
        raise ValueError("array.index(x): x not in array")

    def count(self, v, /):
        return self.tolist().count(v)

    def reverse(self):
        self._data[:] = self[::-1]._data

    def byteswap(self):
        size, data = self.itemsize, self._data
        data[:] = b"".join(data[at:at + size][::-1] for at in range(0, len(data), size))

    def buffer_info(self):
        return id(self._data), len(self)

    def tolist(self):
        return list(self.tounicode()) if self.typecode in "uw" else memoryview(self).tolist()

    def fromlist(self, list, /):
        if not isinstance(list, _list):
            raise TypeError("arg must be list")
        data = b"".join([_bytes_of(self.typecode, item) for item in list])
        self.__change(len(self._data), len(self._data), data)

    def tobytes(self):
        return bytes(self._data)

    def frombytes(self, buffer, /):
        try:
            data = memoryview(buffer).tobytes()
        except TypeError:
            raise TypeError(f"a bytes-like object is required, not '{type(buffer).__name__}'") from None
        if len(data) % self.itemsize:
            raise ValueError("bytes length not a multiple of item size")
        self.__change(len(self._data), len(self._data), data)

    def tofile(self, f, /):
        f.write(self.tobytes())

    def fromfile(self, f, n, /):
        if n < 0:
            raise ValueError("negative count")
        wanted = n * self.itemsize
        data = f.read(wanted)
        if not isinstance(data, bytes):
            raise TypeError("read() didn't return bytes")
        self.frombytes(data)
        if len(data) != wanted:
            raise EOFError("read() didn't return enough bytes")

    def tounicode(self):
        if self.typecode not in "uw":
            raise ValueError("tounicode() may only be called on unicode type arrays ('u' or 'w')")
        return self._data.decode("utf-32-le")

    def fromunicode(self, ustr, /):
        if not isinstance(ustr, str):
            raise TypeError(f"fromunicode() argument must be str, not {type(ustr).__name__}")
        if self.typecode not in "uw":
            raise ValueError("fromunicode() may only be called on unicode type arrays ('u' or 'w')")
        self.__change(len(self._data), len(self._data), ustr.encode("utf-32-le"))

    def __copy__(self):
        return self.__like(self._data)

    def __deepcopy__(self, unused, /):
        return self.__like(self._data)

    def __reduce_ex__(self, value, /):
        items = self.tounicode() if self.typecode in "uw" else self.tolist()
        return type(self), (self.typecode, items), getattr(self, "__dict__", None)

    __class_getitem__ = classmethod(GenericAlias)


class arrayiterator:
    __slots__ = "__array", "__index"

    def __init__(self, array):
        self.__array = array
        self.__index = 0

    def __iter__(self):
        return self

    def __next__(self):
        array, index = self.__array, self.__index
        if array is None or index >= len(array):
            # It stays at the end, whatever the array grows to.
            self.__array = None
            raise StopIteration
        self.__index = index + 1
        return array._item(index)


_list = list
ArrayType = array
MutableSequence.register(array)
mark_class(array, "sequence")
mark_class(array, "qualified")
mark_class(arrayiterator, "qualified")

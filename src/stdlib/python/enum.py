# `enum`.

from types import DynamicClassAttribute, MappingProxyType

__all__ = [
    "Enum", "EnumMeta", "EnumType", "Flag", "IntEnum", "IntFlag", "ReprEnum", "StrEnum", "auto",
    "member", "nonmember", "property", "unique", "verify", "UNIQUE", "CONTINUOUS", "NAMED_FLAGS",
    "STRICT", "CONFORM", "EJECT", "KEEP", "global_enum", "EnumCheck", "EnumDict", "FlagBoundary",
    "global_enum_repr", "global_flag_repr", "global_str", "pickle_by_enum_name", "pickle_by_global_name",
]

property_ = property


class _Unset:
    # No value given.
    def __init__(self, name):
        self._name = name

    def __repr__(self):
        return self._name


class auto:
    # A value that the class chooses.
    _unset = _Unset("_auto_null")

    def __init__(self, value=_unset):
        self.value = value

    def __repr__(self):
        return f"auto({self.value!r})"


class nonmember:
    def __init__(self, value):
        self.value = value


class member:
    def __init__(self, value):
        self.value = value


def _is_descriptor(value):
    return hasattr(value, "__get__") or hasattr(value, "__set__") or hasattr(value, "__delete__")


def _is_dunder(name):
    return len(name) > 4 and name.startswith("__") and name.endswith("__")


def _is_sunder(name):
    return len(name) > 2 and name[0] == name[-1] == "_" and name[1] != "_" and name[-2] != "_"


def _is_private(cls_name, name):
    prefix = f"_{cls_name}__"
    return name.startswith(prefix) and len(name) > len(prefix) and not name.endswith("__")


class EnumDict(dict):
    # The namespace of an enumeration's body: remembers what will be a member.
    def __init__(self, cls_name=None):
        super().__init__()
        self._cls_name = cls_name
        self._members = {}
        self._last_values = []
        self._ignore = []
        self._generate = None

    def __setitem__(self, key, value):
        if _is_private(self._cls_name, key):
            pass
        elif _is_sunder(key):
            if key == "_ignore_":
                names = value.replace(",", " ").split() if isinstance(value, str) else list(value)
                self._ignore = names
            elif key == "_generate_next_value_":
                self._generate = value.__func__ if isinstance(value, staticmethod) else value
            elif key not in (
                "_order_", "_missing_", "_numeric_repr_", "_iter_member_", "_iter_member_by_value_",
                "_iter_member_by_def_", "_add_alias_", "_add_value_alias_", "_boundary_",
                "_flag_mask_", "_singles_mask_", "_member_names_", "_member_map_",
            ):
                raise ValueError(f"_sunder_ names, such as {key!r}, are reserved for future Enum use")
        elif _is_dunder(key):
            if key == "__order__":
                key = "_order_"
        elif key in self._members:
            raise TypeError(f"{key!r} already defined as {self._members[key]!r}")
        elif key in self._ignore:
            pass
        elif isinstance(value, nonmember):
            value = value.value
        elif isinstance(value, type) and getattr(value, "__qualname__", "").startswith(
            f"{dict.get(self, '__qualname__', '')}."
        ):
            # A class defined inside is no member.
            pass
        elif isinstance(value, member) or not _is_descriptor(value):
            if isinstance(value, member):
                value = value.value
            if key in self:
                raise TypeError(f"{key!r} already defined as {self[key]!r}")
            value = self._resolved(key, value)
            self._members[key] = value
            self._last_values.append(value)
        dict.__setitem__(self, key, value)

    @property_
    def member_names(self):
        return list(self._members)

    def update(self, members=(), **more_members):
        for name, value in [*dict(members).items(), *more_members.items()]:
            self[name] = value

    def _resolved(self, key, value):
        def of(one):
            if isinstance(one, auto):
                if one.value is auto._unset:
                    one.value = self._generate(key, 1, len(self._members), self._last_values[:])
                return one.value
            return one

        if isinstance(value, auto):
            return of(value)
        if type(value) is tuple and any(isinstance(one, auto) for one in value):
            return tuple(of(one) for one in value)
        return value


class property(DynamicClassAttribute):
    # Read from an instance; read from the class, it is the member of that name.
    member = None
    name = None

    def __set_name__(self, owner, name):
        self.name = name
        self.clsname = owner.__name__

    def __get__(self, instance, ownerclass=None):
        if instance is None:
            if self.member is not None:
                return self.member
            found = ownerclass.__dict__.get("_member_map_", {}).get(self.name)
            if found is not None:
                return found
            raise AttributeError(f"{ownerclass!r} has no attribute {self.name!r}")
        if self.fget is not None:
            return self.fget(instance)
        raise AttributeError(f"{ownerclass!r} member has no attribute {self.name!r}")

    def __set__(self, instance, value):
        if self.fset is not None:
            return self.fset(instance, value)
        raise AttributeError(f"<enum {self.clsname!r}> cannot set attribute {self.name!r}")

    def __delete__(self, instance):
        if self.fdel is not None:
            return self.fdel(instance)
        raise AttributeError(f"<enum {self.clsname!r}> cannot delete attribute {self.name!r}")


def _data_type(bases):
    # The class that members hold a value of (`int` in IntEnum), and the enumeration to extend.
    for base in bases:
        # The first class of a line of them, the last of which makes the values.
        candidate = None
        for cls in base.__mro__:
            if cls is object:
                continue
            if isinstance(cls, EnumType):
                if cls.__dict__.get("_member_type_", object) is not object:
                    return cls._member_type_
                continue
            candidate = candidate or cls
            if "__new__" in cls.__dict__ or hasattr(cls, "__dataclass_fields__"):
                return candidate
    return object


def _data_repr(bases):
    # How values are shown: as the type that is mixed in does it, or None for `repr`.
    for base in bases:
        for cls in base.__mro__:
            if cls is object:
                continue
            if isinstance(cls, EnumType):
                return cls.__dict__.get("_value_repr_")
            if "__repr__" in cls.__dict__:
                params = cls.__dict__.get("__dataclass_params__")
                return _dataclass_repr if params is not None and params.repr else cls.__dict__["__repr__"]
    return None


def _dataclass_repr(value):
    fields = value.__dataclass_fields__
    return ", ".join(f"{name}={getattr(value, name)!r}" for name in fields if fields[name].repr)


# Classes whose members are being made.
_in_progress = []


class EnumType(type):
    @classmethod
    def __prepare__(metacls, cls, bases, **kwds):
        if not bases:
            return {}
        for base in bases:
            if isinstance(base, EnumType) and getattr(base, "_member_names_", None):
                raise TypeError(f"<enum {cls!r}> cannot extend {base!r}")
        if not isinstance(bases[-1], EnumType):
            raise TypeError(
                "new enumerations should be created as `EnumName([mixin_type, ...] [data_type,] enum_type)`"
            )
        namespace = EnumDict(cls)
        enums = [base for base in bases if isinstance(base, EnumType)]
        if enums:
            namespace._generate = getattr(enums[-1], "_generate_next_value_")
        return namespace

    def __new__(metacls, cls, bases, classdict, *, boundary=None, _simple=False, **kwds):
        if not bases:
            return super().__new__(metacls, cls, bases, dict(classdict), **kwds)
        if not isinstance(classdict, EnumDict):
            raise AttributeError("'dict' object has no attribute '_member_names'")
        members = dict(classdict._members)
        body = {
            key: value for key, value in classdict.items()
            if key not in members and key not in classdict._ignore and key != "_ignore_"
        }
        for name in members:
            if name in ("mro", ""):
                raise ValueError(f"invalid enum member name(s) {name!r}")
        own_new = body.pop("__new__", None)
        body["_member_names_"] = []
        body["_member_map_"] = {}
        body["_value2member_map_"] = {}
        body["_unhashable_values_"] = []
        body["_member_type_"] = _data_type(bases)
        body["_value_repr_"] = _data_repr(bases)
        if "_generate_next_value_" in body and not isinstance(body["_generate_next_value_"], staticmethod):
            body["_generate_next_value_"] = staticmethod(body["_generate_next_value_"])
        order = body.pop("_order_", None)
        enum_class = super().__new__(metacls, cls, bases, body, **kwds)
        if boundary is not None:
            enum_class._boundary_ = boundary
        enum_class._new_member_ = own_new or getattr(enum_class, "_new_member_", None)
        data = enum_class._member_type_
        if "ReprEnum" in globals() and ReprEnum in bases:
            if data is object:
                raise TypeError("ReprEnum subclasses must be mixed with a data type (i.e. int, str, float, etc.)")
            # The values speak for the members.
            if "__format__" not in body:
                body["__format__"] = enum_class.__format__ = data.__format__
            if "__str__" not in body:
                shown = data.__repr__ if data.__str__ is object.__str__ else data.__str__
                body["__str__"] = enum_class.__str__ = shown
        if "Flag" in globals() and issubclass(enum_class, Flag):
            for name in ("__or__", "__and__", "__xor__", "__ror__", "__rand__", "__rxor__", "__invert__"):
                if name not in body:
                    setattr(enum_class, name, getattr(Flag, name))
        if data is not object:
            # An enumeration speaks for itself where only the mixed-in type has something to say.
            first_enum = next(base for base in reversed(bases) if isinstance(base, EnumType))
            for name in ("__repr__", "__str__", "__format__", "__reduce_ex__"):
                if name not in body:
                    found = getattr(enum_class, name)
                    if found in (getattr(data, name), getattr(object, name)):
                        setattr(enum_class, name, getattr(first_enum, name))
        _in_progress.append(enum_class)
        try:
            for name, value in members.items():
                enum_class._add(name, value)
        finally:
            _in_progress.pop()
        if order is not None:
            names = order.replace(",", " ").split() if isinstance(order, str) else list(order)
            # Aliases, and the combinations of a flag, may be named or not.
            known = enum_class._member_map_
            members = enum_class._member_names_
            names = [
                name for name in names
                if name in members or not (
                    name in known and (known[name]._name_ != name or "Flag" in globals() and issubclass(enum_class, Flag))
                )
            ]
            if names != members:
                raise TypeError(f"member order does not match _order_:\n  {members}\n  {names}")
        # What a call of the class does is look a member up.
        enum_class.__new__ = Enum.__new__ if "Enum" in globals() else enum_class.__new__
        if "Flag" in globals() and issubclass(enum_class, Flag):
            enum_class._flag_mask_ = enum_class._singles_mask_ = 0
            for each in enum_class._member_map_.values():
                if isinstance(each._value_, int):
                    enum_class._flag_mask_ |= each._value_
                    if each._value_.bit_count() == 1:
                        enum_class._singles_mask_ |= each._value_
            values = [each._value_ for each in enum_class]
            if values != sorted(values):
                enum_class._iter_member_ = enum_class._iter_member_by_def_
        return enum_class

    def _add(cls, name, value):
        args = value if isinstance(value, tuple) else (value,)
        data = cls._member_type_
        if data is tuple:
            args = (args,)
        new = cls._new_member_
        if new is not None:
            new = new.__func__ if isinstance(new, staticmethod) else new
            this = new(cls, *args)
        elif data is object:
            this = object.__new__(cls)
        elif data.__new__ is object.__new__:
            this = object.__new__(cls)
        else:
            this = data.__new__(cls, *args)
        if not hasattr(this, "_value_"):
            if data is object:
                this._value_ = value
            else:
                try:
                    this._value_ = data(*args)
                except Exception as exc:
                    raise TypeError("_value_ not set in __new__, unable to create it") from exc
        value = this._value_
        known = None
        try:
            known = cls._value2member_map_.get(value)
        except TypeError:
            for each in cls._member_map_.values():
                if each._value_ == value:
                    known = each
        if known is not None:
            this = known
        else:
            this._name_ = name
            this.__objclass__ = cls
            this._sort_order_ = len(cls._member_names_)
            this.__init__(*args)
            is_flag = "Flag" in globals() and issubclass(cls, Flag)
            if not is_flag or (isinstance(value, int) and value > 0 and value & (value - 1) == 0):
                cls._member_names_.append(name)
            try:
                cls._value2member_map_[value] = this
            except TypeError:
                cls._unhashable_values_.append(value)
        cls._member_map_[name] = this
        held = cls.__dict__.get(name)
        inherited = next((b.__dict__[name] for b in cls.__mro__[1:] if name in b.__dict__), None)
        if isinstance(inherited, property):
            redirect = property(inherited.fget)
            redirect.__set_name__(cls, name)
            redirect.member = this
            type.__setattr__(cls, name, redirect)
        elif held is None and inherited is not None and _is_descriptor(inherited):
            # Seen from a member, the name is still what the value has under it.
            redirect = property(lambda member: getattr(member._value_, name))
            redirect.__set_name__(cls, name)
            redirect.member = this
            type.__setattr__(cls, name, redirect)
        elif held is None:
            type.__setattr__(cls, name, this)

    def __call__(cls, value=auto._unset, names=auto._unset, *values, module=None, qualname=None, type=None, start=1, boundary=None):
        if cls._member_map_ or value is auto._unset:
            if value is auto._unset:
                raise TypeError("EnumType.__call__() missing 1 required positional argument: 'value'")
            if names is not auto._unset:
                value = (value, names, *values)
            return cls.__new__(cls, value)
        if names is auto._unset and type is None:
            raise TypeError(
                f"{cls!r} has no members; specify `names=()` if you meant to create a new, empty, enum"
            )
        names = () if names is auto._unset else names
        return cls._create_(
            value, names, module=module, qualname=qualname, type=type, start=start, boundary=boundary
        )

    def _create_(
        cls, class_name, names, *, module=None, qualname=None, type=None, start=1, boundary=None
    ):
        metacls = cls.__class__
        bases = (cls,) if type is None else (type, cls)
        namespace = metacls.__prepare__(class_name, bases)
        if isinstance(names, str):
            names = names.replace(",", " ").split()
        if isinstance(names, (tuple, list)) and names and isinstance(names[0], str):
            pairs = []
            last = []
            for count, name in enumerate(names):
                value = cls._generate_next_value_(name, start, count, last[:])
                last.append(value)
                pairs.append((name, value))
            names = pairs
        for item in names:
            name, value = (item, names[item]) if isinstance(item, str) else item
            namespace[name] = value
        if module is None:
            import sys

            module = sys._getframe(2).f_globals.get("__name__")
        namespace["__module__"] = module
        result = metacls.__new__(metacls, class_name, bases, namespace, boundary=boundary)
        if qualname is not None:
            result.__qualname__ = qualname
        return result

    def __contains__(cls, value):
        if isinstance(value, cls):
            return True
        try:
            return value in cls._value2member_map_
        except TypeError:
            return value in cls._unhashable_values_

    def __iter__(cls):
        return (cls._member_map_[name] for name in cls._member_names_)

    def __reversed__(cls):
        return (cls._member_map_[name] for name in reversed(cls._member_names_))

    def __len__(cls):
        return len(cls._member_names_)

    def __bool__(cls):
        return True

    def __getitem__(cls, name):
        return cls._member_map_[name]

    @property_
    def __signature__(cls):
        if cls._member_names_:
            return "(*values)"
        return (
            "(new_class_name, /, names, *, module=None, qualname=None, type=None, start=1, boundary=None)"
        )

    @property_
    def __members__(cls):
        return MappingProxyType(cls._member_map_)

    def __repr__(cls):
        kind = "flag" if "Flag" in globals() and issubclass(cls, Flag) else "enum"
        return f"<{kind} {cls.__name__!r}>"

    def __setattr__(cls, name, value):
        if name in cls.__dict__.get("_member_map_", {}):
            raise AttributeError(f"cannot reassign member {name!r}")
        super().__setattr__(name, value)

    def __delattr__(cls, name):
        if name in cls.__dict__.get("_member_map_", {}):
            raise AttributeError(f"{cls.__name__!r} cannot delete member {name!r}.")
        super().__delattr__(name)

    def __dir__(cls):
        names = {
            "__class__", "__contains__", "__doc__", "__getitem__", "__iter__", "__len__", "__members__",
            "__module__", "__name__", "__qualname__", *cls._member_names_,
        }
        if cls._new_member_ is not None:
            names.add("__new__")
        if cls.__init_subclass__ is not object.__init_subclass__:
            names.add("__init_subclass__")
        if cls._member_type_ is not object:
            names.update(dir(cls._member_type_))
        return sorted(names)


EnumMeta = EnumType


class Enum(metaclass=EnumType):
    _member_names_ = []
    _member_map_ = {}
    _value2member_map_ = {}
    _unhashable_values_ = []
    _member_type_ = object
    _new_member_ = None

    def __new__(cls, value):
        if type(value) is cls:
            return value
        try:
            found = cls._value2member_map_.get(value)
            if found is not None:
                return found
        except TypeError:
            for each in cls._member_map_.values():
                if each._value_ == value:
                    return each
        if not cls._member_map_:
            if cls in _in_progress:
                raise TypeError("do not use `super().__new__; call the appropriate __new__ directly") from None
            raise TypeError(f"{cls!r} has no members defined")
        context = None
        try:
            result = cls._missing_(value)
        except Exception as exc:
            context = exc
            result = None
        if isinstance(result, cls) or isinstance(result, int) and getattr(cls, "_boundary_", None) is EJECT:
            return result
        error = ValueError(f"{value!r} is not a valid {cls.__qualname__}")
        if result is None and context is None:
            raise error
        if context is None:
            context = TypeError(
                f"error in {cls.__name__}._missing_: returned {result!r} instead of None or a valid member"
            )
        if not isinstance(context, ValueError):
            context.__context__ = error
        raise context

    def __init__(self, *args, **kwds):
        pass

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        if not last_values:
            return start
        try:
            last = sorted(last_values)[-1]
        except TypeError:
            raise TypeError("unable to sort non-numeric values") from None
        try:
            return last + 1
        except TypeError:
            raise TypeError(f"unable to increment {last!r}") from None

    @classmethod
    def _missing_(cls, value):
        return None

    def _add_alias_(self, name):
        # Another name for the member.
        cls = type(self)
        held = cls._member_map_.get(name, self)
        if held is not self:
            raise NameError(f"{name!r} is already bound: {held!r}")
        cls._member_map_[name] = self
        type.__setattr__(cls, name, self)

    def _add_value_alias_(self, value):
        # Another value that means the member; in `__new__` the class has none to compare with yet.
        cls = type(self)
        try:
            held = cls._value2member_map_.setdefault(value, self)
        except TypeError:
            held = next((m for m in cls._member_map_.values() if m._value_ == value), self)
            cls._unhashable_values_.append(value)
        if held is not self:
            raise ValueError(f"{value!r} is already bound: {held!r}")

    def __repr__(self):
        shown = (type(self)._value_repr_ or repr)(self._value_)
        return f"<{type(self).__name__}.{self._name_}: {shown}>"

    def __str__(self):
        return f"{type(self).__name__}.{self._name_}"

    def __format__(self, format_spec):
        return str.__format__(str(self), format_spec)

    def __hash__(self):
        return hash(self._name_)

    def __dir__(self):
        found = {"__class__", "__doc__", "__eq__", "__hash__", "__module__", "name", "value"}
        if self._member_type_ is not object:
            found |= set(object.__dir__(self))
        found.update(name for name in self.__dict__ if name[0] != "_")
        for base in type(self).__mro__:
            for name, value in base.__dict__.items():
                if name[0] != "_" and name not in self._member_map_ and base not in (Enum, object):
                    found.add(name)
        return sorted(found)

    def __reduce_ex__(self, proto):
        return type(self), (self._value_,)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    @property
    def name(self):
        return self._name_

    @property
    def value(self):
        return self._value_


class ReprEnum(Enum):
    pass


class IntEnum(int, ReprEnum):
    __str__ = int.__repr__
    __format__ = int.__format__


class StrEnum(str, ReprEnum):
    def __new__(cls, *values):
        for value in values:
            if not isinstance(value, str):
                raise TypeError(f"{value!r} is not a string")
        this = str.__new__(cls, *values)
        this._value_ = str(*values)
        return this

    __str__ = str.__str__
    __format__ = str.__format__

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        return name.lower()


class FlagBoundary(StrEnum):
    STRICT = auto()
    CONFORM = auto()
    EJECT = auto()
    KEEP = auto()


STRICT, CONFORM, EJECT, KEEP = FlagBoundary


def _bits(value):
    while value > 0:
        bit = value & -value
        yield bit
        value ^= bit


class Flag(Enum):
    _boundary_ = STRICT
    _flag_mask_ = _singles_mask_ = 0

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        if not last_values:
            return start if start is not None else 1
        last = max(last_values)
        try:
            return 2 ** last.bit_length()
        except Exception:
            raise TypeError(f"invalid flag value {last!r}") from None

    @classmethod
    def _missing_(cls, value):
        if not isinstance(value, int):
            raise ValueError(f"{value!r} is not a valid {cls.__qualname__}")
        if value < 0:
            value = value & cls._flag_mask_ if cls._boundary_ is not KEEP else value & ((1 << cls._flag_mask_.bit_length()) - 1)
        unknown = value & ~cls._flag_mask_
        if unknown:
            if cls._boundary_ is STRICT:
                most = max(value.bit_length(), cls._flag_mask_.bit_length())
                raise ValueError(
                    f"{cls!r} invalid value {value!r}\n    given {_binary(value, most)}\n  allowed {_binary(cls._flag_mask_, most)}"
                )
            if cls._boundary_ is CONFORM:
                value &= cls._flag_mask_
            elif cls._boundary_ is EJECT:
                return value
        known = cls._value2member_map_.get(value)
        if known is not None:
            return known
        this = object.__new__(cls) if cls._member_type_ is object else cls._member_type_.__new__(cls, value)
        this._value_ = value
        members = [m for m in cls if m._value_ & value]
        single = combined = 0
        for m in cls:
            single |= m._value_
        for m in members:
            combined |= m._value_
        if value & ~single:
            # Bits that have no name of their own: combinations that lie within.
            for m in cls._member_map_.values():
                if m not in members and m._value_ and m._value_ & value == m._value_:
                    members.append(m)
                    combined |= m._value_
        names = [m._name_ for m in members]
        if names and value ^ combined:
            names.append(str(value ^ combined))
        this._name_ = "|".join(names) or None
        cls._value2member_map_[value] = this
        return this

    def __contains__(self, other):
        if not isinstance(other, type(self)):
            raise TypeError(
                f"unsupported operand type(s) for 'in': {type(other).__qualname__!r} and {type(self).__qualname__!r}"
            )
        return other._value_ & self._value_ == other._value_

    def __iter__(self):
        return self._iter_member_(self._value_)

    @classmethod
    def _iter_member_by_value_(cls, value):
        # A bit that only a combination has is no member, and shows as None.
        return (cls._value2member_map_.get(bit) for bit in _bits(value & cls._flag_mask_))

    _iter_member_ = _iter_member_by_value_

    @classmethod
    def _iter_member_by_def_(cls, value):
        yield from sorted(cls._iter_member_by_value_(value), key=lambda member: member._sort_order_)

    def __len__(self):
        return self._value_.bit_count()

    def __bool__(self):
        return bool(self._value_)

    def __repr__(self):
        shown = (type(self)._value_repr_ or repr)(self._value_)
        if self._name_ is None:
            return f"<{type(self).__name__}: {shown}>"
        return f"<{type(self).__name__}.{self._name_}: {shown}>"

    def __str__(self):
        if self._name_ is None:
            return f"{type(self).__name__}({self._value_!r})"
        return f"{type(self).__name__}.{self._name_}"

    def _other(self, other):
        if isinstance(other, type(self)):
            return other._value_
        if self._member_type_ is not object and isinstance(other, self._member_type_):
            return other
        return NotImplemented

    def __or__(self, other):
        value = self._other(other)
        return value if value is NotImplemented else type(self)(self._value_ | value)

    def __and__(self, other):
        value = self._other(other)
        return value if value is NotImplemented else type(self)(self._value_ & value)

    def __xor__(self, other):
        value = self._other(other)
        return value if value is NotImplemented else type(self)(self._value_ ^ value)

    __ror__ = __or__
    __rand__ = __and__
    __rxor__ = __xor__

    def __invert__(self):
        if self._boundary_ in (EJECT, KEEP):
            return type(self)(~self._value_)
        return type(self)(self._singles_mask_ & ~self._value_)


def _binary(value, width):
    digits = format(value, "b")
    return f"0b{'0' if value >= 0 else '1'} {digits.zfill(width)}"


class IntFlag(int, ReprEnum, Flag):
    _boundary_ = KEEP
    __str__ = int.__repr__
    __format__ = int.__format__
    __repr__ = Flag.__repr__
    __or__ = __ror__ = Flag.__or__
    __and__ = __rand__ = Flag.__and__
    __xor__ = __rxor__ = Flag.__xor__
    __invert__ = Flag.__invert__


def unique(enumeration):
    doubles = [(name, m._name_) for name, m in enumeration.__members__.items() if name != m._name_]
    if doubles:
        details = ", ".join(f"{alias} -> {name}" for alias, name in doubles)
        raise ValueError(f"duplicate values found in {enumeration!r}: {details}")
    return enumeration


class EnumCheck(StrEnum):
    CONTINUOUS = "no skipped integer values"
    NAMED_FLAGS = "multi-flag aliases may not contain unnamed flags"
    UNIQUE = "one name per value"


CONTINUOUS, NAMED_FLAGS, UNIQUE = EnumCheck


class verify:
    def __init__(self, *checks):
        self.checks = checks

    def __call__(self, enumeration):
        name = enumeration.__name__
        for check in self.checks:
            if check is UNIQUE:
                aliases = [(n, m.name) for n, m in enumeration.__members__.items() if n != m.name]
                if aliases:
                    shown = ", ".join(f"{alias} -> {of}" for alias, of in aliases)
                    raise ValueError(f"aliases found in {enumeration!r}: {shown}")
            elif check is CONTINUOUS:
                values = sorted(m._value_ for m in enumeration)
                if len(values) < 2:
                    continue
                if issubclass(enumeration, Flag):
                    wanted = [1 << n for n in range(values[0].bit_length() - 1, values[-1].bit_length())]
                else:
                    wanted = range(values[0], values[-1] + 1)
                missing = [v for v in wanted if v not in values]
                if missing:
                    kind = "flag" if issubclass(enumeration, Flag) else "enum"
                    raise ValueError(
                        f"invalid {kind} {name!r}: missing values {', '.join(map(str, missing))}"
                    )
            elif check is NAMED_FLAGS:
                known = [m._value_ for m in enumeration]
                names, total = [], 0
                for alias, each in enumeration._member_map_.items():
                    if alias in enumeration._member_names_ or each._value_ < 0:
                        continue
                    missing = [v for v in _bits(each._value_) if v not in known]
                    if missing:
                        names.append(alias)
                        for value in missing:
                            total |= value
                if names:
                    if len(names) == 1:
                        which = f"alias {names[0]} is missing"
                    else:
                        which = f"aliases {', '.join(names[:-1])} and {names[-1]} are missing"
                    value = f"value 0x{total:x}" if _single(total) else f"combined values of 0x{total:x}"
                    raise ValueError(
                        f"invalid Flag {name!r}: {which} {value} [use enum.show_flag_values(value) for details]"
                    )
        return enumeration


def _single(value):
    return value & (value - 1) == 0


def _where(member):
    return type(member).__module__.split(".")[-1]


def global_enum_repr(self):
    cls = type(self)
    name = self._name_ if self._name_ is not None else f"{cls.__qualname__}({self._value_!r})"
    return f"{_where(self)}.{name}"


def global_flag_repr(self):
    cls = type(self)
    module = _where(self)
    if self._name_ is None:
        return f"{module}.{cls.__name__}({self._value_!r})"
    if "|" not in self._name_:
        return f"{module}.{self._name_}"
    return "|".join(n if n[0].isdigit() else f"{module}.{n}" for n in self._name_.split("|"))


def global_str(self):
    return f"{type(self).__name__}({self._value_!r})" if self._name_ is None else self._name_


def global_enum(cls, update_str=False):
    import sys

    cls.__repr__ = global_flag_repr if issubclass(cls, Flag) else global_enum_repr
    if not issubclass(cls, ReprEnum) or update_str:
        cls.__str__ = global_str
    sys.modules[cls.__module__].__dict__.update(cls.__members__)
    return cls


def pickle_by_global_name(self, proto):
    return self.name


def pickle_by_enum_name(self, proto):
    return getattr, (type(self), self._name_)


def show_flag_values(value):
    return list(_bits(value))


def bin(num, max_bits=None):
    text = format(num if num >= 0 else (1 << num.bit_length()) + num, "b")
    sign = "0b0" if num >= 0 else "0b1"
    width = max(max_bits or 0, num.bit_length())
    return f"{sign} {text.rjust(width, '0' if num >= 0 else '1')}"

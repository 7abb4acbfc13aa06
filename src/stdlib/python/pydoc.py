# The part of `pydoc` that `help(object)` needs: what a thing is, its signature, its docstring.

import builtins
import inspect
import sys
from collections import deque as _deque

__all__ = ["help", "render_doc", "plain", "describe"]

_RULE = "-" * 70
# Attributes of every module or class that say nothing about it.
_HIDDEN = {
    "__author__", "__builtins__", "__cached__", "__credits__", "__date__", "__doc__", "__docformat__",
    "__file__", "__loader__", "__module__", "__name__", "__package__", "__path__", "__qualname__",
    "__slots__", "__spec__", "__version__", "__static_attributes__", "__firstlineno__",
}


def plain(text):
    return text


def describe(thing):
    if inspect.ismodule(thing):
        kind = "package" if hasattr(thing, "__path__") else "module"
        return f"{kind} {thing.__name__}"
    if inspect.isbuiltin(thing):
        return f"built-in function {thing.__name__}"
    if inspect.isgetsetdescriptor(thing) or inspect.ismemberdescriptor(thing):
        kind = "getset descriptor" if inspect.isgetsetdescriptor(thing) else "member descriptor"
        owner = thing.__objclass__
        return f"{kind} {owner.__module__}.{owner.__name__}.{thing.__name__}"
    if inspect.isclass(thing):
        return f"class {thing.__name__}"
    if inspect.isfunction(thing):
        return f"function {thing.__name__}"
    if inspect.ismethod(thing):
        return f"method {thing.__name__}"
    if inspect.ismethodwrapper(thing):
        return f"method wrapper {thing.__name__}"
    if inspect.ismethoddescriptor(thing):
        return f"method descriptor {thing.__name__}"
    return type(thing).__name__


def _indented(text, prefix="    "):
    return "\n".join((prefix + line).rstrip() for line in text.split("\n"))


def _doc_of(thing):
    # A class does not inherit what is said about its base.
    doc = thing.__dict__.get("__doc__") if inspect.isclass(thing) else inspect.getdoc(thing)
    if isinstance(doc, str) and doc:
        return inspect.cleandoc(doc).rstrip()
    return (inspect.getcomments(thing) or "").strip() if inspect.isroutine(thing) else ""


def _signature_of(thing):
    try:
        signature = inspect.signature(thing)
    except (ValueError, TypeError):
        return None
    return str(signature)


def _class_name(cls, module):
    if cls.__module__ not in (module, None):
        return f"{cls.__module__}.{cls.__qualname__}"
    return cls.__qualname__ if cls.__module__ == module else cls.__name__


def _routine(thing, name=None, owner=None):
    real = getattr(thing, "__name__", name)
    name = name or real
    is_async = inspect.iscoroutinefunction(thing) or inspect.isasyncgenfunction(thing)
    title = name if real == name else f"{name} = {real}"
    if real == "<lambda>":
        signature = _signature_of(thing) or "(...)"
        declaration = f"{name} lambda {signature[1:-1]}"
    else:
        declaration = f"{'async ' if is_async else ''}{title}{_signature_of(thing) or '(...)'}"
    if inspect.ismethod(thing) and owner is None:
        declaration += f" method of {_class_name(type(thing.__self__), None)} instance" \
            if not inspect.isclass(thing.__self__) else f" class method of {_class_name(thing.__self__, None)}"
    doc = _doc_of(thing)
    return declaration + "\n" + (_indented(doc).rstrip() + "\n" if doc else "")


_INSTANCE = {
    "__dict__": "dictionary for instance variables", "__weakref__": "list of weak references to the object",
}


def _data(name, value):
    doc = _doc_of(value)
    if not doc and inspect.isgetsetdescriptor(value):
        doc = _INSTANCE.get(name, "")
    return name + "\n" + (_indented(doc).rstrip() + "\n" if doc else "")


def _other(value, name):
    text = repr(value)
    line = f"{name} = {text}"
    if len(line) > 70:
        text = text[:70 - len(name) - 6] + "..."
        line = f"{name} = {text}"
    return line + "\n"


def _is_visible(name, cls):
    if name in _HIDDEN:
        return False
    if name.startswith("__") and name.endswith("__"):
        return True
    if name.startswith("_") and hasattr(cls, "_fields"):
        return True
    return not name.startswith("_")


def _sections(cls):
    # (title, texts) of each group of attributes, class by class along the order of resolution.
    attributes = [row for row in inspect.classify_class_attrs(cls) if _is_visible(row.name, cls)]
    for home in inspect.getmro(cls):
        own = sorted((row for row in attributes if row.defining_class is home), key=lambda row: row.name)
        if not own or (home is object and cls is not object):
            continue
        where = "defined here" if home is cls else f"inherited from {_class_name(home, cls.__module__)}"
        for title, kinds in (
            ("Methods", ("method",)), ("Class methods", ("class method",)),
            ("Static methods", ("static method",)), ("Readonly properties", ("readonly",)),
            ("Data descriptors", ("descriptor",)), ("Data and other attributes", ("data",)),
        ):
            texts = [_attribute(cls, row) for row in own if _kind(row) in kinds]
            if texts:
                yield f"{title} {where}:\n", texts


def _kind(row):
    if row.kind in ("property", "data") and inspect.isdatadescriptor(row.object):
        readonly = isinstance(row.object, property) and row.object.fset is None
        return "readonly" if readonly else "descriptor"
    return "data" if row.kind == "property" else row.kind


def _attribute(cls, row):
    kind = _kind(row)
    if kind in ("readonly", "descriptor"):
        return _data(row.name, row.object)
    value = getattr(cls, row.name, row.object)
    if kind == "data":
        return _other(value, row.name)
    return _routine(value, row.name, cls)


def _class(cls):
    title = f"class {cls.__name__}"
    if cls.__bases__:
        title += f"({', '.join(_class_name(base, cls.__module__) for base in cls.__bases__)})"
    lines = []
    signature = _signature_of(cls)
    if signature and signature != "()":
        lines.append(cls.__name__ + signature + "\n")
    doc = _doc_of(cls)
    if doc:
        lines.append(doc + "\n")
    order = _deque(inspect.getmro(cls))
    if len(order) > 2:
        lines.append("Method resolution order:")
        lines += [f"    {_class_name(base, cls.__module__)}" for base in order]
        lines.append("")
    ruled = False
    for title_line, texts in _sections(cls):
        if ruled:
            lines.append(_RULE)
        ruled = True
        lines.append(title_line)
        lines += texts
    if not lines:
        return title + "\n"
    return title + "\n" + _indented("\n".join(lines).rstrip(), " |  ") + "\n"


def _module(module):
    text = f"NAME\n{_indented(module.__name__)}"
    doc = _doc_of(module)
    if doc:
        first, _, rest = doc.partition("\n")
        text += f" - {first}"
        if rest.strip():
            text += f"\n\nDESCRIPTION\n{_indented(rest.strip())}"
    text += "\n\n"
    shown = getattr(module, "__all__", None)
    classes, functions, data = [], [], []
    for name in sorted(vars(module)):
        value = getattr(module, name)
        if name in _HIDDEN or (shown is not None and name not in shown) or name.startswith("_"):
            continue
        if inspect.isclass(value):
            if shown is not None or value.__module__ == module.__name__:
                classes.append(_class(value))
        elif inspect.isroutine(value):
            if shown is not None or inspect.isbuiltin(value) or inspect.getmodule(value) is module:
                functions.append(_routine(value, name))
        elif not inspect.ismodule(value):
            data.append(_other(value, name))
    for title, texts in (("CLASSES", classes), ("FUNCTIONS", functions), ("DATA", data)):
        if texts:
            text += f"{title}\n{_indented(chr(10).join(texts).rstrip())}\n\n"
    return text + f"FILE\n    {getattr(module, '__file__', '(built-in)')}\n\n"


def _document(thing, name=None):
    if inspect.ismodule(thing):
        return _module(thing)
    if inspect.isclass(thing):
        return _class(thing)
    if inspect.isroutine(thing):
        return _routine(thing, name)
    return _other(thing, name)


def render_doc(thing, title="Python Library Documentation: %s", forceload=0, renderer=None):
    if isinstance(thing, str):
        thing = _resolve(thing)
    what = describe(thing)
    name = getattr(thing, "__name__", None)
    module = inspect.getmodule(thing)
    if name and "." in name and not inspect.ismodule(thing):
        what += " in " + name[:name.rfind(".")]
    elif module and module is not thing:
        what += " in module " + module.__name__
    documented = (
        inspect.ismodule(thing) or inspect.isclass(thing) or inspect.isroutine(thing)
        or inspect.isdatadescriptor(thing)
    )
    if documented:
        text = _document(thing, name)
    else:
        # An object is documented by its class.
        what += " object"
        text = _class(type(thing))
    return title % what + "\n\n" + text


def _resolve(path):
    if path in vars(builtins):
        return getattr(builtins, path)
    first, *rest = path.split(".")
    try:
        found = __import__(first)
    except ImportError:
        if first not in vars(builtins):
            raise ImportError(f"No Python documentation found for {path!r}.") from None
        found = getattr(builtins, first)
    for position, part in enumerate(rest, 1):
        if not hasattr(found, part):
            try:
                __import__(".".join([first, *rest[:position]]))
            except ImportError:
                raise ImportError(f"No Python documentation found for {path!r}.") from None
        found = getattr(found, part)
    return found


class Helper:
    def __repr__(self):
        return "<pydoc.Helper instance>"

    def __call__(self, *args):
        if not args:
            raise NotImplementedError("help() without an object is interactive, which co does not have yet")
        thing, = args
        try:
            text = render_doc(thing, "Help on %s:")
        except ImportError as error:
            sys.stdout.write(f"{error}\nUse help() to get the interactive help utility.\n"
                             f"Use help(str) for help on the str class.\n\n")
            return
        sys.stdout.write(text + "\n")


help = Helper()

# `platform`: what runs the program.

import sys
from collections import namedtuple
from _os import machine as _machine

_SYSTEMS = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}


def _kernel(name):
    # What Linux says of itself; nothing where there is no such file, as for all that cannot be found out.
    try:
        with open(f"/proc/sys/kernel/{name}") as file:
            return file.read().strip()
    except OSError:
        return ""


def system():
    return _SYSTEMS.get(sys.platform, "")


def node():
    return _kernel("hostname")


def release():
    return _kernel("osrelease")


def version():
    return _kernel("version")


def machine():
    return _machine()


def processor():
    return ""


class uname_result(namedtuple("uname_result_base", "system node release version machine")):
    @property
    def processor(self):
        return processor()

    def __iter__(self):
        return iter((*super().__iter__(), self.processor))

    def __getitem__(self, key):
        return tuple(self)[key]

    def __len__(self):
        return 6


def uname():
    return uname_result(system(), node(), release(), version(), machine())


def architecture(executable=None, bits="", linkage=""):
    return bits or ("64bit" if sys.maxsize > 1 << 32 else "32bit"), linkage or ("ELF" if system() == "Linux" else "")


def python_implementation():
    return sys.implementation.name


def python_version():
    return ".".join(python_version_tuple())


def python_version_tuple():
    return tuple(str(part) for part in sys.version_info[:3])

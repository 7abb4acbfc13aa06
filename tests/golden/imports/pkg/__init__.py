print("package", __name__, __package__, len(__path__))
from . import early
from .early import VALUE as V

__all__ = ["early", "late", "V"]

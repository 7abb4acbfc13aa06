print("sub", __name__, __package__)
from ..early import VALUE
from .deep import *

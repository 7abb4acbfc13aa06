import sys

print("leaving", __name__ in sys.modules)
del sys.modules[__name__]

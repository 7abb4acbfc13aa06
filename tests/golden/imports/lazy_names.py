a, _b, c = 1, 2, 3


def __getattr__(name):
    if name == "magic":
        return 42
    raise AttributeError(f"no {name} here")


def __dir__():
    return ["zeta", "alpha"]

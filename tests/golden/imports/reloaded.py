COUNT = globals().get("COUNT", 0) + 1
print("loaded", COUNT)

import circle_c
print("the half-made module has C:", hasattr(circle_c, "C"))

import circle_b
A = 1

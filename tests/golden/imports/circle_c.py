import circle_d
C = 1

"""Comprehensions and the builtins that take iterables: transposing, filtering and adding up tables."""
def table(rows, columns):
    return [[(row * 31 + column * 17) % 101 for column in range(columns)] for row in range(rows)]


def transposed(cells):
    return [list(column) for column in zip(*cells)]


def summary(cells):
    sums = [sum(row) for row in cells]
    best = {index: max(row) for index, row in enumerate(cells) if any(cell > 90 for cell in row)}
    odd = {cell for row in cells for cell in row if cell & 1}
    dots = sum(a * b for a, b in zip(cells[0], cells[-1]))
    return sum(sums), len(best), len(odd), dots, min(map(len, cells))


total = 0
for round_number in range(25):
    cells = table(120, 90)
    flipped = transposed(cells)
    total += summary(cells)[0] + summary(flipped)[3]
print(total, summary(cells), summary(flipped))

"""Five generators in a row: every number passes through all of them."""


def numbers(limit):
    for number in range(limit):
        yield number


def scaled(source, factor):
    for number in source:
        yield number * factor


def without(source, divisor):
    for number in source:
        if number % divisor:
            yield number


def pairs(source):
    last = 0
    for number in source:
        yield last + number
        last = number


total = 0
for number in pairs(without(scaled(without(numbers(400_000), 3), 5), 7)):
    total += number
print(total)

"""The last day of a period of days: calendar days, and working days by the holidays of 2020, counted by hand.

2020: 1 January a Wednesday. Spring festival 24 January (Friday) to 2 February, after the extension that took back the working Saturday
of 1 February; the Sunday before, 19 January, was worked. 1 to 5 May with 26 April (Sunday) and 9 May (Saturday) worked. 25 to 27 June with
28 June (Sunday) worked. 1 to 8 October with 27 September (Sunday) and 10 October (Saturday) worked.
"""
import pytest

from stack.bootstrap import DISTRICT
from support.district import context

CASES = [  # from, days, kind, last day, because
    ("2020-06-01", 7, "calendar", "2020-06-08", "seven days after the first"),
    ("2020-06-01", 0, "calendar", "2020-06-01", "no day"),
    ("2020-01-23", 7, "calendar", "2020-01-30", "calendar days do not mind the spring festival"),
    ("2020-12-28", 7, "calendar", "2021-01-04", "nor a year without a calendar"),
    ("2020-03-02", 5, "working", "2020-03-09", "Tue Wed Thu Fri, Mon"),
    ("2020-03-06", 1, "working", "2020-03-09", "Friday: the next Monday"),
    ("2020-03-02", 0, "working", "2020-03-02", "no day"),
    ("2020-01-17", 1, "working", "2020-01-19", "the Sunday that is worked"),
    ("2020-01-17", 5, "working", "2020-01-23", "Sun 19, Mon, Tue, Wed, Thu 23"),
    ("2020-01-23", 1, "working", "2020-02-03", "24 January to 2 February are free, 1 February too"),
    ("2020-01-22", 5, "working", "2020-02-06", "Thu 23, then Mon 3 to Thu 6 February"),
    ("2020-04-03", 1, "working", "2020-04-07", "4 to 6 April are free"),
    ("2020-04-24", 5, "working", "2020-04-30", "Sun 26, Mon 27 to Thu 30"),
    ("2020-04-30", 5, "working", "2020-05-11", "Wed 6, Thu, Fri, Sat 9, Mon 11"),
    ("2020-06-24", 2, "working", "2020-06-29", "Sun 28, Mon 29"),
    ("2020-09-25", 5, "working", "2020-10-09", "Sun 27, Mon, Tue, Wed 30, then Fri 9 October"),
    ("2020-09-30", 2, "working", "2020-10-10", "Fri 9, Sat 10"),
    ("2020-09-24", 7, "working", "2020-10-10", "Fri 25, Sun 27 to Wed 30, Fri 9, Sat 10"),
    ("2019-12-31", 1, "working", "2020-01-02", "New Year's day is free"),
    ("2020-12-30", 1, "working", "2020-12-31", "the last day of the year that is known"),
]


def add_days(database, day, days, kind, role="huimin_beneficiaries"):
    """What the function says, as a service."""
    return database.psql(f"begin;\n{context()}select programmes.add_days({DISTRICT}, '{day}', {days}, '{kind}');\nrollback;", role)


@pytest.mark.parametrize("day, days, kind, last, why", CASES)
def test_last_days(loaded, day, days, kind, last, why):
    assert add_days(loaded, day, days, kind) == last, why


@pytest.mark.parametrize("day, days", [("2020-12-31", 1), ("2020-12-28", 5), ("2019-12-30", 2), ("2031-05-05", 1)])
def test_a_year_without_calendar_is_refused(loaded, day, days):
    message = loaded.refuses("huimin_beneficiaries", f"begin;\n{context()}select programmes.add_days({DISTRICT}, '{day}', {days}, 'working');")
    assert "calendar_missing" in message


def test_working_days_of_the_year(loaded):
    """249: 366 days, 104 of them weekend, 19 weekdays off (new year 1, spring 6, Qingming 1, May 3, dragon boat 2, October 6), 6 weekend days
    worked."""
    working = loaded.psql(f"begin;\n{context()}select count(distinct programmes.add_days({DISTRICT}, d::date, 1, 'working'))"
                          " from generate_series('2019-12-31'::timestamp, '2020-12-30', interval '1 day') d;\nrollback;", "huimin_beneficiaries")
    assert int(working) == 366 - 104 - 19 + 6

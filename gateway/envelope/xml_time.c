/* gateway/envelope/xml_time.c: times as XML Schema writes them. */
#include "gateway/envelope/xml_time.h"

#include <stddef.h>
#include <string.h>
#include <time.h>

#include "gateway/base/text.h"

enum { SECOND = 1000000, MINUTE = 60, HOUR = 3600, DAY = 86400, YEARS_MOST = 1000 };
static const int64_t seconds_most = (int64_t)YEARS_MOST * 366 * DAY;

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in(int64_t year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Of civil time, UTC. */
static int64_t seconds_of(const struct tm *civil)
{
	struct tm copy = *civil;
	return (int64_t)timegm(&copy);
}

/* Exactly that many digits, and what follows them ('\0': nothing of its own). */
static bool number(const char **at, unsigned digits, char follows, int *out)
{
	*out = 0;
	for (unsigned i = 0; i < digits; i++, (*at)++) {
		if (!is_digit(**at))
			return false;
		*out = *out * 10 + (**at - '0');
	}
	if (follows == '\0')
		return true;
	return *(*at)++ == follows;
}

/* A point and digits, of which six count. */
static bool fraction(const char **at, int64_t *micro)
{
	int64_t weight = SECOND / 10;
	if (**at != '.')
		return true;
	(*at)++;
	if (!is_digit(**at))
		return false;
	for (; is_digit(**at); (*at)++, weight /= 10)
		*micro += (**at - '0') * weight;
	return true;
}

/* Z, +hh:mm, or nothing; in seconds. */
static bool zone(const char **at, int64_t *seconds)
{
	int hours, minutes;
	char sign = **at;
	*seconds = 0;
	if (sign == '\0')
		return true;
	(*at)++;
	if (sign == 'Z')
		return true;
	if ((sign != '+' && sign != '-') || !number(at, 2, ':', &hours)
	    || !number(at, 2, '\0', &minutes))
		return false;
	*seconds = (sign == '-' ? -1 : 1) * ((int64_t)hours * HOUR + (int64_t)minutes * MINUTE);
	return minutes < 60 && (hours < 14 || (hours == 14 && minutes == 0));
}

static bool is_civil(const struct tm *t, int64_t micro)
{
	bool midnight = t->tm_hour == 24 && t->tm_min == 0 && t->tm_sec == 0 && micro == 0;
	return t->tm_year >= 1 && t->tm_mon >= 1 && t->tm_mon <= 12 && t->tm_mday >= 1
	       && t->tm_mday <= days_in(t->tm_year, t->tm_mon) && (t->tm_hour < 24 || midnight)
	       && t->tm_min < 60 && t->tm_sec < 60;
}

bool xml_date_time_read(const char *text, instant *out)
{
	struct tm t = { .tm_year = 0 };
	int64_t micro = 0, offset;
	if (!number(&text, 4, '-', &t.tm_year) || !number(&text, 2, '-', &t.tm_mon)
	    || !number(&text, 2, 'T', &t.tm_mday) || !number(&text, 2, ':', &t.tm_hour)
	    || !number(&text, 2, ':', &t.tm_min) || !number(&text, 2, '\0', &t.tm_sec)
	    || !fraction(&text, &micro) || !zone(&text, &offset) || *text != '\0'
	    || !is_civil(&t, micro))
		return false;
	t.tm_year -= 1900;
	t.tm_mon -= 1;
	*out = (seconds_of(&t) - offset) * SECOND + micro;
	return true;
}

/* ---- Durations ---- */

/* Never more than could be asked for. */
static int64_t digits(const char **at)
{
	int64_t n = 0;
	for (; is_digit(**at); (*at)++)
		if (n < seconds_most)
			n = n * 10 + (**at - '0');
	return n;
}

static int64_t at_most(int64_t n, int64_t most)
{
	return n < most ? n : most;
}

struct duration {
	int64_t months, seconds, micro;
};

static void add_part(struct duration *d, int64_t n, char unit, bool of_time)
{
	static const struct {
		char unit;
		bool of_time;
		int64_t months, seconds;
	} units[] = {
		{ .unit = 'Y', .months = 12 },
		{ .unit = 'M', .months = 1 },
		{ .unit = 'D', .seconds = DAY },
		{ .unit = 'H', .of_time = true, .seconds = HOUR },
		{ .unit = 'M', .of_time = true, .seconds = MINUTE },
		{ .unit = 'S', .of_time = true, .seconds = 1 },
	};
	for (size_t i = 0; i < COUNT(units); i++)
		if (units[i].unit == unit && units[i].of_time == of_time) {
			d->months += at_most(n, YEARS_MOST * 12) * units[i].months;
			d->seconds += units[i].seconds == 0
					      ? 0
					      : at_most(n, seconds_most / units[i].seconds)
							* units[i].seconds;
		}
}

/* The parts in their order, each once at most. Their count, or -1: it is none. */
static int parts_of(const char **at, const char *order, bool of_time, struct duration *d)
{
	int count = 0;
	while (is_digit(**at)) {
		int64_t n = digits(at);
		bool fractional = of_time && **at == '.';
		if (fractional && !fraction(at, &d->micro))
			return -1;
		const char *unit = **at == '\0' ? NULL : strchr(order, **at);
		if (unit == NULL || (fractional && *unit != 'S'))
			return -1;
		add_part(d, n, *unit, of_time);
		order = unit + 1;
		(*at)++;
		count++;
	}
	return count;
}

static bool read_duration(const char *text, struct duration *d)
{
	if (*text++ != 'P')
		return false;
	int days = parts_of(&text, "YMD", false, d);
	if (days < 0)
		return false;
	if (*text == '\0')
		return days > 0;
	return *text++ == 'T' && parts_of(&text, "HMS", true, d) > 0 && *text == '\0';
}

/* The same day of that month, or its last (appendix E). */
static int64_t months_later(int64_t seconds, int64_t months)
{
	time_t from = (time_t)seconds;
	struct tm t;
	if (gmtime_r(&from, &t) == NULL)
		return seconds;
	int64_t month = (int64_t)t.tm_year * 12 + t.tm_mon + months;
	t.tm_year = (int)(month >= 0 ? month / 12 : (month - 11) / 12);
	t.tm_mon = (int)(month - (int64_t)t.tm_year * 12);
	int last = days_in((int64_t)t.tm_year + 1900, t.tm_mon + 1);
	if (t.tm_mday > last)
		t.tm_mday = last;
	return seconds_of(&t);
}

bool xml_duration_add(const char *text, instant from, instant *out)
{
	struct duration d = { .months = 0 };
	int sign = *text == '-' ? -1 : 1;
	if (!read_duration(text + (sign < 0), &d))
		return false;
	int64_t whole = from / SECOND, rest = from % SECOND;
	d.months = at_most(d.months, YEARS_MOST * 12);
	d.seconds = at_most(d.seconds, seconds_most);
	*out = (months_later(whole, sign * d.months) + sign * d.seconds) * SECOND + rest
	       + sign * d.micro;
	return true;
}

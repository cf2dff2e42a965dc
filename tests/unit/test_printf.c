/* SPDX-License-Identifier: GPL-2.0-only */
/* printf.c against the C library, and what only it promises: bounds and unknown conversions. */
#include "unit.h"

#include <limits.h>
#include <stdio.h>

#include <bulkhead/string.h>

#define SAME(...)                                                                   \
	do {                                                                        \
		char ours[80], theirs[80];                                          \
		int n = format(ours, sizeof(ours), __VA_ARGS__);                    \
		assert_int_equal(n, snprintf(theirs, sizeof(theirs), __VA_ARGS__)); \
		assert_string_equal(ours, theirs);                                  \
	} while (0)

/* [CORE-003] numbers and lengths as in C */
static void like_c(void **state)
{
	(void)state;
	SAME("plain");
	SAME("%d %d %d", 0, -1, 12345);
	SAME("%d %d", INT_MIN, INT_MAX);
	SAME("%lld %lld", LLONG_MIN, LLONG_MAX);
	SAME("%ld %lu", LONG_MIN, ULONG_MAX);
	SAME("%llu %llx", ULLONG_MAX, ULLONG_MAX);
	SAME("%u %x", 42u, 0xbeefu);
	SAME("%zu %zx", (size_t)1 << 40, (size_t)0xabc);
	SAME("%s %c%c 100%%", "text", 'o', 'k');
}

/* [CORE-003] never past the end, always terminated, the wanted length returned */
static void bounded(void **state)
{
	char out[8];

	(void)state;
	for (size_t size = 0; size <= sizeof(out); size++) {
		memset(out, '#', sizeof(out));
		assert_int_equal(format(out, size, "%s-%u", "abcdef", 123u), 10);
		for (size_t i = size; i < sizeof(out); i++)
			assert_int_equal(out[i], '#');
		if (size > 0) {
			assert_int_equal(out[size - 1], '\0');
			assert_memory_equal(out, "abcdef-123", size - 1);
		}
	}
}

static int through_list(char *out, size_t size, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	int n = format_list(out, size, fmt, args);
	va_end(args);
	return n;
}

/* [CORE-003] what it does not know is printed as it stands, and a null string is no crash */
static void odd(void **state)
{
	char out[64];

	(void)state;
	assert_int_equal(through_list(out, sizeof(out), "a%qb%"), 5);
	assert_string_equal(out, "a%qb%");
	through_list(out, sizeof(out), "%s|%5d|%ll", NULL);
	assert_string_equal(out, "(null)|%5d|%ll");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(like_c), cmocka_unit_test(bounded), cmocka_unit_test(odd) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

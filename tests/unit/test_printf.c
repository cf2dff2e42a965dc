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

/* [CORE-003] numbers, padding, lengths as in C */
static void like_c(void **state)
{
	(void)state;
	SAME("plain");
	SAME("%d %d %d", 0, -1, 12345);
	SAME("%d %d", INT_MIN, INT_MAX);
	SAME("%lld %lld", LLONG_MIN, LLONG_MAX);
	SAME("%ld %lu", LONG_MIN, ULONG_MAX);
	SAME("%llu %llx", ULLONG_MAX, ULLONG_MAX);
	SAME("%u %x %i", 42u, 0xbeefu, -7);
	SAME("%zu %zx", (size_t)1 << 40, (size_t)0xabc);
	SAME("[%5d] [%-5d] [%05d] [%05d]", 42, 42, 42, -42);
	SAME("[%8x] [%08x] [%-8x]", 0xabcu, 0xabcu, 0xabcu);
	SAME("[%3s] [%10s] [%-10s] [%s]", "long", "right", "left", "");
	SAME("[%c%c] [%3c] 100%%", 'o', 'k', 'x');
	SAME("%p", (void *)0x1234);
	SAME("%016llx", 0x123456789abcull);
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
	char huge[32];

	(void)state;
	assert_int_equal(through_list(out, sizeof(out), "a%qb%"), 5);
	assert_string_equal(out, "a%qb%");
	through_list(out, sizeof(out), "%s|%5", NULL);
	assert_string_equal(out, "(null)|%5");
	assert_int_equal(through_list(huge, sizeof(huge), "%99999999999d", 1), 9999);
	assert_int_equal(strlen(huge), sizeof(huge) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(like_c), cmocka_unit_test(bounded), cmocka_unit_test(odd) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* string.c, built under other names so that it does not replace the C library's, against the C library's. */
#include "unit.h"

void *bulkhead_memset(void *to, int value, size_t count);
void *bulkhead_memcpy(void *restrict to, const void *restrict from, size_t count);
void *bulkhead_memmove(void *to, const void *from, size_t count);
int bulkhead_memcmp(const void *a, const void *b, size_t count);
size_t bulkhead_strlen(const char *s);
int bulkhead_strncmp(const char *a, const char *b, size_t count);

#define SIZE 96

static unsigned char a[SIZE], b[SIZE], from[SIZE];

static void fill(void)
{
	for (size_t i = 0; i < SIZE; i++) {
		a[i] = b[i] = (unsigned char)(i * 7 + 1);
		from[i] = (unsigned char)(255 - i);
	}
}

/* [CORE-002] memset and memcpy: all alignments and lengths, not a byte more */
static void set_and_copy(void **state)
{
	(void)state;
	for (size_t to = 0; to < 16; to++)
		for (size_t source = 0; source < 16; source++)
			for (size_t n = 0; n < 40; n++) {
				fill();
				assert_ptr_equal(bulkhead_memcpy(a + to, from + source, n), a + to);
				memcpy(b + to, from + source, n);
				assert_memory_equal(a, b, SIZE);
				assert_ptr_equal(bulkhead_memset(a + to, 0x1a5, n), a + to);
				memset(b + to, 0xa5, n);
				assert_memory_equal(a, b, SIZE);
			}
}

/* [CORE-002] memmove: every overlap */
static void move(void **state)
{
	(void)state;
	for (size_t to = 0; to < 24; to++)
		for (size_t source = 0; source < 24; source++)
			for (size_t n = 0; n < 40; n++) {
				fill();
				assert_ptr_equal(bulkhead_memmove(a + to, a + source, n), a + to);
				memmove(b + to, b + source, n);
				assert_memory_equal(a, b, SIZE);
			}
}

static int sign(int v)
{
	return (v > 0) - (v < 0);
}

/* [CORE-002] comparing */
static void compare(void **state)
{
	static const char *const text[] = { "", "a", "ab", "abc", "abd", "b", "\xff", "ab\xff" };

	(void)state;
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		assert_int_equal(bulkhead_strlen(text[i]), strlen(text[i]));
		for (size_t j = 0; j < sizeof(text) / sizeof(text[0]); j++)
			for (size_t n = 0; n < 6; n++) {
				char x[8] = { 0 };
				char y[8] = { 0 };

				strcpy(x, text[i]);
				strcpy(y, text[j]);
				assert_int_equal(bulkhead_strncmp(x, y, n), sign(strncmp(x, y, n)));
				assert_int_equal(bulkhead_memcmp(x, y, n), sign(memcmp(x, y, n)));
			}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(set_and_copy), cmocka_unit_test(move), cmocka_unit_test(compare) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

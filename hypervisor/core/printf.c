/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Formatting into a buffer, for the hypervisor, cellctl and inmates: %c, %s, %d, %u and %x of any length, no widths. No state. A
 * conversion it does not know is printed as it stands.
 */
#include <bulkhead/string.h>

#include <stdbool.h>
#include <stdint.h>

struct sink {
	char *out;
	size_t size;
	size_t length; /* wanted so far */
};

static void put(struct sink *s, char c)
{
	if (s->length + 1 < s->size)
		s->out[s->length] = c;
	s->length++;
}

static void put_number(struct sink *s, unsigned long long value, unsigned int base)
{
	char digits[20]; /* 2^64 has 20 decimal digits */
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	while (at < sizeof(digits))
		put(s, digits[at++]);
}

static void put_signed(struct sink *s, long long value)
{
	if (value < 0)
		put(s, '-');
	put_number(s, value < 0 ? 0 - (unsigned long long)value : (unsigned long long)value, 10);
}

static void put_text(struct sink *s, const char *text)
{
	for (text = text != NULL ? text : "(null)"; *text != '\0'; text++)
		put(s, *text);
}

/* One conversion; false if the letter is unknown. Wide: long, long long and size_t, which are the same size. */
static bool convert(struct sink *s, bool wide, char letter, va_list *args)
{
	_Static_assert(sizeof(long) == sizeof(long long) && sizeof(size_t) == sizeof(long long), "wide");

	switch (letter) {
	case 'c': put(s, (char)va_arg(*args, int)); return true;
	case 's': put_text(s, va_arg(*args, const char *)); return true;
	case 'd': put_signed(s, wide ? va_arg(*args, long long) : va_arg(*args, int)); return true;
	case 'u':
	case 'x':
		put_number(s, wide ? va_arg(*args, unsigned long long) : va_arg(*args, unsigned int), letter == 'x' ? 16 : 10);
		return true;
	case '%': put(s, '%'); return true;
	default: return false;
	}
}

int format_list(char *out, size_t size, const char *fmt, va_list args)
{
	struct sink s = { .out = out, .size = size };
	va_list copy; /* so that it can be passed by address whatever type va_list is */

	va_copy(copy, args);
	while (*fmt != '\0') {
		const char *start = fmt++;

		if (*start != '%') {
			put(&s, *start);
			continue;
		}
		while (*fmt == 'l' || *fmt == 'z')
			fmt++;
		if (*fmt != '\0' && convert(&s, fmt > start + 1, *fmt, &copy))
			fmt++;
		else
			for (; start < fmt; start++)
				put(&s, *start);
	}
	va_end(copy);
	if (size > 0)
		out[s.length < size ? s.length : size - 1] = '\0';
	return (int)s.length;
}

int format(char *out, size_t size, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	int length = format_list(out, size, fmt, args);
	va_end(args);
	return length;
}

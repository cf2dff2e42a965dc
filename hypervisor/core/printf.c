/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Formatting into a buffer, for the hypervisor, cellctl and inmates. No state, no floating point. A conversion it does not
 * know is printed as it stands.
 */
#include <bulkhead/string.h>

#include <stdbool.h>
#include <stdint.h>

struct sink {
	char *out;
	size_t size;
	size_t length; /* wanted so far */
};

struct spec {
	bool left;
	bool zero;
	unsigned int width;
	unsigned int longs; /* 0: int, 1: long or size_t, 2: long long */
};

static void put(struct sink *s, char c)
{
	if (s->length + 1 < s->size)
		s->out[s->length] = c;
	s->length++;
}

static void put_all(struct sink *s, const char *text, size_t length)
{
	while (length-- > 0)
		put(s, *text++);
}

static void put_padding(struct sink *s, bool wanted, char c, size_t count)
{
	while (wanted && count-- > 0)
		put(s, c);
}

static void put_padded(struct sink *s, const struct spec *spec, const char *text, size_t length, const char *sign)
{
	size_t signs = strlen(sign);
	size_t padding = spec->width > length + signs ? spec->width - length - signs : 0;
	bool zeros = spec->zero && !spec->left;

	put_padding(s, !spec->left && !zeros, ' ', padding);
	put_all(s, sign, signs);
	put_padding(s, zeros, '0', padding);
	put_all(s, text, length);
	put_padding(s, spec->left, ' ', padding);
}

static void put_number(struct sink *s, const struct spec *spec, unsigned long long value, unsigned int base, const char *sign)
{
	char digits[20]; /* 2^64 has 20 decimal digits */
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	put_padded(s, spec, digits + at, sizeof(digits) - at, sign);
}

/* Flags, width and length of the conversion at fmt; returns where its letter stands. */
static const char *parse(const char *fmt, struct spec *spec)
{
	*spec = (struct spec){ .longs = 0 };
	for (; *fmt == '-' || *fmt == '0'; fmt++) {
		spec->left |= *fmt == '-';
		spec->zero |= *fmt == '0';
	}
	for (; *fmt >= '0' && *fmt <= '9'; fmt++) {
		if (spec->width < 1000) /* wider makes no sense, and must not overflow */
			spec->width = spec->width * 10 + (unsigned int)(*fmt - '0');
	}
	for (; *fmt == 'l' || *fmt == 'z'; fmt++)
		spec->longs++;
	return fmt;
}

static unsigned long long take_unsigned(va_list *args, const struct spec *spec)
{
	if (spec->longs >= 2)
		return va_arg(*args, unsigned long long);
	return spec->longs == 1 ? va_arg(*args, unsigned long) : va_arg(*args, unsigned int);
}

static long long take_signed(va_list *args, const struct spec *spec)
{
	if (spec->longs >= 2)
		return va_arg(*args, long long);
	return spec->longs == 1 ? va_arg(*args, long) : va_arg(*args, int);
}

/* One conversion; false if the letter is unknown. */
static bool convert(struct sink *s, const struct spec *spec, char letter, va_list *args)
{
	char c;
	const char *text;
	long long number;

	switch (letter) {
	case 'c':
		c = (char)va_arg(*args, int);
		put_padded(s, spec, &c, 1, "");
		return true;
	case 's':
		text = va_arg(*args, const char *);
		text = text != NULL ? text : "(null)";
		put_padded(s, spec, text, strlen(text), "");
		return true;
	case 'd':
	case 'i':
		number = take_signed(args, spec);
		put_number(s, spec, number < 0 ? 0 - (unsigned long long)number : (unsigned long long)number, 10, number < 0 ? "-" : "");
		return true;
	case 'u': put_number(s, spec, take_unsigned(args, spec), 10, ""); return true;
	case 'x': put_number(s, spec, take_unsigned(args, spec), 16, ""); return true;
	case 'p': put_number(s, spec, (uintptr_t)va_arg(*args, void *), 16, "0x"); return true;
	case '%': put(s, '%'); return true;
	default: return false;
	}
}

int format_list(char *out, size_t size, const char *fmt, va_list args)
{
	struct sink s = { .out = out, .size = size };
	struct spec spec;
	va_list copy; /* so that it can be passed by address whatever type va_list is */

	va_copy(copy, args);
	while (*fmt != '\0') {
		const char *start = fmt++;

		if (*start != '%') {
			put(&s, *start);
			continue;
		}
		fmt = parse(fmt, &spec);
		if (*fmt != '\0' && convert(&s, &spec, *fmt, &copy))
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

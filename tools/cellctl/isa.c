// SPDX-License-Identifier: GPL-2.0-only
/*
 * Extensions of a RISC-V hart. A Linux cell is told those of its CPU except the denied ones: an instruction that Linux has
 * patched in for an extension cannot be taken back, so what a cell may not use must not be named.
 *
 * Named on purpose: ssaia (the interrupt file and stopei are the cell's), sstc (vstimecmp), svadu, svpbmt, zicbom, zicboz
 * (switched on for guests in henvcfg where the machine has them), svinval, svnapot, v.
 */
#include "isa.h"

#include <string.h>

/* '*' at the end: every name that starts so. */
static const struct {
	const char *name;
	const char *why;
} denied[] = {
	{ "h", "guests have no guests" },
	{ "sh*", "what the H extension does in detail" },
	{ "sm*", "machine level, the firmware's" },
	{ "zkr", "the seed register always traps for guests: sysreg-denied" },
	{ "zk", "stands for zkr as well; its other parts are named beside it" },
	{ "sscofpmf", "performance counters: cells have no SBI PMU, and the overflow interrupt is not passed on" },
	{ "ssccfg", "performance counters, set up without SBI" },
	{ "ssctr", "records of branches are not switched between cells" },
	{ "ssstateen", "decides about U-mode only; has no register of its own for guests" },
	{ "ssdbltrp", "off for guests in henvcfg" },
	{ "zicfilp", "off for guests in henvcfg" },
	{ "zicfiss", "off for guests in henvcfg" },
	{ "ssqosid", "its register traps for guests" },
	{ "sdext", "debugger" },
	{ "sdtrig", "debug triggers are not switched between cells" },
};

static bool is_denied(const char *name, size_t length)
{
	for (u32 i = 0; i < ARRAY_SIZE(denied); i++) {
		size_t n = strlen(denied[i].name);

		if (denied[i].name[n - 1] == '*' ? length >= n - 1 && !memcmp(name, denied[i].name, n - 1)
						 : length == n && !memcmp(name, denied[i].name, n))
			return true;
	}
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One extension of an ISA string. */
struct extension {
	const char *text; /* as it stands there, version included */
	size_t length;
	size_t name_length;
	bool is_long; /* a name of several letters */
};

/* "2" or "2p1" at the end is a version. */
static size_t version_length(const char *text, size_t length)
{
	size_t n = length, minor;

	while (n && is_digit(text[n - 1]))
		n--;
	minor = n;
	if (n == length || n < 2 || text[n - 1] != 'p' || !is_digit(text[n - 2]))
		return 0;
	n--;
	while (n && is_digit(text[n - 1]))
		n--;
	return minor > n && n ? length - n : 0;
}

/* Takes the next extension off *at: a letter, with digits behind it; or, from z, s or x on, all up to an underscore. */
static bool next_extension(const char **at, struct extension *e)
{
	const char *s = *at;

	while (*s == '_')
		s++;
	if (!*s)
		return false;
	*e = (struct extension){ .text = s, .is_long = strchr("zsx", *s) != NULL };
	if (e->is_long) {
		e->length = strcspn(s, "_");
		e->name_length = e->length - version_length(s, e->length);
	} else {
		e->name_length = e->length = 1;
		while (is_digit(s[e->length]) || (s[e->length] == 'p' && e->length > 1 && is_digit(s[e->length + 1])))
			e->length++;
	}
	*at = s + e->length;
	return true;
}

/* Behind "rv64". NULL: no such property, or of another width. */
static const char *isa_letters(const struct tree *tree, int node)
{
	const char *s = tree_string(tree, node, "riscv,isa");

	return s && !strncmp(s, "rv64", 4) ? s + 4 : NULL;
}

/* The strings of riscv,isa-extensions, one at a time; *at starts at 0. */
static const char *next_string(const struct tree *tree, int node, u32 *at)
{
	int length;
	const char *list = tree_property(tree, node, "riscv,isa-extensions", &length), *s;

	if (!list || *at >= (u32)length || list[length - 1])
		return NULL;
	s = list + *at;
	*at += (u32)strlen(s) + 1;
	return s;
}

bool isa_has(const struct tree *tree, int node, const char *name)
{
	const char *letters = isa_letters(tree, node), *s;
	struct extension e;
	u32 at = 0;

	if (tree_has(tree, node, "riscv,isa-extensions")) {
		while ((s = next_string(tree, node, &at)))
			if (!strcmp(s, name))
				return true;
		return false;
	}
	while (letters && next_extension(&letters, &e))
		if (e.name_length == strlen(name) && !memcmp(e.text, name, e.name_length))
			return true;
	return false;
}

struct bytes isa_guest_extensions(const struct tree *tree, int node)
{
	struct bytes out = { 0 };
	const char *s;
	int length;
	u32 at = 0;

	if (!tree_property(tree, node, "riscv,isa-extensions", &length) || length <= 0)
		return out;
	out.data = mem_alloc((size_t)length);
	while ((s = next_string(tree, node, &at))) {
		if (is_denied(s, strlen(s)))
			continue;
		memcpy(out.data + out.size, s, strlen(s) + 1);
		out.size += strlen(s) + 1;
	}
	return out;
}

const char *isa_guest_string(const struct tree *tree, int node)
{
	const char *letters = isa_letters(tree, node);
	const char *isa = "rv64";
	bool any_long = false;
	struct extension e;

	if (!letters)
		return NULL;
	while (next_extension(&letters, &e)) {
		if (is_denied(e.text, e.name_length))
			continue;
		any_long |= e.is_long;
		isa = mem_format("%s%s%.*s", isa, any_long ? "_" : "", (int)e.length, e.text);
	}
	return isa;
}

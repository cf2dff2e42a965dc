// SPDX-License-Identifier: GPL-2.0-only
/* x86: what a trapped instruction does to memory, from its bytes. */
#include "unit.h"

#include "../../hypervisor/arch/x86/include/asm/insn.h"
#include "../../hypervisor/arch/x86/insn.c"

struct expect {
	const char *text;
	enum insn_mode mode;
	u8 bytes[INSN_MAX];
	struct insn_access access; /* length 0: not decoded */
};

static const struct expect cases[] = {
	{ "mov eax, [rdi]", INSN_64, { 0x8b, 0x07 }, { .length = 2, .width = 4, .reg = 0, .reg_width = 4 } },
	{ "mov r9d, [rdi + 0x10]", INSN_64, { 0x44, 0x8b, 0x4f, 0x10 }, { .length = 4, .width = 4, .reg = 9, .reg_width = 4 } },
	{ "mov rax, [rsp + 8]", INSN_64, { 0x48, 0x8b, 0x44, 0x24, 0x08 }, { .length = 5, .width = 8, .reg = 0, .reg_width = 8 } },
	{ "mov [rip + 0x1000], edx",
	  INSN_64,
	  { 0x89, 0x15, 0x00, 0x10, 0x00, 0x00 },
	  { .length = 6, .width = 4, .reg = 2, .reg_width = 4, .write = true } },
	{ "mov [rax], dh", INSN_64, { 0x88, 0x30 }, { .length = 2, .width = 1, .reg = 2, .reg_width = 1, .write = true, .high = true } },
	{ "mov [rax], sil", INSN_64, { 0x40, 0x88, 0x30 }, { .length = 3, .width = 1, .reg = 6, .reg_width = 1, .write = true } },
	{ "mov ax, [ebx]", INSN_32, { 0x66, 0x8b, 0x03 }, { .length = 3, .width = 2, .reg = 0, .reg_width = 2 } },
	{ "mov [edi + 4 * eax + 0x12345678], ecx",
	  INSN_32,
	  { 0x89, 0x8c, 0x87, 0x78, 0x56, 0x34, 0x12 },
	  { .length = 7, .width = 4, .reg = 1, .reg_width = 4, .write = true } },
	{ "mov eax, [0x12345678]", INSN_32, { 0xa1, 0x78, 0x56, 0x34, 0x12 }, { .length = 5, .width = 4, .reg_width = 4 } },
	{ "mov eax, [0x1122334455667788]",
	  INSN_64,
	  { 0xa1, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11 },
	  { .length = 9, .width = 4, .reg_width = 4 } },
	{ "mov dword [rax], -2",
	  INSN_64,
	  { 0xc7, 0x00, 0xfe, 0xff, 0xff, 0xff },
	  { .length = 6, .width = 4, .reg_width = 4, .write = true, .immediate = true, .value = 0xfffffffffffffffe } },
	{ "mov qword [rax], -2",
	  INSN_64,
	  { 0x48, 0xc7, 0x00, 0xfe, 0xff, 0xff, 0xff },
	  { .length = 7, .width = 8, .reg_width = 8, .write = true, .immediate = true, .value = 0xfffffffffffffffe } },
	{ "mov word [rax], 0x1234",
	  INSN_64,
	  { 0x66, 0xc7, 0x00, 0x34, 0x12 },
	  { .length = 5, .width = 2, .reg_width = 2, .write = true, .immediate = true, .value = 0x1234 } },
	{ "mov byte [rbp + 1], 5",
	  INSN_64,
	  { 0xc6, 0x45, 0x01, 0x05 },
	  { .length = 4, .width = 1, .reg_width = 1, .write = true, .immediate = true, .value = 5 } },
	{ "movzx eax, byte [rdi]", INSN_64, { 0x0f, 0xb6, 0x07 }, { .length = 3, .width = 1, .reg = 0, .reg_width = 4 } },
	{ "movzx esi, byte [rdi]", INSN_64, { 0x0f, 0xb6, 0x37 }, { .length = 3, .width = 1, .reg = 6, .reg_width = 4 } },
	{ "movzx r10d, word [rdi]", INSN_64, { 0x44, 0x0f, 0xb7, 0x17 }, { .length = 4, .width = 2, .reg = 10, .reg_width = 4 } },
	{ "movsx rax, word [rdi]", INSN_64, { 0x48, 0x0f, 0xbf, 0x07 }, { .length = 4, .width = 2, .reg_width = 8, .sign_extend = true } },
	{ "movsx ax, byte [rdi]", INSN_64, { 0x66, 0x0f, 0xbe, 0x07 }, { .length = 4, .width = 1, .reg_width = 2, .sign_extend = true } },
	{ "movsxd rax, [rdi]", INSN_64, { 0x48, 0x63, 0x07 }, { .length = 3, .width = 4, .reg_width = 8, .sign_extend = true } },
	{ "movsxd without REX.W", INSN_64, { 0x63, 0x07 }, { .length = 0 } },
	{ "mov eax, [0x1122334455667788], REX.R says nothing",
	  INSN_64,
	  { 0x44, 0xa1, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11 },
	  { .length = 10, .width = 4, .reg_width = 4 } },
	{ "mov eax, gs:[rdi]", INSN_64, { 0x65, 0x8b, 0x07 }, { .length = 3, .width = 4, .reg_width = 4 } },
	{ "mov eax, [edi]", INSN_64, { 0x67, 0x8b, 0x07 }, { .length = 3, .width = 4, .reg_width = 4 } },
	{ "mov eax, [bx + 2], 16 bits", INSN_16, { 0x66, 0x8b, 0x47, 0x02 }, { .length = 4, .width = 4, .reg_width = 4 } },
	{ "mov ax, [0x1234], 16 bits", INSN_16, { 0x8b, 0x06, 0x34, 0x12 }, { .length = 4, .width = 2, .reg_width = 2 } },
	{ "mov eax, ebx: registers", INSN_64, { 0x8b, 0xc3 }, { .length = 0 } },
	{ "xchg [rax], ecx", INSN_64, { 0x87, 0x08 }, { .length = 0 } },
	{ "or [rax], ecx", INSN_64, { 0x09, 0x08 }, { .length = 0 } },
	{ "rep movsb", INSN_64, { 0xf3, 0xa4 }, { .length = 0 } },
	{ "lock", INSN_64, { 0xf0, 0x89, 0x08 }, { .length = 0 } },
	{ "movaps", INSN_64, { 0x0f, 0x28, 0x00 }, { .length = 0 } },
	{ "c7 /1", INSN_64, { 0xc7, 0x08, 0, 0, 0, 0 }, { .length = 0 } },
	{ "arpl is no movsxd in 32 bits", INSN_32, { 0x63, 0x07 }, { .length = 0 } },
};

static void known(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct insn_access *want = &cases[i].access;
		struct insn_access got = { .length = 0 };
		bool decoded = insn_decode(cases[i].bytes, INSN_MAX, cases[i].mode, &got);

		print_message("%s\n", cases[i].text);
		assert_int_equal(decoded, want->length != 0);
		if (!decoded)
			continue;
		assert_int_equal(got.length, want->length);
		assert_int_equal(got.width, want->width);
		assert_int_equal(got.reg, want->reg);
		assert_int_equal(got.reg_width, want->reg_width);
		assert_int_equal(got.write, want->write);
		assert_int_equal(got.immediate, want->immediate);
		assert_int_equal(got.high, want->high);
		assert_int_equal(got.sign_extend, want->sign_extend);
		assert_int_equal(got.value, want->value);
	}
}

/* Never reads past the end, and what needs more bytes than there are is not decoded. */
static void cut_short(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (u32 count = 0; count < cases[i].access.length; count++) {
			u8 *bytes = malloc(count ? count : 1);
			struct insn_access got;

			memcpy(bytes, cases[i].bytes, count);
			assert_false(insn_decode(bytes, count, cases[i].mode, &got));
			free(bytes);
		}
	}
}

/* Prefixes without end. */
static void all_prefixes(void **state)
{
	u8 bytes[INSN_MAX];
	struct insn_access got;

	(void)state;
	memset(bytes, 0x66, sizeof(bytes));
	assert_false(insn_decode(bytes, sizeof(bytes), INSN_64, &got));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(all_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

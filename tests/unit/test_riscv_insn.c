/* SPDX-License-Identifier: GPL-2.0-only */
/* RISC-V: decoding of loads and stores that trapped. */
#include "unit.h"

#include "../../hypervisor/arch/riscv/insn.c"

#define R(l, w, r)                                \
	(struct insn_access)                      \
	{                                         \
		.length = l, .width = w, .reg = r \
	}
#define RS(l, w, r)                                                    \
	(struct insn_access)                                           \
	{                                                              \
		.length = l, .width = w, .reg = r, .sign_extend = true \
	}
#define W(l, w, r)                                               \
	(struct insn_access)                                     \
	{                                                        \
		.length = l, .width = w, .reg = r, .write = true \
	}

/* As GNU as makes them; Zcb by the manual. */
static const struct good {
	u32 insn;
	const char *text;
	struct insn_access want;
} good[] = {
	{ 0x00158503, "lb a0,1(a1)", RS(4, 1, 10) },     { 0xffe11483, "lh s1,-2(sp)", RS(4, 2, 9) },
	{ 0x0045af83, "lw t6,4(a1)", RS(4, 4, 31) },     { 0x0085b003, "ld zero,8(a1)", R(4, 8, 0) },
	{ 0x0005c783, "lbu a5,0(a1)", R(4, 1, 15) },     { 0x0005d703, "lhu a4,0(a1)", R(4, 2, 14) },
	{ 0x0005e083, "lwu ra,0(a1)", R(4, 4, 1) },      { 0x00a580a3, "sb a0,1(a1)", W(4, 1, 10) },
	{ 0x01b59123, "sh s11,2(a1)", W(4, 2, 27) },     { 0x0005a223, "sw zero,4(a1)", W(4, 4, 0) },
	{ 0xffc13c23, "sd t3,-8(sp)", W(4, 8, 28) },     { 0xdead41c8, "c.lw a0,4(a1)", RS(2, 4, 10) },
	{ 0xffff6784, "c.ld s1,8(a5)", R(2, 8, 9) },     { 0x0000c05c, "c.sw a5,4(s0)", W(2, 4, 15) },
	{ 0x0003e580, "c.sd s0,8(a1)", W(2, 8, 8) },     { 0x00004fa2, "c.lwsp t6,8(sp)", RS(2, 4, 31) },
	{ 0x000060c2, "c.ldsp ra,16(sp)", R(2, 8, 1) },  { 0x0000c402, "c.swsp zero,8(sp)", W(2, 4, 0) },
	{ 0x0000e87e, "c.sdsp t6,16(sp)", W(2, 8, 31) }, { 0x00008188, "c.lbu a0,0(a1)", R(2, 1, 10) },
	{ 0x00008588, "c.lhu a0,0(a1)", R(2, 2, 10) },   { 0x000085c8, "c.lh a0,0(a1)", RS(2, 2, 10) },
	{ 0x00008988, "c.sb a0,0(a1)", W(2, 1, 10) },    { 0x00008d88, "c.sh a0,0(a1)", W(2, 2, 10) },
	{ 0x00002503, "htinst: lw a0", RS(4, 4, 10) },   { 0x00012501, "htinst: c.lw a0, part of an access", RS(2, 4, 10) },
	{ 0x00003581, "htinst: c.ld a1", R(2, 8, 11) },  { 0x00e03021, "htinst: c.sd a4", W(2, 8, 14) },
};

static const struct {
	u32 insn;
	const char *text;
} bad[] = {
	{ 0x0005a507, "flw" },
	{ 0x0005b507, "fld" },
	{ 0x00a5a027, "fsw" },
	{ 0x00a5b027, "fsd" },
	{ 0x1005a52f, "lr.w" },
	{ 0x1005b52f, "lr.d" },
	{ 0x18c5a52f, "sc.w" },
	{ 0x18c5b52f, "sc.d" },
	{ 0x00c5a52f, "amoadd.w" },
	{ 0x08c5b52f, "amoswap.d" },
	{ 0x00c5a52d, "htinst: amoadd.w of a short instruction" },
	{ 0x00150513, "addi" },
	{ 0x000000ef, "jal" },
	{ 0x10002573, "csrr" },
	{ 0x00000073, "ecall" },
	{ 0x0ff0000f, "fence" },
	{ 0x00003537, "lui" },
	{ 0x0005f083, "load, width 7" },
	{ 0x00a5c0a3, "store, width 4" },
	{ 0x00002188, "c.fld" },
	{ 0x0000a188, "c.fsd" },
	{ 0x00002502, "c.fldsp" },
	{ 0x0000a02a, "c.fsdsp" },
	{ 0x00000028, "c.addi4spn" },
	{ 0x0000852e, "c.mv" },
	{ 0x00008082, "c.jr" },
	{ 0x0000050e, "c.slli" },
	{ 0x00009002, "c.ebreak" },
	{ 0x00004002, "c.lwsp to x0: reserved" },
	{ 0x00006002, "c.ldsp to x0: reserved" },
	{ 0x00008dc8, "Zcb, reserved" },
	{ 0x00009188, "Zcb, reserved" },
	{ 0x00000000, "all zeros" },
	{ 0xffffffff, "all ones" },
	{ 0x00003000, "htinst: load of a page table walk" },
	{ 0x00003020, "htinst: store of a page table walk" },
};

/* [ISO-114] register, width, direction, sign and length of each integer load and store; nothing else is decoded */
static void table(void **state)
{
	struct insn_access a;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(good); i++) {
		const struct insn_access *w = &good[i].want;

		memset(&a, 0xee, sizeof(a));
		if (!insn_decode_load_store(good[i].insn, &a) || a.reg != w->reg || a.width != w->width || a.write != w->write ||
		    a.sign_extend != w->sign_extend || a.length != w->length)
			fail_msg("%s", good[i].text);
	}
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++)
		if (insn_decode_load_store(bad[i].insn, &a))
			fail_msg("%s was decoded", bad[i].text);
}

/* [ISO-114] whatever the bits are, the result is in range; what is refused leaves nothing */
static void all(void **state)
{
	(void)state;
	for (u64 insn = 0; insn < 1ull << 32; insn += insn < 0x10000 ? 1 : 0x3fd) {
		struct insn_access a = { .width = 99 };

		if (!insn_decode_load_store((u32)insn, &a)) {
			assert_int_equal(a.width, 99);
			continue;
		}
		if (a.reg > 31 || a.length != ((insn & 3) == 3 ? 4 : 2) ||
		    !(a.width == 1 || a.width == 2 || a.width == 4 || a.width == 8) || (a.sign_extend && (a.write || a.width == 8)))
			fail_msg("0x%08x", (u32)insn);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

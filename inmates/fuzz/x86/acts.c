// SPDX-License-Identifier: BSD-2-Clause
/*
 * What a guest can do to an x86 hypervisor. Left out is what only hurts the guest itself: its page tables, segments and EFER, and a
 * wait that nothing ends; a timer that goes off again at once, for ever: QEMU then does nothing else; and data breakpoints: one met as
 * an interrupt's frame is written ends QEMU.
 */
#include "apic.h"
#include "../fuzz.h"

#define IOAPIC 0xfec00000ull
#define DR7_EXECUTE 0xffffull /* breakpoints of instructions only */

FUZZ_LOAD(8, "movzbl (%1), %k0")
FUZZ_LOAD(16, "movzwl (%1), %k0")
FUZZ_LOAD(32, "movl (%1), %k0")
FUZZ_LOAD(64, "movq (%1), %0")
FUZZ_STORE(8, "movb %b0, (%1)")
FUZZ_STORE(16, "movw %w0, (%1)")
FUZZ_STORE(32, "movl %k0, (%1)")
FUZZ_STORE(64, "movq %0, (%1)")

void fuzz_code_sync(void *code, u32 bytes)
{
	(void)code; /* caches are coherent; a jump is enough */
	(void)bytes;
	asm volatile("" ::: "memory");
}

/* Instructions, and the way back; registers hold what means something. */
static void run_bytes(const u8 *bytes, u32 count)
{
	u64 a = fuzz_value(), b = fuzz_value(), c = fuzz_value(), d = fuzz_value(), s = fuzz_own(), t = fuzz_own();
	u8 *code = fuzz_code();

	memcpy(code, bytes, count);
	code[count] = 0xc3;
	asm volatile("call *%6"
		     : "+a"(a), "+b"(b), "+c"(c), "+d"(d), "+S"(s), "+D"(t)
		     : "r"(code)
		     : "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory", "cc");
}

u64 fuzz_controller(void)
{
	map_range(IOAPIC, 8, MAP_DEVICE);
	return IOAPIC + (fuzz_chance(4) ? 0x40 : fuzz_chance(2) ? 0x10 : 0); /* end, window, select: other offsets end the cell */
}

static void do_ioapic(u64 argument)
{
	(void)argument;
	map_range(IOAPIC, 8, MAP_DEVICE);
	if (fuzz_chance(2))
		fuzz_store32(IOAPIC, fuzz_chance(8) ? fuzz_value() : fuzz_below(0x42));
	fuzz_access(fuzz_chance(2) ? IOAPIC + 0x10 : fuzz_controller(), 2);
}

/* --- the local interrupt controller ------------------------------------------------------------------------------------------ */

/* All modes and shorthands. INIT and SIPI not to itself: that would end this run. */
static void do_icr(u64 argument)
{
	u64 icr = fuzz_random() & 0xcffff, mode = icr & 0x700;

	(void)argument;
	icr |= (fuzz_chance(4) ? fuzz_random() >> 32 : fuzz_below(8)) << ICR_DESTINATION;
	if ((mode == ICR_INIT || mode == ICR_STARTUP) && (icr & ICR_OTHERS) != ICR_OTHERS)
		icr = (icr & 0xffffffff & ~(u64)(ICR_OTHERS | ICR_LOGICAL)) | (u64)(16 + fuzz_below(240)) << ICR_DESTINATION;
	if (mode == ICR_INIT && (icr & ICR_OTHERS) == ICR_OTHERS && !fuzz_chance(8))
		icr &= ~0x700ull;
	msr_write(X2APIC_ICR, icr);
}

static void apic_write(u32 msr, u64 value)
{
	if (msr != X2APIC_ICR)
		msr_write(msr, msr == X2APIC_LVT_TIMER ? value & ~(u64)LVT_PERIODIC : value);
}

static void do_apic(u64 argument)
{
	u32 msr = 0x800 + fuzz_below(0x40);

	(void)argument;
	if (fuzz_chance(2))
		apic_write(msr, fuzz_value());
	else
		msr_read(msr);
}

/* --- registers and instructions ---------------------------------------------------------------------------------------------- */

static void do_msr(u64 argument)
{
	static const u64 blocks[] = { 0x0,        0x40,       0x80,       0x170,      0x1d0,     0x200,      0x270,
				      0x400,      0x480,      0x6e0,      0x800,      0xd90,     0x4b564d00, 0xc0000080,
				      0xc0000100, 0xc0010000, 0xc0010100, 0xc0011020, 0x40000000 };
	u32 msr = fuzz_chance(4) ? fuzz_below(0x2000) : (u32)FUZZ_PICK(blocks) + fuzz_below(64);
	bool own = msr == MSR_EFER || (msr >= 0xc0000100 && msr <= 0xc0000102);

	(void)argument;
	if (fuzz_chance(16))
		msr = 0xc0010000 + fuzz_below(0x2000);
	if (fuzz_chance(2) && !own)
		apic_write(msr, fuzz_value());
	else
		msr_read(msr);
}

static void do_cpuid(u64 argument)
{
	static const u64 leaves[] = { 0, 0x40000000, 0x40000100, 0x80000000, 0x8fffffff };

	(void)argument;
	cpuid_read(fuzz_chance(4) ? (u32)fuzz_random() : (u32)FUZZ_PICK(leaves) + fuzz_below(40), fuzz_below(8));
}

static void do_control(u64 argument)
{
	/* The others are reserved, or no state to go on in: long mode without PAE, a cache mode that is none. */
	static const u64 cr4_bits[] = { 0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 16, 17, 18, 20, 21 }, cr0_bits[] = { 1, 2, 3, 5, 16, 18, 30 };
	u64 value;

	(void)argument;
	switch (fuzz_below(5)) {
	case 0:
		asm volatile("movq %%cr4, %0" : "=r"(value));
		asm volatile("movq %0, %%cr4" ::"r"(value ^ 1ull << FUZZ_PICK(cr4_bits)) : "memory");
		break;
	case 1:
		asm volatile("movq %%cr0, %0" : "=r"(value));
		asm volatile("movq %0, %%cr0" ::"r"(value ^ 1ull << FUZZ_PICK(cr0_bits)) : "memory");
		break;
	case 2: asm volatile("movq %0, %%cr8" ::"r"(fuzz_value()) : "memory"); break;
	case 3: asm volatile("movq %0, %%dr7" ::"r"(fuzz_value() & DR7_EXECUTE) : "memory"); break;
	default: asm volatile("movq %0, %%dr0; movq %0, %%dr6" ::"r"(fuzz_value()) : "memory");
	}
}

static void do_port(u64 argument)
{
	static const u64 blocks[] = { 0x20, 0x40, 0x60, 0x70, 0x80, 0xa0, 0xc0, 0x2f8, 0x3f8, 0x600, 0xcf8, 0x510 };
	u16 port = (u16)(fuzz_chance(2) ? fuzz_random() : FUZZ_PICK(blocks) + fuzz_below(8));
	u32 value = (u32)fuzz_value();

	(void)argument;
	/* Doors to reset end this run: only a few. */
	if ((port == 0x64 || port == 0x92 || port == 0xcf9 || (port & 0xff80) == 0x600) && !fuzz_chance(64))
		return;
	switch (fuzz_below(8)) {
	case 0: asm volatile("inb %%dx, %%al" : "+a"(value) : "d"(port)); break;
	case 1: asm volatile("inw %%dx, %%ax" : "+a"(value) : "d"(port)); break;
	case 2: asm volatile("inl %%dx, %%eax" : "+a"(value) : "d"(port)); break;
	case 3: asm volatile("outb %%al, %%dx" ::"a"(value), "d"(port)); break;
	case 4: asm volatile("outw %%ax, %%dx" ::"a"(value), "d"(port)); break;
	case 5: asm volatile("outl %%eax, %%dx" ::"a"(value), "d"(port)); break;
	case 6: asm volatile("rep insb" ::"D"(fuzz_own()), "c"(4), "d"(port) : "memory"); break;
	default: asm volatile("rep outsl" ::"S"(fuzz_own()), "c"(4), "d"(port) : "memory");
	}
}

static void do_instruction(u64 argument)
{
	static const struct {
		u8 bytes[4], count;
	} words[] = {
		{ { 0x0f, 0x01, 0xc1 }, 3 }, /* vmcall */
		{ { 0x0f, 0x01, 0xd8 }, 3 }, /* vmrun */
		{ { 0x0f, 0x01, 0xd9 }, 3 }, /* vmmcall */
		{ { 0x0f, 0x01, 0xda }, 3 }, /* vmload */
		{ { 0x0f, 0x01, 0xdb }, 3 }, /* vmsave */
		{ { 0x0f, 0x01, 0xdc }, 3 }, /* stgi */
		{ { 0x0f, 0x01, 0xdd }, 3 }, /* clgi */
		{ { 0x0f, 0x01, 0xde }, 3 }, /* skinit */
		{ { 0x0f, 0x01, 0xdf }, 3 }, /* invlpga */
		{ { 0x0f, 0x01, 0xc8 }, 3 }, /* monitor */
		{ { 0x0f, 0x01, 0xc9 }, 3 }, /* mwait */
		{ { 0x0f, 0x01, 0xd0 }, 3 }, /* xgetbv */
		{ { 0x0f, 0x01, 0xd1 }, 3 }, /* xsetbv */
		{ { 0x0f, 0x01, 0xf9 }, 3 }, /* rdtscp */
		{ { 0x0f, 0x01, 0xfd }, 3 }, /* rdpru */
		{ { 0x0f, 0x01, 0xfe }, 3 }, /* invlpgb */
		{ { 0x0f, 0x08 }, 2 },       /* invd */
		{ { 0x0f, 0x09 }, 2 },       /* wbinvd */
		{ { 0x0f, 0x0b }, 2 },       /* ud2 */
		{ { 0x0f, 0x33 }, 2 },       /* rdpmc */
		{ { 0x0f, 0x37 }, 2 },       /* getsec */
		{ { 0x0f, 0xaa }, 2 },       /* rsm */
		{ { 0xf1 }, 1 },             /* int1 */
		{ { 0xcc }, 1 },             /* int3 */
		{ { 0x0f, 0x01, 0x3e }, 3 }, /* invlpg (rsi) */
	};
	u32 n = fuzz_below(sizeof(words) / sizeof(words[0]));

	(void)argument;
	run_bytes(words[n].bytes, words[n].count);
}

const struct fuzz_act fuzz_acts[] = {
	{ "ioapic", 20, do_ioapic }, { "icr", 10, do_icr },        { "apic", 15, do_apic }, { "msr", 20, do_msr },
	{ "cpuid", 4, do_cpuid },    { "control", 6, do_control }, { "port", 10, do_port }, { "instruction", 10, do_instruction },
	{ NULL, 0, NULL },
};

static void end_ioapic(u64 argument)
{
	(void)argument;
	map_range(IOAPIC, 8, MAP_DEVICE);
	fuzz_access(IOAPIC + fuzz_below(0x1000), fuzz_below(FUZZ_WIDTHS));
}

/* Any instruction with a memory operand, at a register of the controller. */
static void end_instruction(u64 argument)
{
	u8 *code = fuzz_code();
	u64 at = fuzz_controller(), a = fuzz_value();
	u32 n = 0;

	(void)argument;
	if (fuzz_chance(3))
		code[n++] = (u8)(0x64 + fuzz_below(4));
	if (fuzz_chance(3))
		code[n++] = (u8)(0x40 + 8 * fuzz_below(2));
	if (fuzz_chance(3))
		code[n++] = 0x0f;
	code[n++] = (u8)fuzz_random();
	code[n++] = (u8)(fuzz_below(8) << 3 | 7); /* (rdi) */
	for (u32 i = 0; i < 10; i++)
		code[n++] = (u8)(i < 2 ? fuzz_random() : 0x90);
	code[n] = 0xc3;
	asm volatile("call *%1" : "+a"(a) : "r"(code), "D"(at), "S"(at) : "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "memory", "cc");
}

static void end_reset(u64 argument)
{
	static const u64 ports[] = { 0x64, 0x92, 0xcf9, 0x604, 0x600 };

	(void)argument;
	port_out8((u16)FUZZ_PICK(ports), (u8)(fuzz_chance(2) ? 0xfe : fuzz_random()));
}

static void end_init(u64 argument)
{
	(void)argument;
	msr_write(X2APIC_ICR, (u64)apic_id_of(0) << ICR_DESTINATION | (fuzz_chance(2) ? ICR_INIT : ICR_NMI) | ICR_ASSERT);
}

/* No more exceptions, or no more addresses. */
static void end_tables(u64 argument)
{
	static const u64 nothing[2];

	(void)argument;
	if (fuzz_chance(2))
		asm volatile("lidt %0; ud2" ::"m"(nothing));
	else
		asm volatile("movq %0, %%cr3" ::"r"(fuzz_value() & 0xfffffffff000ull) : "memory");
}

const struct fuzz_act fuzz_ends[] = {
	{ "end-ioapic", 4, end_ioapic }, { "end-instruction", 6, end_instruction }, { "end-reset", 2, end_reset },
	{ "end-init", 2, end_init },     { "end-tables", 2, end_tables },           { NULL, 0, NULL },
};

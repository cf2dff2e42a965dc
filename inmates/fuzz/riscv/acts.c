// SPDX-License-Identifier: BSD-2-Clause
/*
 * What a guest can do to a RISC-V hypervisor. Left out is what only hurts the guest itself: its page table, trap vector and where its
 * traps return to.
 */
#include "aia.h"
#include "../fuzz.h"
#include "port.h"

#define RETURN 0x00008067u
#define CSR_A0 0x00051573u /* csrrw a0, 0, a0; the number is at 20, set and clear are the next in bits 12 and 13 */
#define APLIC_SIZE 0x4000u

FUZZ_LOAD(8, "lbu %0, 0(%1)")
FUZZ_LOAD(16, "lh %0, 0(%1)")
FUZZ_LOAD(32, "lw %0, 0(%1)")
FUZZ_LOAD(64, "ld %0, 0(%1)")
FUZZ_STORE(8, "sb %0, 0(%1)")
FUZZ_STORE(16, "sh %0, 0(%1)")
FUZZ_STORE(32, "sw %0, 0(%1)")
FUZZ_STORE(64, "sd %0, 0(%1)")

void fuzz_code_sync(void *code, u32 bytes)
{
	(void)code;
	(void)bytes;
	asm volatile("fence rw, rw; fence.i" ::: "memory");
}

static u64 run_word(u32 word, u64 a0)
{
	return fuzz_run((u32[]){ word, RETURN }, 2, a0, 0, 0, 0);
}

/* --- interrupt controllers --------------------------------------------------------------------------------------------------- */

u64 fuzz_controller(void)
{
	if (fuzz_chance(4))
		return comm->imsic_gpa + fuzz_below(comm->cpu_count * 0x1000 / 4) * 4;
	return comm->aplic_gpa + fuzz_below(APLIC_SIZE / 4) * 4;
}

static void do_aplic(u64 argument)
{
	static const u64 banks[] = { APLIC_SOURCECFG,   APLIC_SETIP,    APLIC_SETIPNUM, APLIC_IN_CLRIP,    APLIC_CLRIPNUM,
				     APLIC_SETIE,       APLIC_SETIENUM, APLIC_CLRIE,    APLIC_CLRIENUM,    APLIC_SETIPNUM_LE,
				     APLIC_SETIPNUM_BE, APLIC_GENMSI,   APLIC_TARGET,   APLIC_MMSIADDRCFG, APLIC_SMSIADDRCFG };
	u64 at = fuzz_chance(4) ? fuzz_below(APLIC_SIZE / 4) * 4 : FUZZ_PICK(banks) + 4 * fuzz_below(fuzz_chance(2) ? 4 : 128);

	(void)argument;
	fuzz_access(comm->aplic_gpa + at, 2);
}

static void do_imsic(u64 argument)
{
	u64 page = comm->imsic_gpa + fuzz_below(comm->cpu_count) * IMSIC_PAGE;

	(void)argument;
	fuzz_access(page + (fuzz_chance(4) ? fuzz_below(0x1000) : 0), fuzz_chance(4) ? fuzz_below(FUZZ_WIDTHS) : 2);
}

/* Registers of the interrupt file; of some that are not there the hypervisor hears, and such a cell ends. */
static void do_imsic_indirect(u64 argument)
{
	u32 bank = fuzz_chance(2) ? IMSIC_EIP0 : IMSIC_EIE0;

	(void)argument;
	csr_write(CSR_SISELECT, fuzz_chance(3) ? IMSIC_EIDELIVERY + 2 * fuzz_below(2) : bank + 2 * fuzz_below((comm->imsic_ids + 1) / 64));
	if (fuzz_chance(2))
		csr_write(CSR_SIREG, fuzz_value());
	else
		csr_read(CSR_SIREG);
}

/* --- registers and instructions ---------------------------------------------------------------------------------------------- */

static bool guests_own(u32 csr)
{
	return csr == 0x180 || csr == 0x105 || csr == 0x100 || csr == CSR_SISELECT || csr == CSR_SIREG; /* satp, stvec, sstatus */
}

/* The hypervisor's level: such a cell ends. */
static bool denied(u32 csr)
{
	return (csr >> 8 & 3) == 2;
}

static u32 csr_word(u32 csr)
{
	return CSR_A0 + (fuzz_below(3) << 12) + (csr << 20);
}

static void do_csr(u64 argument)
{
	static const u64 blocks[] = { 0x000, 0x100, 0x140, 0x150, 0x5a8, 0xc00, 0xd00, 0x300, 0x340, 0x7a0, 0xb00, 0xda0, 0xf10 };
	u32 csr = fuzz_chance(4) ? fuzz_below(4096) : (u32)FUZZ_PICK(blocks) + fuzz_below(32);

	(void)argument;
	if (!guests_own(csr) && !denied(csr))
		run_word(csr_word(csr), fuzz_value());
}

static void do_instruction(u64 argument)
{
	/* sfence.vma, fence.i, sinval.vma, sfence.w.inval, cbo.clean, cbo.zero, cbo.inval, prefetch.w, pause, lr.d, sc.d, amoadd.d */
	static const u64 words[] = { 0x12050073, 0x0000100f, 0x16050073, 0x18000073, 0x0015200f, 0x0045200f, 0x0005200f,
				     0x00356013, 0x0100000f, 0x0ff0000f, 0x1005352f, 0x18a5352f, 0x00a5352f };

	(void)argument;
	run_word((u32)FUZZ_PICK(words), fuzz_own() & ~7ull);
}

/* --- calls ------------------------------------------------------------------------------------------------------------------- */

static void do_firmware(u64 argument)
{
	static const u64 extensions[] = { SBI_EXT_BASE, SBI_EXT_TIME,        SBI_EXT_IPI, SBI_EXT_RFENCE, SBI_EXT_RFENCE, SBI_EXT_PMU,
					  SBI_EXT_SUSP, SBI_EXT_HSM,         0x4e41434c,  0x535441,       0x535345,       0x46574654,
					  0x4d505859,   HYPERCALL_EID_RISCV, 0x08000000,  0x09000000,     0x0a000000 };
	u64 extension = fuzz_chance(16) ? fuzz_random() : FUZZ_PICK(extensions), function = fuzz_chance(16) ? fuzz_value() : fuzz_below(12);

	(void)argument;
	if (fuzz_chance(8))
		extension = fuzz_below(8); /* legacy, but for its shutdown */
	if (extension == SBI_EXT_HSM)
		function = fuzz_chance(8) ? 0 : 2; /* start, status: this CPU goes on */
	sbi_call(extension, function, fuzz_value(), fuzz_value(), fuzz_value(), fuzz_value(), fuzz_value());
}

/* The test reads that console: seldom much. */
static void do_firmware_console(u64 argument)
{
	u64 bytes = fuzz_chance(256) ? fuzz_value() : fuzz_below(32);

	(void)argument;
	sbi_call(SBI_EXT_DBCN, fuzz_below(4), bytes, fuzz_value(), fuzz_value(), 0, 0);
}

const struct fuzz_act fuzz_acts[] = {
	{ "aplic", 40, do_aplic },
	{ "imsic", 5, do_imsic },
	{ "indirect", 5, do_imsic_indirect },
	{ "csr", 20, do_csr },
	{ "instruction", 5, do_instruction },
	{ "firmware", 20, do_firmware },
	{ "firmware-console", 1, do_firmware_console },
	{ NULL, 0, NULL },
};

static void end_aplic(u64 argument)
{
	(void)argument;
	fuzz_access(comm->aplic_gpa + fuzz_below(2 * APLIC_SIZE), fuzz_below(FUZZ_WIDTHS));
}

/* Loads, stores and atomics of every kind, half of them compressed, at a register of the controller. */
static void end_instruction(u64 argument)
{
	static const u64 opcodes[] = { 0x03, 0x23, 0x2f, 0x07, 0x27 };
	u32 word = (u32)fuzz_random() & 0x01f07f80u, compressed = (u32)fuzz_random() & 0xfc7cu;

	(void)argument;
	if (fuzz_chance(2))
		run_word(word | 10u << 15 | (u32)FUZZ_PICK(opcodes), fuzz_controller());
	else
		run_word(0x00010000u | compressed | 2u << 7, fuzz_controller()); /* base a0; then c.nop */
}

static void end_csr(u64 argument)
{
	(void)argument;
	run_word(csr_word(0x200 + fuzz_below(0x100) + fuzz_below(4) * 0x400), fuzz_value());
}

static void end_indirect(u64 argument)
{
	(void)argument;
	csr_write(CSR_SISELECT, fuzz_value());
	csr_write(CSR_SIREG, fuzz_value());
}

/* hlv, hlvx, hsv, hfence; sret, mret, wfi and all that is near them. */
static void end_system(u64 argument)
{
	(void)argument;
	run_word(0x00000073u | ((u32)fuzz_random() & 0xfff00000u) | 10u << 15 | (fuzz_chance(2) ? 4u << 12 : 0) |
			 (fuzz_chance(2) ? 10u << 7 : 0),
		 fuzz_value());
}

static void end_firmware(u64 argument)
{
	static const u64 extensions[] = { SBI_EXT_SRST, SBI_EXT_HSM, SBI_EXT_SUSP, 8 };

	(void)argument;
	sbi_call(FUZZ_PICK(extensions), fuzz_below(4), fuzz_value(), fuzz_value(), fuzz_value(), fuzz_value(), fuzz_value());
}

const struct fuzz_act fuzz_ends[] = {
	{ "end-aplic", 4, end_aplic },
	{ "end-instruction", 6, end_instruction },
	{ "end-csr", 4, end_csr },
	{ "end-indirect", 1, end_indirect },
	{ "end-system", 4, end_system },
	{ "end-firmware", 4, end_firmware },
	{ NULL, 0, NULL },
};

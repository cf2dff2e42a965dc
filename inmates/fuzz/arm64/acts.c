// SPDX-License-Identifier: BSD-2-Clause
/*
 * What a guest can do to an arm64 hypervisor. Left out is what only hurts the guest itself (its page tables, vectors and stack
 * pointers), what CAVEATS says it can do, hold off its kick by an interrupt it never ends (IAR, AP1R0), and BPR1: QEMU 10 ends by an
 * assertion of its own where a value above 7 is written there.
 */
#include "../fuzz.h"
#include "gic.h"
#include "port.h"

#define RETURN 0xd65f03c0u
#define SYSTEM 0xd5000000u /* msr, mrs, sys, sysl: op0 at 19, op1 at 16, CRn at 12, CRm at 8, op2 at 5, register at 0 */
#define SYSTEM_READ 0x00200000u
#define GICD_SIZE 0x10000u

FUZZ_LOAD(8, "ldrb %w0, [%1]")
FUZZ_LOAD(16, "ldrh %w0, [%1]")
FUZZ_LOAD(32, "ldr %w0, [%1]")
FUZZ_LOAD(64, "ldr %0, [%1]")
FUZZ_STORE(8, "strb %w0, [%1]")
FUZZ_STORE(16, "strh %w0, [%1]")
FUZZ_STORE(32, "str %w0, [%1]")
FUZZ_STORE(64, "str %0, [%1]")

void fuzz_code_sync(void *code, u32 bytes)
{
	for (u64 at = (u64)(uintptr_t)code; at < (u64)(uintptr_t)code + bytes; at += 16)
		asm volatile("dc cvau, %0; dsb ish; ic ivau, %0" ::"r"(at) : "memory");
	asm volatile("dsb ish; isb" ::: "memory");
}

static u64 run_word(u32 word, u64 x0)
{
	return fuzz_run((u32[]){ word, RETURN }, 2, x0, 0, 0, 0);
}

/* --- the interrupt controller ------------------------------------------------------------------------------------------------ */

u64 fuzz_controller(void)
{
	if (fuzz_chance(3))
		return comm->gicr_gpa + (fuzz_random() % (comm->gicr_stride * comm->cpu_count) & ~7ull);
	return comm->gicd_gpa + fuzz_below(GICD_SIZE / 8) * 8;
}

/* Where registers are, most of the time. */
static u64 gic_register(void)
{
	static const u64 banks[] = { GICD_IGROUPR,   GICD_ISENABLER, GICD_ICENABLER,  GICD_ISPENDR, GICD_ICPENDR,
				     GICD_ISACTIVER, GICD_ICACTIVER, GICD_IPRIORITYR, GICD_ICFGR };
	u64 frame = fuzz_chance(3) ? comm->gicr_gpa + comm->gicr_stride * fuzz_below(comm->cpu_count) + GICR_SGI_BASE : comm->gicd_gpa;

	switch (fuzz_below(4)) {
	case 0: return fuzz_controller();
	case 1: return comm->gicd_gpa + GICD_IROUTER + 8 * fuzz_below(1024);
	case 2: return (fuzz_chance(2) ? comm->gicd_gpa : comm->gicr_gpa) + fuzz_below(0x80) / 4 * 4;
	default: return frame + FUZZ_PICK(banks) + fuzz_below(0x80) / 4 * 4;
	}
}

static void do_gic(u64 argument)
{
	u64 at = gic_register();
	bool bytes = (at & 0xffff) >= GICD_IPRIORITYR && (at & 0xffff) < 0x800;
	bool wide = (at & 0xffff) >= GICD_IROUTER && at % 8 == 0;

	(void)argument;
	fuzz_access(at, bytes && fuzz_chance(2) ? 0 : wide && fuzz_chance(2) ? 3 : 2);
}

static void do_sgi(u64 argument)
{
	u64 value = fuzz_chance(2) ? fuzz_random() : (fuzz_random() & 0x0f00ffffull);

	(void)argument;
	switch (fuzz_below(4)) {
	case 0: sysreg_write(s3_0_c12_c11_7, value); break; /* SGI0R */
	case 1: sysreg_write(s3_0_c12_c11_6, value); break; /* ASGI1R */
	default: sysreg_write(s3_0_c12_c11_5, value);       /* SGI1R */
	}
	asm volatile("isb");
}

/* --- system registers and instructions --------------------------------------------------------------------------------------- */

static bool guests_own(u32 op0, u32 op1, u32 crn, u32 crm, u32 op2)
{
	if (crn == 11 || crn == 15) /* implementation-defined: such a cell ends */
		return true;
	if (op0 < 2)
		return crn != 7 && crn != 8; /* hints, barriers and PSTATE; left: caches, addresses, translations */
	if (op0 == 2 || op1 != 0)
		return false;
	if (crn == 1)
		return crm == 0 && op2 == 0; /* SCTLR */
	if (crn == 12)
		return crm == 0 || crm == 9 || (crm == 8 && (op2 == 0 || op2 >= 4)) || /* VBAR, AP1R, IAR0, AP0R */
		       (crm == 12 && (op2 == 0 || op2 == 3));                          /* IAR1, BPR1 */
	return crn == 2 || crn == 4 || crn == 10;                                      /* tables, PSTATE, memory types */
}

static u32 system_word(u32 op0, u32 op1, u32 crn, u32 crm, u32 op2)
{
	return SYSTEM | op0 << 19 | op1 << 16 | crn << 12 | crm << 8 | op2 << 5;
}

static void do_register(u64 argument)
{
	u32 op0 = 1 + fuzz_below(3), op1 = fuzz_chance(2) ? 0 : fuzz_below(8), crn = fuzz_below(16), crm = fuzz_below(16),
	    op2 = fuzz_below(8);
	bool read = fuzz_chance(2);

	(void)argument;
	if (guests_own(op0, op1, crn, crm, op2))
		return;
	run_word(system_word(op0, op1, crn, crm, op2) | (read ? SYSTEM_READ : 0), fuzz_value());
}

static void do_icc(u64 argument)
{
	static const u64 registers[] = { 0x4600,          0xc800 | 1 << 4, 0xc800 | 2 << 4, 0xc800 | 3 << 4,
					 0xcb00 | 1 << 4, 0xcb00 | 3 << 4, 0xcc00 | 1 << 4, 0xcc00 | 2 << 4,
					 0xcc00 | 4 << 4, 0xcc00 | 5 << 4, 0xcc00 | 6 << 4, 0xcc00 | 7 << 4 };
	u64 reg = FUZZ_PICK(registers);

	(void)argument;
	run_word(system_word(3, 0, reg >> 12 & 15, reg >> 8 & 15, reg >> 4 & 7) | (fuzz_chance(3) ? SYSTEM_READ : 0), fuzz_value());
}

/* --- calls ------------------------------------------------------------------------------------------------------------------- */

static void firmware(u64 function)
{
	u32 call = fuzz_chance(3) ? 0xd4000003u : 0xd4000002u; /* smc #0, hvc #0 */

	fuzz_run((u32[]){ call, RETURN }, 2, function, fuzz_value(), fuzz_value(), fuzz_value());
}

static void do_firmware(u64 argument)
{
	/* Of PSCI what does not end this CPU. */
	static const u64 ranges[] = { 0, 0x80000000, 0x82000000, 0x84000040, 0x8600ff00, 0xc4000040, 0xc6000000, 0xc600b000, 0xbf000000 };
	static const u64 psci[] = { 0, 4, 5, 6, 7, 10, 11, 13, 14, 15, 16, 17, 19, 20, 21, 22 };

	(void)argument;
	if (fuzz_chance(2))
		firmware(FUZZ_PICK(psci) | 0x84000000 | (fuzz_chance(2) ? 0x40000000 : 0));
	else
		firmware(fuzz_chance(16) ? fuzz_random() : FUZZ_PICK(ranges) + fuzz_below(256));
}

const struct fuzz_act fuzz_acts[] = {
	{ "gic", 40, do_gic },           { "sgi", 5, do_sgi }, { "register", 20, do_register }, { "icc", 5, do_icc },
	{ "firmware", 10, do_firmware }, { NULL, 0, NULL },
};

static void end_gic(u64 argument)
{
	(void)argument;
	fuzz_access(gic_register() + fuzz_below(8), fuzz_below(FUZZ_WIDTHS));
}

/* Loads and stores of every kind, at a register of the controller. */
static void end_instruction(u64 argument)
{
	u64 at = gic_register();

	(void)argument;
	run_word(((u32)fuzz_random() & 0xf5fffc00u) | 0x08000000u | 1u, at);
}

static void end_register(u64 argument)
{
	(void)argument;
	run_word(SYSTEM | (1 + fuzz_below(3)) << 19 | fuzz_below(1 << 14) << 5 | (fuzz_chance(2) ? SYSTEM_READ : 0), fuzz_value());
}

static void end_psci(u64 argument)
{
	(void)argument;
	firmware(0x84000000 + fuzz_below(32) + (fuzz_chance(2) ? 0x40000000 : 0));
}

static void end_immediate(u64 argument)
{
	(void)argument;
	run_word(0xd4000000u | fuzz_below(0x10000) << 5 | (1 + fuzz_below(3)), fuzz_value()); /* svc, hvc, smc */
}

const struct fuzz_act fuzz_ends[] = {
	{ "end-gic", 4, end_gic },   { "end-instruction", 4, end_instruction }, { "end-register", 4, end_register },
	{ "end-psci", 4, end_psci }, { "end-immediate", 1, end_immediate },     { NULL, 0, NULL },
};

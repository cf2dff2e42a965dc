/* SPDX-License-Identifier: BSD-2-Clause */
/* The record of a cell's end by its own doing; text, JSON and core files are rendered from it. */
#ifndef BULKHEAD_ABI_FAULT_H
#define BULKHEAD_ABI_FAULT_H

#include <stdint.h>

#include "version.h"

/* X(number, NAME, "name", "help"); numbers are never reused. */
#define FAULT_CAUSES(X)                                                                                                            \
	X(0, NONE, "none", "no fault")                                                                                             \
	X(1, READ, "memory-read", "read outside the cell's memory and devices")                                                    \
	X(2, WRITE, "memory-write", "write outside the cell's memory and devices, or to a read-only region")                       \
	X(3, EXECUTE, "memory-execute", "instruction fetch outside executable memory")                                             \
	X(4, UNDECODED, "access-undecoded", "device access of a form the hardware does not describe (post-indexed, pair, vector)") \
	X(5, MMIO, "register-denied", "access to a controller register the cell may not use")                                      \
	X(6, SYSREG, "sysreg-denied", "system register the cell may not use")                                                      \
	X(7, FIRMWARE, "firmware-denied", "firmware call the cell may not make")                                                   \
	X(8, IPI, "ipi-denied", "inter-processor interrupt to a CPU that is not the cell's")                                       \
	X(9, EXTERNAL, "external-abort", "the bus refused an access")                                                              \
	X(10, UNKNOWN, "unknown-trap", "trap the hypervisor has no rule for")                                                      \
	X(11, WATCHDOG, "watchdog", "its heartbeat stood still for watchdog-ms, as the root's monitor saw")                        \
	X(12, RESET, "reset", "no fault: the guest asked for a reset of its machine")                                              \
	X(13, OFF, "switched-off", "no fault: the guest switched its machine off")

#define FAULT_ENUM(n, NAME, name, help) FAULT_##NAME = n,
enum fault_cause { FAULT_CAUSES(FAULT_ENUM) };

#define FAULT_REGS \
	31 /* arm64: x0-x30; riscv: x1-x31; x86: rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8-r15, cr0, cr2, cr3, cr4, efer, cs base */

struct fault_record {
	uint32_t size;  /* sizeof(struct fault_record) */
	uint32_t cause; /* enum fault_cause */
	uint64_t pc;
	uint64_t address;  /* guest-physical address or register number of the access; arm64 sysreg: ISS; riscv: CSR; x86: MSR */
	uint64_t vaddress; /* guest-virtual address, 0 if unknown */
	uint64_t syndrome; /* arm64: ESR_EL2; riscv: scause; x86: exit code << 32 | low half of its first detail word */
	uint64_t pstate;   /* arm64: SPSR_EL2; riscv: vsstatus; x86: rflags */
	uint64_t sp;
	uint64_t counter;  /* counter ticks at the fault */
	uint64_t sequence; /* faults since enable */
	uint32_t cpu;      /* board CPU number */
	uint32_t vcpu;     /* the cell's CPU number */
	char cell[BULKHEAD_NAME_SIZE];
	uint64_t regs[FAULT_REGS];
};

_Static_assert(sizeof(struct fault_record) == 112 + 8 * FAULT_REGS, "ABI");

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a test of RISC-V sources includes before them: their own parts of struct cell and struct cpu, not the fake
 * architecture's; registers, fences and firmware are the test's.
 */
#ifndef UNIT_RISCV_H
#define UNIT_RISCV_H

#define CSR_FAKE
#define FENCE_FAKE
#define SBI_FAKE

#include "../../hypervisor/arch/riscv/include/asm/arch_cell.h"
#include "../../hypervisor/arch/riscv/include/asm/arch_cpu.h"

#include "unit.h"

#include "fake/fake.h"

#include <asm/csr.h>
#include <asm/fence.h>
#include <asm/sbi.h>

/* As on a stack: the frame of a guest's trap, and its CPU where the stack ends. */
struct stack_end {
	struct trap_frame frame;
	struct cpu cpu;
};
_Static_assert(offsetof(struct stack_end, cpu) == sizeof(struct trap_frame), "port.h: cpu_of()");

#endif

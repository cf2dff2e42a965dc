/* SPDX-License-Identifier: GPL-2.0-only */
/* What a test of x86 sources includes before them: their own parts of struct cell and struct cpu, not the fake architecture's. */
#ifndef UNIT_X86_H
#define UNIT_X86_H

#define X86_FAKE /* registers and instructions are the test's */

#include "../../hypervisor/arch/x86/include/asm/arch_cell.h"
#include "../../hypervisor/arch/x86/include/asm/arch_cpu.h"

#include "unit.h"

#include "fake/fake.h"

#include <asm/x86.h>

#endif

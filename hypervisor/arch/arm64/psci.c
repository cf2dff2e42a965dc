/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns firmware calls: PSCI is mediated, other calls follow a table; what is not in it goes to firmware for the root
 * and nowhere for a cell. Arm DEN 0022 (PSCI), DEN 0028 (SMCCC).
 */
#include <asm/port.h>
#include <asm/sysregs.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>

enum psci_result {
	PSCI_SUCCESS = 0,
	PSCI_NOT_SUPPORTED = -1,
	PSCI_INVALID_PARAMETERS = -2,
	PSCI_DENIED = -3,
	PSCI_ALREADY_ON = -4,
	PSCI_ON_PENDING = -5,
	PSCI_INVALID_ADDRESS = -9,
};

#define PSCI_VERSION 0x84000000u
#define PSCI_CPU_SUSPEND 0x84000001u
#define PSCI_CPU_OFF 0x84000002u
#define PSCI_CPU_ON 0x84000003u
#define PSCI_AFFINITY_INFO 0x84000004u
#define PSCI_MIGRATE_INFO_TYPE 0x84000006u
#define PSCI_SYSTEM_OFF 0x84000008u
#define PSCI_SYSTEM_RESET 0x84000009u
#define PSCI_FEATURES 0x8400000au
#define PSCI_SYSTEM_RESET2 0x84000012u
#define PSCI_LAST 0x8400001fu
#define SMCCC_VERSION 0x80000000u
#define SMCCC_ARCH_FEATURES 0x80000001u
#define SMCCC_64BIT 0x40000000u
#define PSCI_AFFINITY_OFF 1

int affinity_vcpu(const struct cell *cell, u64 affinity)
{
	for (u32 i = 0; i < cell->cpu_count; i++)
		if (vcpu_affinity(cell, i) == affinity)
			return (int)i;
	return -1;
}

static s64 cpu_on(struct cpu *cpu, const u64 *args)
{
	int vcpu = affinity_vcpu(cpu->cell, args[0]);

	if (vcpu < 0)
		return PSCI_INVALID_PARAMETERS;
	switch (cpu_power_on(cpu->cell, (u32)vcpu, args[1], args[2])) {
	case 0: return PSCI_SUCCESS;
	case -BH_EBUSY: return load_acquire(&cpu_slots[cpu->cell->cpus[vcpu]].power) == POWER_ON ? PSCI_ALREADY_ON : PSCI_ON_PENDING;
	default: return PSCI_DENIED; /* the root: a cell has it */
	}
}

static s64 affinity_info(struct cpu *cpu, const u64 *args)
{
	int vcpu = args[1] == 0 ? affinity_vcpu(cpu->cell, args[0]) : -1;

	if (vcpu < 0)
		return PSCI_INVALID_PARAMETERS;
	const struct cpu_slot *slot = &cpu_slots[cpu->cell->cpus[vcpu]];
	switch (load_acquire(&slot->power)) {
	case POWER_ON: return 0;
	case POWER_OFF: /* not off before it waits in the hypervisor */
		return cpu_has_guest(slot) && slot->cell == cpu->cell ? 0 : PSCI_AFFINITY_OFF;
	default: return 2;
	}
}

/* Standby: a power-down state may be entered as one. WFI at EL2 ends with any pending interrupt. */
static s64 cpu_suspend(struct cpu *cpu, const u64 *args)
{
	if (!(load_acquire(&cpu->slot->request) & CPU_REQ_LEAVE))
		wfi();
	return PSCI_SUCCESS;
}

static s64 cpu_off(struct cpu *cpu, const u64 *args)
{
	cpu_power_off(cpu);
}

static s64 to_firmware(struct cpu *cpu, const u64 *args)
{
	u64 regs[18];

	memcpy(regs, args - 1, sizeof(regs));
	if (system_plan.machine->flags & BLOB_MACHINE_DENY_ROOT_SMC)
		return PSCI_NOT_SUPPORTED;
	smc_call(regs);
	memcpy(&cpu->arch.frame->x[1], &regs[1], 3 * sizeof(u64));
	return (s64)regs[0];
}

/* The root's switches the machine off, unless a critical cell runs; a cell's concerns that cell only. */
static s64 system_off(struct cpu *cpu, const u64 *args)
{
	if (!cell_is_root(cpu->cell))
		cell_halt(cpu, ((u32)args[-1] & ~SMCCC_64BIT) == PSCI_SYSTEM_OFF ? FAULT_OFF : FAULT_RESET);
	return cell_refuses_reset() ? PSCI_DENIED : to_firmware(cpu, args);
}

static s64 psci_version(struct cpu *cpu, const u64 *args)
{
	return cell_is_root(cpu->cell) ? to_firmware(cpu, args) : 0x10001;
}

static s64 smccc_version(struct cpu *cpu, const u64 *args)
{
	return cell_is_root(cpu->cell) ? to_firmware(cpu, args) : 0x10001;
}

static s64 migrate_info(struct cpu *cpu, const u64 *args)
{
	return 2; /* no trusted OS that cares */
}

static s64 psci_features(struct cpu *cpu, const u64 *args);

static const struct {
	u32 function; /* 32-bit form; bit 30 is ignored */
	s64 (*run)(struct cpu *cpu, const u64 *args);
} firmware[] = {
	{ PSCI_VERSION, psci_version },   { PSCI_CPU_SUSPEND, cpu_suspend },     { PSCI_CPU_OFF, cpu_off },
	{ PSCI_CPU_ON, cpu_on },          { PSCI_AFFINITY_INFO, affinity_info }, { PSCI_MIGRATE_INFO_TYPE, migrate_info },
	{ PSCI_SYSTEM_OFF, system_off },  { PSCI_SYSTEM_RESET, system_off },     { PSCI_SYSTEM_RESET2, system_off },
	{ PSCI_FEATURES, psci_features }, { SMCCC_VERSION, smccc_version },      { SMCCC_ARCH_FEATURES, to_firmware },
	{ 0x80003fff, to_firmware }, /* SMCCC_ARCH_WORKAROUND_3, 2, 1: speculation mitigations of this very CPU */
	{ 0x80007fff, to_firmware },      { 0x80008000, to_firmware },
};

static int find(u32 function)
{
	for (u32 i = 0; i < ARRAY_SIZE(firmware); i++)
		if (firmware[i].function == (function & ~SMCCC_64BIT))
			return (int)i;
	return -1;
}

static s64 psci_features(struct cpu *cpu, const u64 *args)
{
	return find((u32)args[0]) >= 0 ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED;
}

void firmware_call(struct cpu *cpu, struct trap_frame *frame)
{
	u32 function = (u32)frame->x[0];
	int at = find(function);
	bool psci = (function & ~SMCCC_64BIT) >= PSCI_VERSION && (function & ~SMCCC_64BIT) <= PSCI_LAST;
	const u64 *args = &frame->x[1];

	count_exit(cpu, EXIT_FIRMWARE);
	if (at >= 0)
		frame->x[0] = (u64)firmware[at].run(cpu, args);
	else if (!psci && cell_is_root(cpu->cell))
		frame->x[0] = (u64)to_firmware(cpu, args);
	else
		frame->x[0] = (u64)(s64)PSCI_NOT_SUPPORTED;
}

void psci_cpu_off(void)
{
	u64 regs[18] = { PSCI_CPU_OFF };

	smc_call(regs);
	panic("firmware refused CPU_OFF: %lld", (long long)regs[0]);
}

bool psci_is_off(u64 mpidr)
{
	u64 regs[18] = { PSCI_AFFINITY_INFO | SMCCC_64BIT, mpidr, 0 };

	smc_call(regs);
	return regs[0] == PSCI_AFFINITY_OFF;
}

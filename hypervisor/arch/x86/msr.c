/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Model-specific registers, as a table: the root may do what it did before but for the rows that say otherwise; a cell only what a
 * row allows. What passes costs no exit. AMD APM vol. 2, appendix A.
 */
#include <asm/port.h>
#include <asm/vcpu.h>
#include <asm/x86.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>

enum action {
	REFUSE = 0, /* general protection, as a register that is not there */
	PASS,
	NOTHING, /* reads zero, ignores writes */
	OWN,     /* read_own(), write_own() */
};

struct rule {
	u32 first, last;
	u8 root_read, root_write, cell_read, cell_write; /* enum action */
};

#define X2(reg) (MSR_X2APIC + (reg))
#define ICR_TO_SELF BIT64(18)

/* No register in two rows. */
static const struct rule rules[] = {
	/* x2APIC: what sends interrupts and what they may be. */
	{ MSR_X2APIC_ICR, MSR_X2APIC_ICR, PASS, OWN, PASS, OWN }, /* trap_msr() */
	{ X2(0x2f), X2(0x2f), PASS, OWN, NOTHING, NOTHING },      /* not on every machine */
	{ X2(0x33), X2(0x37), PASS, OWN, PASS, OWN },
	{ MSR_TSC, MSR_TSC, PASS, PASS, PASS, NOTHING },
	{ MSR_APIC_BASE, MSR_APIC_BASE, PASS, OWN, OWN, OWN },
	{ 0x3a, 0x3b, PASS, PASS, NOTHING, NOTHING },
	{ MSR_SPEC_CTRL, MSR_PRED_CMD, PASS, PASS, PASS, PASS },
	{ 0x79, 0x79, PASS, NOTHING, REFUSE, REFUSE }, /* microcode */
	{ MSR_BIOS_SIGN, MSR_BIOS_SIGN, PASS, PASS, PASS, NOTHING },
	{ 0xfe, 0xfe, PASS, PASS, PASS, NOTHING }, /* MTRR: the machine's, and seen */
	{ MSR_SYSENTER_CS, MSR_SYSENTER_EIP, PASS, PASS, PASS, PASS },
	{ 0x179, 0x17a, PASS, PASS, NOTHING, NOTHING },
	{ MSR_MISC_ENABLE, MSR_MISC_ENABLE, PASS, PASS, NOTHING, NOTHING },
	{ MSR_DEBUGCTL, MSR_DEBUGCTL, PASS, PASS, NOTHING, NOTHING },
	{ 0x200, MSR_PAT - 1, PASS, PASS, PASS, NOTHING },
	{ MSR_PAT, MSR_PAT, PASS, PASS, PASS, PASS }, /* switched with the guest */
	{ MSR_PAT + 1, 0x2ff, PASS, PASS, PASS, NOTHING },
	{ MSR_TSC_DEADLINE, MSR_TSC_DEADLINE, PASS, PASS, PASS, PASS },
	/* x2APIC: own registers, but for those above. An access where none is leaves an error that an emulator never clears. */
	{ X2(0x02), X2(0x03), PASS, PASS, PASS, REFUSE },
	{ X2(0x08), X2(0x08), PASS, PASS, PASS, PASS },
	{ X2(0x0a), X2(0x0a), PASS, PASS, PASS, REFUSE },
	{ X2(0x0b), X2(0x0b), PASS, PASS, REFUSE, PASS },
	{ X2(0x0d), X2(0x0d), PASS, PASS, PASS, REFUSE },
	{ X2(0x0f), X2(0x0f), PASS, PASS, PASS, PASS },
	{ X2(0x10), X2(0x27), PASS, PASS, PASS, REFUSE },
	{ X2(0x28), X2(0x28), PASS, PASS, PASS, PASS },
	{ X2(0x32), X2(0x32), PASS, PASS, PASS, OWN }, /* an emulated timer sends SMIs if told so */
	{ X2(0x38), X2(0x38), PASS, PASS, PASS, PASS },
	{ X2(0x39), X2(0x39), PASS, PASS, PASS, REFUSE },
	{ X2(0x3e), X2(0x3e), PASS, PASS, PASS, PASS },
	{ X2(0x3f), X2(0x3f), PASS, PASS, REFUSE, OWN },
	{ MSR_XSS, MSR_XSS, PASS, PASS, REFUSE, REFUSE },
	{ MSR_EFER, MSR_EFER, PASS, OWN, OWN, OWN },
	{ MSR_STAR, MSR_SFMASK, PASS, PASS, PASS, PASS },
	{ MSR_FS_BASE, MSR_KERNEL_GS_BASE, PASS, PASS, PASS, PASS },
	{ MSR_TSC_AUX, MSR_TSC_AUX, PASS, PASS, PASS, PASS },
	/* Where memory is, and microcode: nobody's, the values firmware set stay. */
	{ MSR_SYSCFG, MSR_SYSCFG, PASS, NOTHING, PASS, NOTHING },
	{ 0xc0010015, 0xc0010015, PASS, PASS, PASS, NOTHING }, /* HWCR */
	{ 0xc0010016, 0xc001001d, PASS, NOTHING, NOTHING, NOTHING },
	{ 0xc0010020, 0xc0010020, PASS, NOTHING, REFUSE, REFUSE },
	{ 0xc0010055, 0xc0010055, PASS, PASS, NOTHING, NOTHING },
	{ 0xc0010111, 0xc0010113, PASS, REFUSE, REFUSE, REFUSE }, /* SMM */
	{ MSR_VM_CR, MSR_VM_CR, PASS, REFUSE, REFUSE, REFUSE },
	{ 0xc0010115, 0xc0010116, REFUSE, REFUSE, REFUSE, REFUSE }, /* IGNNE, SMM_CTL */
	{ MSR_VM_HSAVE_PA, MSR_VM_HSAVE_PA, NOTHING, REFUSE, REFUSE, REFUSE },
	{ 0xc0010118, 0xc0010119, REFUSE, REFUSE, REFUSE, REFUSE }, /* SVM key */
	{ 0xc0011029, 0xc0011029, PASS, PASS, PASS, NOTHING },      /* DE_CFG */
};

/* Two pages each: two bits a register, read and write, for three blocks of 8192. */
#define MAP_SIZE 8192
#define MAP_BLOCK 2048
u8 msr_map_root[MAP_SIZE] __attribute__((aligned(4096)));
u8 msr_map_cell[MAP_SIZE] __attribute__((aligned(4096)));

static const u32 blocks[] = { 0, 0xc0000000, 0xc0010000 };

static bool in_map(u32 msr)
{
	for (u32 i = 0; i < ARRAY_SIZE(blocks); i++)
		if (msr - blocks[i] < 4 * MAP_BLOCK)
			return true;
	return false;
}

static void map_set(u8 *map, u32 msr, bool write, bool trapped)
{
	for (u32 i = 0; i < ARRAY_SIZE(blocks); i++) {
		u32 n = msr - blocks[i];
		u8 *byte = &map[i * MAP_BLOCK + n / 4];
		u8 bit = (u8)(1u << (n % 4 * 2 + write));

		if (n < 4 * MAP_BLOCK)
			*byte = trapped ? *byte | bit : *byte & (u8)~bit;
	}
}

static enum action action_of(bool root, u32 msr, bool write)
{
	for (u32 i = 0; i < ARRAY_SIZE(rules); i++) {
		const struct rule *r = &rules[i];

		if (msr >= r->first && msr <= r->last)
			return (enum action)(root ? write ? r->root_write : r->root_read : write ? r->cell_write : r->cell_read);
	}
	return root && in_map(msr) ? PASS : REFUSE;
}

void msr_init(void)
{
	memset(msr_map_root, 0, MAP_SIZE);
	memset(msr_map_cell, 0xff, MAP_SIZE);
	for (u32 i = 0; i < ARRAY_SIZE(rules); i++) {
		const struct rule *r = &rules[i];

		for (u32 msr = r->first; msr <= r->last; msr++) {
			map_set(msr_map_root, msr, false, r->root_read != PASS);
			map_set(msr_map_root, msr, true, r->root_write != PASS);
			map_set(msr_map_cell, msr, false, r->cell_read != PASS);
			map_set(msr_map_cell, msr, true, r->cell_write != PASS);
		}
	}
}

/* --- KVM's clock, once and for all: the TSC is never offset or stopped --- */

struct kvm_wall_clock {
	u32 version, seconds, nanoseconds;
};

struct kvm_time {
	u32 version, reserved;
	u64 tsc, system_time;
	u32 multiplier;
	signed char shift;
	u8 flags;
	u8 reserved2[2];
};

#define KVM_TIME_STABLE 1
#define KVM_TIME_ENABLE 1
#define NANOSECONDS 1000000000ull

/* time = (ticks << shift) * multiplier >> 32 */
static struct kvm_time kvm_time(void)
{
	struct kvm_time t = { .version = 2, .flags = KVM_TIME_STABLE };
	u64 hz = arch_facts.counter_hz;

	for (; hz <= NANOSECONDS; hz <<= 1)
		t.shift++;
	t.multiplier = (u32)((NANOSECONDS << 32) / hz);
	return t;
}

/* ACCESS_AGAIN: ownership is being changed. */
static enum access_result write_clock(struct cpu *cpu, u32 msr, u64 value)
{
	u64 epoch = boot_block->epoch_ns;
	struct kvm_wall_clock wall = { 2, (u32)(epoch / NANOSECONDS), (u32)(epoch % NANOSECONDS) };
	struct kvm_time time = kvm_time();
	struct mgmt m;
	int err;

	if (msr == MSR_KVM_SYSTEM_TIME && !(value & KVM_TIME_ENABLE))
		return ACCESS_DONE;
	if (!mgmt_trylock(&m))
		return ACCESS_AGAIN;
	if (msr == MSR_KVM_WALL_CLOCK)
		err = guestmem_write(m, cpu->cell, value, &wall, sizeof(wall));
	else
		err = guestmem_write(m, cpu->cell, value & ~(u64)KVM_TIME_ENABLE, &time, sizeof(time));
	mgmt_unlock(m);
	return err ? ACCESS_FAULT : ACCESS_DONE;
}

/* --- what is done here --- */

static u64 read_own(struct cpu *cpu, u32 msr)
{
	if (msr == MSR_EFER)
		return vcpu_read(VCPU_EFER);
	/* APIC_BASE: the cell's first CPU is the bootstrap processor, whatever it is in the machine. */
	return (msr_read(MSR_APIC_BASE) & ~APIC_BASE_BSP) | (cpu->vcpu == 0 ? APIC_BASE_BSP : 0);
}

static enum access_result write_own(struct cpu *cpu, u32 msr, u64 value)
{
	bool done;

	if (msr == MSR_EFER)
		done = vcpu_write_efer(value);
	else if (msr == MSR_APIC_BASE)
		done = ((value ^ msr_read(MSR_APIC_BASE)) & ~APIC_BASE_BSP) == 0;
	else if (msr == X2(0x3f)) /* to itself */
		return apic_send(cpu, ICR_TO_SELF | (u8)value);
	else
		done = apic_write_lvt(cpu, msr, value);
	return done ? ACCESS_DONE : ACCESS_FAULT;
}

static bool is_clock(const struct cpu *cpu, u32 msr)
{
	return !cell_is_root(cpu->cell) && (msr == MSR_KVM_WALL_CLOCK || msr == MSR_KVM_SYSTEM_TIME);
}

static enum access_result access_msr(struct cpu *cpu, u32 msr, bool write, u64 *value)
{
	enum action action = action_of(cell_is_root(cpu->cell), msr, write);

	if (write && is_clock(cpu, msr))
		return write_clock(cpu, msr, *value);
	if (action == REFUSE)
		return ACCESS_FAULT;
	if (write)
		return action == OWN ? write_own(cpu, msr, *value) : ACCESS_DONE;
	*value = action == OWN ? read_own(cpu, msr) : 0;
	return ACCESS_DONE;
}

void trap_msr(struct cpu *cpu, struct trap_frame *frame, bool write)
{
	u32 msr = (u32)frame->r[REG_RCX];
	u64 value = frame->r[REG_RDX] << 32 | (u32)frame->r[REG_RAX];
	enum access_result result;

	if (write && msr == MSR_X2APIC_ICR) { /* all the time */
		count_exit(cpu, EXIT_IPI);
		result = apic_send(cpu, value);
	} else {
		count_exit(cpu, EXIT_X86_MSR);
		result = access_msr(cpu, msr, write, &value);
	}
	if (result == ACCESS_FAULT)
		inject_gp(cpu);
	if (result != ACCESS_DONE)
		return;
	if (!write) {
		frame->r[REG_RAX] = (u32)value;
		frame->r[REG_RDX] = value >> 32;
	}
	vcpu_skip(cpu, 2);
}

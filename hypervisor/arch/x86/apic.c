/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The local APIC, in x2APIC mode: guests use their own directly, but what reaches other CPUs or changes how interrupts are delivered
 * is checked here. An INIT never reaches a CPU: it would reset it out of the hypervisor. INIT and SIPI are parking and starting.
 */
#include <asm/port.h>
#include <asm/vcpu.h>
#include <asm/x86.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

#define X2APIC(reg) (MSR_X2APIC + (reg))
enum {
	APIC_TPR = 0x08,
	APIC_EOI = 0x0b,
	APIC_SVR = 0x0f,
	APIC_ISR = 0x10,
	APIC_IRR = 0x20,
	APIC_ESR = 0x28,
	APIC_LVT_CMCI = 0x2f,
	APIC_ICR = 0x30,
	APIC_LVT_TIMER = 0x32,
	APIC_LVT_PERF = 0x34,
	APIC_LVT_LINT0 = 0x35,
	APIC_LVT_ERROR = 0x37,
	APIC_TIMER_COUNT = 0x38,
	APIC_TIMER_DIVIDE = 0x3e,
};

#define SVR_RESET 0xffu
#define SVR_ENABLE 0x100u
#define LVT_MASKED 0x10000u
#define MODE_OF(word) ((word) >> 8 & 7)
enum { MODE_FIXED = 0, MODE_LOWEST = 1, MODE_SMI = 2, MODE_NMI = 4, MODE_INIT = 5, MODE_SIPI = 6, MODE_EXTINT = 7 };

#define ICR_LOGICAL BIT64(11)
#define ICR_ASSERT BIT64(14)
#define ICR_LEVEL BIT64(15)
#define ICR_SHORTHAND(icr) ((icr) >> 18 & 3)
enum { SHORTHAND_NONE, SHORTHAND_SELF, SHORTHAND_ALL, SHORTHAND_OTHERS };
#define BROADCAST 0xffffffffu
#define VECTOR_DEVICES 32 /* exceptions are below */

#define DRAIN_ROUNDS 512 /* one interrupt each at least: there are 240 vectors, pending and in service */
#define CPUID_TSC_DEADLINE BIT64(24)
#define MSR_MCG_CAP 0x179
#define MCG_CMCI BIT64(10)

int apic_probe(void)
{
	u64 want = APIC_BASE_ENABLE | APIC_BASE_EXTD;

	if ((msr_read(MSR_APIC_BASE) & want) == want)
		return 0;
	log_line("the kernel does not use x2APIC mode; it needs interrupt remapping, and no nox2apic");
	return -BH_ENODEV;
}

static void icr_write(u64 hwid, u32 command)
{
	fence_all(); /* what the target will look at, before the message: this write orders nothing */
	msr_write(X2APIC(APIC_ICR), hwid << 32 | ICR_ASSERT | command);
}

void apic_send_init(u64 hwid)
{
	icr_write(hwid, MODE_INIT << 8);
}

void apic_send_nmi(u64 hwid)
{
	icr_write(hwid, MODE_NMI << 8);
}

void arch_cpu_kick(const struct cpu_slot *slot)
{
	u32 before = atomic_or(&cpu_slots[slot->index].request, CPU_REQ_KICK);

	if (!(before & CPU_REQ_KICK)) /* else one is under way, and its taker looks at all requests */
		apic_send_nmi(slot->hwid);
}

void arch_irq_send(const struct cell *to, u32 irq)
{
	u32 vcpu = (u16)irq, vector = (u8)(irq >> 16);

	if (vector < VECTOR_DEVICES || vcpu >= to->cpu_count)
		return;
	const struct cpu_slot *slot = &cpu_slots[to->cpus[vcpu]];
	if (slot->cell == to && cpu_has_guest(slot))
		icr_write(slot->hwid, vector);
}

/* --- what guests send --- */

static bool is_target(const struct cpu *cpu, const struct cpu_slot *slot, u64 icr)
{
	u32 destination = (u32)(icr >> 32), id = (u32)slot->hwid;

	switch (ICR_SHORTHAND(icr)) {
	case SHORTHAND_SELF: return slot == cpu->slot;
	case SHORTHAND_ALL: return true;
	case SHORTHAND_OTHERS: return slot != cpu->slot;
	}
	if (destination == BROADCAST)
		return true;
	/* Logical ids follow from the physical ones: a cluster of sixteen, one bit each. */
	if (icr & ICR_LOGICAL)
		return destination >> 16 == id >> 4 && (destination >> (id & 15) & 1);
	return destination == id;
}

static void send_init(struct cpu_slot *slot)
{
	if (!cpu_has_guest(slot))
		return;
	atomic_or(&slot->request, CPU_REQ_INIT);
	arch_cpu_kick(slot);
}

/* The INIT before it may still be on its way; nobody waits for that in here. */
static enum access_result send_sipi(struct cpu *cpu, struct cpu_slot *slot, u8 vector)
{
	if ((load_acquire(&slot->request) & CPU_REQ_INIT) && cpu_has_guest(slot))
		return ACCESS_AGAIN;
	int err = cpu_power_on(cpu->cell, slot->vcpu, ENTRY_SIPI | vector, 0);

	(void)err; /* it runs already: a SIPI is ignored */
	return ACCESS_DONE;
}

static enum access_result deliver(struct cpu *cpu, struct cpu_slot *slot, u64 icr)
{
	switch (MODE_OF(icr)) {
	case MODE_NMI:
		atomic_or(&slot->request, CPU_REQ_NMI);
		arch_cpu_kick(slot);
		return ACCESS_DONE;
	case MODE_INIT:
		if (!(icr & ICR_LEVEL) || (icr & ICR_ASSERT)) /* the end of a level-triggered one says nothing */
			send_init(slot);
		return ACCESS_DONE;
	case MODE_SIPI: return send_sipi(cpu, slot, (u8)icr);
	default:
		if ((u8)icr >= VECTOR_LEGAL)
			icr_write(slot->hwid, (u8)icr);
		return ACCESS_DONE;
	}
}

/* Sent again in part, a SIPI does no harm: who it started runs. */
enum access_result apic_send(struct cpu *cpu, u64 icr)
{
	enum access_result result = ACCESS_DONE;
	struct cell *cell = cpu->cell;
	u64 mode = MODE_OF(icr);

	if (mode == MODE_SMI || mode == 3 || mode == MODE_EXTINT)
		return ACCESS_FAULT;
	for (u32 i = 0; i < cell->cpu_count; i++) {
		struct cpu_slot *slot = &cpu_slots[cell->cpus[i]];

		/* The root's list holds all CPUs of the board. Others' are not there, as if they were not fitted. */
		if (slot->cell != cell || !is_target(cpu, slot, icr))
			continue;
		if (slot == cpu->slot && (mode == MODE_INIT || mode == MODE_SIPI))
			continue;
		if (deliver(cpu, slot, icr) != ACCESS_DONE)
			result = ACCESS_AGAIN;
	}
	return result;
}

/* A cell has timer and error, in no other mode than fixed: the rest stays masked. The root may not use SMI and INIT. */
bool apic_write_lvt(struct cpu *cpu, u32 msr, u64 value)
{
	u64 mode = MODE_OF(value);
	bool own = msr == X2APIC(APIC_LVT_TIMER) || msr == X2APIC(APIC_LVT_ERROR);

	if (cell_is_root(cpu->cell) ? mode == MODE_SMI || mode == MODE_INIT : mode != MODE_FIXED || !own || (u8)value < VECTOR_LEGAL)
		value |= LVT_MASKED;
	return msr_write_safe(msr, value);
}

/* --- change of owner --- */

static bool any(u32 first)
{
	u64 bits = 0;

	for (u32 i = 0; i < 8; i++)
		bits |= msr_read(X2APIC(first + i));
	return bits != 0;
}

void apic_reset(void)
{
	u64 banks;

	msr_write(X2APIC(APIC_TIMER_COUNT), 0);
	if (cpuid(1, 0).ecx & CPUID_TSC_DEADLINE)
		msr_write(MSR_TSC_DEADLINE, 0);
	/* Only where it is: the APIC notes the access as an error, which the kernel takes for a failed start of the next CPU. */
	if (msr_read_safe(MSR_MCG_CAP, &banks) && banks & MCG_CMCI)
		msr_write(X2APIC(APIC_LVT_CMCI), LVT_MASKED);
	for (u32 reg = APIC_LVT_TIMER; reg <= APIC_LVT_ERROR; reg++)
		msr_write_safe(X2APIC(reg), LVT_MASKED);
	/* What is pending is taken, and what is in service ended: nothing else clears them. */
	msr_write(X2APIC(APIC_TPR), 0);
	msr_write(X2APIC(APIC_SVR), SVR_RESET | SVR_ENABLE);
	for (u32 i = 0; i < DRAIN_ROUNDS; i++) {
		if (any(APIC_ISR))
			msr_write(X2APIC(APIC_EOI), 0);
		else if (any(APIC_IRR))
			vcpu_open(true);
		else
			break;
	}
	msr_write(X2APIC(APIC_TIMER_DIVIDE), 0);
	msr_write(X2APIC(APIC_SVR), SVR_RESET);
	msr_write(X2APIC(APIC_ESR), 0);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* The rest of arch.h on x86: probing, bringing a CPU in and out, running and parking guests, the kick. */
#include <asm/ioapic.h>
#include <asm/layout.h>
#include <asm/port.h>
#include <asm/vcpu.h>
#include <asm/x86.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

#define KICK_NMI 3 /* system_info.kick_method */
#define CPUID_GIANT_PAGES BIT64(26)
#define OFF_SECONDS_PART 50 /* 20 ms: an INIT has long been taken */

struct arch_facts arch_facts;

static u64 off_since[BULKHEAD_MAX_CPUS]; /* counter when the INIT was sent; guarded by mgmt */

/* The stack is the page before struct cpu; a function that runs has its return address there. */
struct cpu *arch_this_cpu(void)
{
	u64 rsp;

	__asm__("mov %%rsp, %0" : "=r"(rsp));
	return (struct cpu *)((rsp & ~(PAGE_SIZE - 1)) + PERCPU_CPU - PERCPU_STACK);
}

u64 arch_counter(void)
{
	return read_tsc();
}

void arch_cpu_relax(void)
{
	cpu_pause();
}

int arch_probe(const struct system_plan *plan)
{
	u16 cs;
	int err = vcpu_probe();

	if (err == 0)
		err = apic_probe();
	__asm__("mov %%cs, %0" : "=r"(cs));
	if (err == 0 && cs != KERNEL_CS)
		err = -BH_EINVAL;
	if (err == 0 && !(cpuid(0x80000001, 0).edx & CPUID_GIANT_PAGES)) {
		log_line("these CPUs have no pages of 1 GiB");
		err = -BH_ENODEV;
	}
	if (err == 0 && boot_block->counter_hz == 0) {
		log_line("the driver gave no frequency of the TSC");
		err = -BH_EINVAL;
	}
	arch_facts.counter_hz = boot_block->counter_hz;
	arch_facts.kick_method = KICK_NMI;
	context_probe();
	msr_init();
	return err;
}

int arch_controllers(const struct system_plan *plan, int (*add)(struct range r))
{
	return ioapic_controllers(plan, add);
}

int arch_irq_init(const struct system_plan *plan)
{
	ioapic_init(plan);
	return 0;
}

void arch_irq_undo(void)
{
}

bool arch_irq_page(bool root, u32 cpu, u32 vcpu, struct gpa *gpa, struct pa *pa)
{
	return false;
}

int arch_cpu_init(struct cpu *cpu)
{
	vcpu_enable(cpu);
	vcpu_bind(cpu, cell_root());
	return 0;
}

/* Ours that are pending end here. One that is the root's is sent again: it waits until the driver lets it in. */
static void disable(struct cpu *cpu)
{
	bool kick;

	vcpu_open(false);
	if ((kick_taken(cpu, &kick) && !kick) || load_acquire(&cpu->slot->request) & CPU_REQ_NMI)
		apic_send_nmi(cpu->slot->hwid);
	vcpu_disable(cpu);
}

void arch_cpu_undo(struct cpu *cpu)
{
	disable(cpu);
}

void arch_cpu_exit(struct cpu *cpu)
{
	disable(cpu);
	cpu->arch.entry.resume = call_arguments(cpu)[0]; /* HC_CPU_EXIT says where it goes on, see abi/boot.h */
	store_release(&cpu->slot->state, CPU_NATIVE);
	native_return(cpu, 0);
}

/* Waits for the INIT that arch_cpu_is_off() sends: the state Linux expects an offline CPU in. Nothing is read or written here. */
void arch_cpu_power_off(struct cpu *cpu)
{
	vcpu_off(cpu);
	store_release(&cpu->slot->state, CPU_OFF);
	for (;;)
		__asm__ volatile("hlt");
}

bool arch_cpu_is_off(const struct cpu_slot *slot)
{
	u64 *since = &off_since[slot->index];

	if (*since == 0) {
		apic_send_init(slot->hwid);
		*since = arch_counter();
	}
	return arch_counter() - *since > arch_facts.counter_hz / OFF_SECONDS_PART;
}

void arch_cpu_wait(void)
{
	struct cpu *cpu = arch_this_cpu();
	bool kick;

	/* One may have come while a former owner's interrupts were taken: it is as good. */
	if (kick_taken(cpu, &kick))
		return;
	vcpu_sleep();
	kick_taken(cpu, &kick);
}

/* The bit goes before the caller looks at requests: who asks later finds it gone, and sends an NMI. */
bool kick_taken(struct cpu *cpu, bool *kick)
{
	u64 nmis = *(volatile u64 *)&cpu->arch.nmis;

	*kick = false;
	if (nmis == cpu->arch.nmis_seen)
		return false;
	cpu->arch.nmis_seen = nmis;
	*kick = atomic_and(&cpu->slot->request, ~CPU_REQ_KICK) & CPU_REQ_KICK;
	return true;
}

void arch_cpu_park(struct cpu *cpu)
{
	apic_reset();
	stack_reset(cpu, cpu_park_loop);
}

void arch_cpu_run(struct cpu *cpu, u64 entry, u64 argument)
{
	bool kick;

	atomic_and(&cpu->slot->request, ~(CPU_REQ_NMI | CPU_REQ_INIT)); /* for a former guest */
	context_reset();
	apic_reset();
	if (entry & ENTRY_SIPI) {
		vcpu_reset_real(cpu, (u8)entry);
		argument = 0;
	} else {
		vcpu_reset_flat(cpu, (u32)entry);
	}
	vcpu_bind(cpu, cpu->cell);
	if (kick_taken(cpu, &kick)) /* by apic_reset() */
		requests_service(cpu);
	vcpu_run(cpu, 0, 0, argument, argument);
}

int arch_cell_check(const struct cell_plan *plan)
{
	for (u32 i = 0; i < plan->pio_count; i++)
		if (port_is_door(range_make(plan->pio[i].base, plan->pio[i].count))) {
			log_line("cell %s: port 0x%x or one after it resets the machine", plan->header->name, plan->pio[i].base);
			return -BH_EINVAL;
		}
	return ioapic_cell_check(plan);
}

void arch_resource_move(enum ledger_kind kind, struct range r, struct cell *to)
{
	if (kind == LEDGER_IRQ)
		ioapic_move((u32)r.start);
	if (kind != LEDGER_PIO)
		return;
	/* Who loses them first: no CPU has a port that is another's. */
	if (!cell_is_root(to)) {
		port_map_set((struct pa){ cell_root()->arch.port_map }, r, true);
		arch_stage2_flush(cell_root()->id); /* CPUs read their map when they enter */
		port_map_set((struct pa){ to->arch.port_map }, r, false);
	} else {
		port_map_set((struct pa){ to->arch.port_map }, r, false);
	}
}
